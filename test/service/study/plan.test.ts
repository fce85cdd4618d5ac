import { expect, test } from 'vitest';
import { digestOf, planSummary, type StudyPlan, studyTakes, takeSeedOf } from '../../../service/src/study/plan.js';
import { codesModel } from '../../support/codes-fixture.js';
import { tinyPlan } from './tiny-plan.js';

const pair = (artist: number, genre: number) => ({ artist, genre, otherArtist: 0, otherGenre: 0, blend: 0 });

test('takes are called as in the post, and an item has the same seed at every temperature', async () => {
  const names = studyTakes(tinyPlan).map(({ file }) => file);
  expect(names).toHaveLength(12);
  expect(names.slice(0, 4)).toEqual([
    '0-item_0-0-75.wav',
    '0-item_0-0-95.wav',
    '0-item_0-0-975.wav',
    '0-item_1-0-75.wav',
  ]);
  const seeds = new Map<number, Set<number>>();
  for (const { item, takeSeed } of studyTakes(tinyPlan)) seeds.set(item, (seeds.get(item) ?? new Set()).add(takeSeed));
  expect([...seeds.values()].every((of) => of.size === 1)).toBe(true);
  expect(takeSeedOf(1, 0)).not.toBe(takeSeedOf(0, 1));
  // Several models and pairs have folders of their own; no two takes share a file.
  const codes = await codesModel('vq-tiny');
  const conditions = [
    { artist: 'Ada', genre: 'Walk', condition: pair(0, 0) },
    { artist: 'Béla', genre: 'Run', condition: pair(1, 1) },
  ];
  const plan: StudyPlan = {
    ...tinyPlan,
    models: [...tinyPlan.models, { model: codes, engine: 'onnx', conditions }],
    seeds: [1, 7],
  };
  const all = studyTakes(plan).map(({ file }) => file);
  expect(new Set(all).size).toBe(3 * 4 * 2 * 3);
  expect(all).toContain('vq-tiny/béla_run/1-item_3-0-975.wav');
  const other = { ...plan, seconds: 2 };
  expect(digestOf(planSummary(other))).not.toBe(digestOf(planSummary(plan)));
});
