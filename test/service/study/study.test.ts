import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { chmodSync, existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { expect, test } from 'vitest';
import { Failure } from '../../../service/src/core/failure.js';
import { parseWav } from '../../../service/src/core/wav.js';
import { TinyModel, tinyModel } from '../../../service/src/model/tiny-model.js';
import { EntropySum, measure } from '../../../service/src/study/measures.js';
import { digestOf, planSummary, type StudyPlan, studyTakes, takeSeedOf } from '../../../service/src/study/plan.js';
import { runStudy } from '../../../service/src/study/run-study.js';
import { StudyFolder } from '../../../service/src/study/study-folder.js';
import { measuresCsv } from '../../../service/src/study/table.js';
import { codesModel } from '../../support/codes-fixture.js';
import { fixtureModels } from '../../support/played-model.js';
import { runSimmer, simmerProgram, temporaryFolder } from '../../support/service-process.js';

const pair = (artist: number, genre: number) => ({ artist, genre, otherArtist: 0, otherGenre: 0, blend: 0 });
const tinyPlan: StudyPlan = {
  title: 'A study',
  models: [{ model: tinyModel, engine: 'onnx', conditions: [undefined] }],
  temperatures: [0.75, 0.95, 0.975],
  items: 4,
  seeds: [1],
  seconds: 1,
  sampleRateHz: 24_000,
};

/** Every file of a folder but the page, by path, as a hash. */
function filesOf(folder: string): Record<string, string> {
  const found: Record<string, string> = {};
  const look = (at: string) => {
    for (const entry of readdirSync(at, { withFileTypes: true })) {
      const path = join(at, entry.name);
      if (entry.isDirectory()) look(path);
      else found[relative(folder, path)] = createHash('sha256').update(readFileSync(path)).digest('hex');
    }
  };
  look(folder);
  return found;
}

const args = (out: string) => [
  'study',
  ...['--models', fixtureModels, '--model', 'vq-tiny', '--temperatures', '0.75,0.95,0.975', '--items', '4'],
  ...['--seconds', '3', '--rate', '24000', '--workers', '2', '--out', out],
];

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

test('a study of 3 temperatures × 4 items that is killed halfway and begun again gives the files of one run through', {
  tags: ['full'],
}, async () => {
  const folder = temporaryFolder();
  const [whole, killed] = [join(folder, 'whole'), join(folder, 'killed')];
  expect((await runSimmer(args(whole))).code).toBe(0);
  const child = spawn(process.execPath, [simmerProgram, ...args(killed)], { stdio: ['ignore', 'ignore', 'pipe'] });
  let said = '';
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (/^5 of 12/m.test(said)) child.kill('SIGKILL');
  });
  const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
  expect(signal).toBe('SIGKILL');
  const done = readdirSync(killed).filter((name) => name.endsWith('.wav'));
  expect(done.length).toBeGreaterThanOrEqual(5);
  expect(done.length).toBeLessThan(12);
  const before = new Map(done.map((name) => [name, statSync(join(killed, name)).mtimeMs]));
  expect((await runSimmer(args(killed))).code).toBe(0);
  for (const leftover of readdirSync(killed).filter((name) => name.endsWith('.part'))) rmSync(join(killed, leftover));
  expect(filesOf(killed)).toEqual(filesOf(whole));
  // What was whole was not rendered again.
  const untouched = [...before].filter(([name, at]) => statSync(join(killed, name)).mtimeMs === at);
  expect(untouched.length).toBeGreaterThanOrEqual(5);
  // Control: a take that was changed since is rendered again.
  const [name = ''] = done;
  const bytes = readFileSync(join(killed, name));
  bytes[1000] = 255 - (bytes[1000] ?? 0);
  writeFileSync(join(killed, name), bytes);
  expect(filesOf(killed)).not.toEqual(filesOf(whole));
  expect((await runSimmer(args(killed))).code).toBe(0);
  expect(filesOf(killed)).toEqual(filesOf(whole));
  // And they are what `simmer render` makes of that lane.
  const lane = join(folder, 'lane.csv');
  const output = join(folder, 'one.wav');
  writeFileSync(lane, '0,0.95\n');
  const render = ['render', '--models', fixtureModels, '--model', 'vq-tiny', '--lane', lane, '--seconds', '3'];
  expect((await runSimmer([...render, '--rate', '24000', '--take', `${takeSeedOf(1, 2)}`, '-o', output])).code).toBe(0);
  const bytesOf = (path: string) => Buffer.from(parseWav(readFileSync(path)).values.slice().buffer as ArrayBuffer);
  expect(Buffer.compare(bytesOf(join(whole, '0-item_2-0-95.wav')), bytesOf(output))).toBe(0);
});

