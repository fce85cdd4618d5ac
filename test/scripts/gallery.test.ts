import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Script } from 'node:vm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { likenessAt, temperatureAt } from '../../plugin-ui/src/gallery/data.js';
import { comparisonsOf, exhibitOf, polyline, type Rendered } from '../../scripts/lib/gallery/exhibits.js';
import { galleryPage } from '../../scripts/lib/gallery/page.js';
import { readExperiments } from '../../service/src/cli/experiments.js';
import { type Experiment, experimentLane } from '../../service/src/core/experiment.js';
import { Lane } from '../../service/src/core/lane.js';
import { tinyModel } from '../../service/src/model/tiny-model.js';

const sampleRateHz = 48_000;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gallery-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const experiments = await readExperiments();
function experiment(id: string): Experiment {
  const found = experiments.get(id);
  if (found === undefined) throw new Error(`There is no ${id}.`);
  return found;
}

describe('the lane that the gallery draws', () => {
  test.each([...experiments.keys()])('is the one that %s is drawn under', (id) => {
    const lane = Lane.from(experimentLane(experiment(id), sampleRateHz));
    const line = polyline(experiment(id));
    for (let second = 0.01; second < experiment(id).seconds; second += 0.13) {
      expect(temperatureAt(line, second)).toBeCloseTo(lane.valueAt(second * sampleRateHz), 6);
    }
  });

  test('begins and ends with the experiment', () => {
    const line = polyline({
      seconds: 10,
      lane: [
        [2, 0.8],
        [5, 1, 'hold'],
      ],
    });
    expect(line).toEqual([
      [0, 0.8],
      [2, 0.8],
      [5, 0.8],
      [5, 1],
      [10, 1],
    ]);
    expect(temperatureAt(line, 0)).toBe(0.8);
    expect(temperatureAt(line, 5)).toBe(1);
    expect(temperatureAt(line, 99)).toBe(1);
  });
});

test('the likeness of a place is that of the nearest window', () => {
  const guide = { audio: '', seconds: [0.5, 0.75, 1], likeness: [0.1, 0.2, 0.3], without: undefined };
  expect([0, 0.6, 0.7, 2].map((second) => likenessAt(guide, second))).toEqual([0.1, 0.1, 0.2, 0.3]);
});

/** Four seconds of an experiment, the first two of them silent, as if `values` had been rendered of it. */
function rendered(over: Partial<Experiment>, frequency: number): Rendered {
  const short: Experiment = { ...experiment('S3'), seconds: 4, ...over };
  const values = Float32Array.from({ length: 4 * sampleRateHz }, (_, frame) => {
    const second = frame / sampleRateHz;
    return second < 2 ? 0 : 0.5 * Math.sin(2 * Math.PI * frequency * second);
  });
  return { experiment: short, model: tinyModel, values };
}

describe('an exhibit', () => {
  const place = () => ({ sampleRateHz, folder, address: 'gallery' });

  test('shows where there is sound, and has all its files', () => {
    const { sound } = exhibitOf(rendered({}, 440), [], place());
    if (sound === undefined) throw new Error('It has no sound.');
    const half = sound.peak.length / 2;
    expect(Math.max(...sound.peak.slice(0, half))).toBe(0);
    expect(Math.min(...sound.peak.slice(half + 1))).toBeCloseTo(0.5, 1);
    expect(sound.rms.at(-1)).toBeCloseTo(0.5 / Math.SQRT2, 1);
    expect(existsSync(join(folder, 'S3.png'))).toBe(true);
    expect(existsSync(join(folder, 'guide-one-song.wav'))).toBe(true);
  });

  test('is held against the experiment that differs by the guide alone', () => {
    const guided = rendered({}, 440);
    const { guide: _, ...free } = guided.experiment;
    const same = { ...guided, experiment: { ...free, id: 'S2' } };
    const otherTake = { ...guided, experiment: { ...free, id: 'S1', take: 77 } };
    const heldAgainst = (all: Rendered[]) => exhibitOf(guided, all, place()).sound?.guide?.without?.id;
    expect(heldAgainst([otherTake, same])).toBe('S2');
    expect(heldAgainst([otherTake])).toBeUndefined();
  });
});

test('experiments of one length are compared', () => {
  const all = ['S1', 'S2', 'S3', 'S4'].map(experiment);
  expect(comparisonsOf(all).map(({ ids }) => ids)).toEqual([['S1', 'S2', 'S3']]);
});

test('the page is whole, and text in it stays text', async () => {
  const story = 'It says </script><script>alert(1)</script> & "so".';
  const exhibit = { id: 'S1', title: 'A title', story, model: 'film', sound: undefined, missing: 'No film.' };
  const page = await galleryPage({ exhibits: [exhibit], comparisons: [] });
  const scripts = [...page.matchAll(/<script([^>]*)>(.*?)<\/script>/gs)];
  expect(scripts).toHaveLength(2);
  expect(JSON.parse(scripts[0]?.[2] ?? '').exhibits[0].story).toBe(story);
  expect(() => new Script(scripts[1]?.[2] ?? '(')).not.toThrow();
  expect(page).not.toMatch(/(src|href)="/);
});