test('another study in the folder, and what cannot be, are refused in words', async () => {
  const folder = temporaryFolder();
  const out = join(folder, 'study');
  const tiny = ['study', '--model', 'tiny', '--items', '1', '--seconds', '0.5', '--out', out];
  expect((await runSimmer([...tiny, '--temperatures', '0.9'])).code).toBe(0);
  const other = await runSimmer([...tiny, '--temperatures', '1.1']);
  expect(other.code).not.toBe(0);
  expect(other.stderr).toContain('holds another study');
  const fresh = await runSimmer([...tiny, '--temperatures', '1.1', '--fresh']);
  expect(fresh.code).toBe(0);
  expect(existsSync(`${out}-before-1/0-item_0-0-9.wav`)).toBe(true);
  const refusals: [string[], string][] = [
    [['--temperatures', '3'], 'from 0 to 2'],
    [['--temperatures', '0.5,,1'], 'commas'],
    [['--conditions', 'Ada/Walk'], 'no artists and genres'],
    [['--experiment', 'S1'], 'simmer render --experiment S1'],
    [['--experiment', 'S77'], 'There is no experiment'],
    [['--items', '4000', '--temperatures', '0.5,1'], '4096 are allowed'],
  ];
  for (const [extra, words] of refusals) {
    const { code, stderr } = await runSimmer([...tiny, ...extra, '--out', join(folder, 'refused')]);
    expect(code, extra.join(' ')).not.toBe(0);
    expect(stderr).toContain(words);
  }
  const codes = ['study', '--models', fixtureModels, '--model', 'vq-tiny', '--out', join(folder, 'refused')];
  const unknown = await runSimmer([...codes, '--conditions', 'Nobody/Walk']);
  expect(unknown.stderr).toContain('Ada, Béla, Cleo');
  expect(existsSync(join(folder, 'refused'))).toBe(false);
});

test('a take that fails does not lose the others, and is tried again', async () => {
  const folder = new StudyFolder(join(temporaryFolder(), 'study'));
  const takes = studyTakes(tinyPlan);
  const engine = new TinyModel();
  const bad = takes[5]?.file;
  const run = (isBroken: boolean) =>
    runStudy({
      plan: tinyPlan,
      takes,
      folder,
      pool: {
        draw: async (_model, _engine, inputs, _deadline, voice) => {
          if (isBroken && voice === bad)
            throw new Failure('model-damaged', 'The graph gave values that are not finite.');
          return { drawn: await engine.draw(inputs), runMillis: 1 };
        },
      },
      together: 3,
      signal: new AbortController().signal,
      onTake: () => {},
    });
  const first = await run(true);
  expect(first.filter(({ outcome }) => outcome instanceof Failure).map(({ take }) => take.file)).toEqual([bad]);
  const table = measuresCsv(first).split('\r\n');
  expect(table).toHaveLength(14);
  expect(table[6]).toContain('not finite');
  const second = await run(false);
  expect(second.some(({ outcome }) => outcome instanceof Failure)).toBe(false);
});

test('a folder that cannot be written is a clear error', async () => {
  const folder = temporaryFolder();
  if (process.getuid?.() === 0) {
    // Nothing is forbidden to root but what is no folder at all.
    writeFileSync(join(folder, 'study'), '');
  } else chmodSync(folder, 0o500);
  const { code, stderr } = await runSimmer([
    'study',
    '--model',
    'tiny',
    '--seconds',
    '0.5',
    '--out',
    join(folder, 'study', 'x'),
  ]);
  expect(code).not.toBe(0);
  expect(stderr).toContain('cannot be written');
});

test('measures tell what they say they tell', () => {
  const rate = 24_000;
  const sound = (value: (frame: number) => number) =>
    Float32Array.from({ length: 8 * rate }, (_, frame) => value(frame));
  const of = (values: Float32Array) => measure(values, rate, new EntropySum()).measures;
  // Notes of a loop of one second, and of random ones.
  let state = 1;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const pitches = Array.from({ length: 32 }, () => 200 * 2 ** (random() * 3));
  const tune = (note: (place: number) => number) =>
    sound(
      (frame) => 0.5 * Math.sin((2 * Math.PI * frame * (pitches[note(Math.floor((4 * frame) / rate))] ?? 0)) / rate),
    );
  const loop = of(tune((place) => place % 4));
  const free = of(tune((place) => place));
  expect(loop.repetition).toBeGreaterThan(free.repetition + 0.3);
  expect(loop.repetitionSeconds % 1).toBeLessThan(0.08);
  expect(free.novelty).toBeGreaterThan(3 * loop.novelty);
  const tone = of(sound((frame) => 0.5 * Math.sin(frame / 9)));
  expect(tone.rmsDbfs).toBeCloseTo(-9.03, 1);
  expect(tone.clicks).toBe(0);
  expect(
    of(sound((frame) => 0.5 * Math.sin(frame / 9) + (frame % rate === 500 ? 0.6 : 0))).clicks,
  ).toBeGreaterThanOrEqual(7);
  expect(of(sound((frame) => (frame < 4 * rate ? 0 : 0.3 * Math.sin(frame / 9)))).silentShare).toBeCloseTo(0.5, 1);
  expect(of(sound(() => 0.1)).dc).toBeCloseTo(0.1, 5);
});
