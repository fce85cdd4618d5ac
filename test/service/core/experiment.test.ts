import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { experimentFolder, findExperiment, readExperiments } from '../../../service/src/cli/experiments.js';
import { planRender } from '../../../service/src/cli/render-plan.js';
import { experimentLane, parseExperiment } from '../../../service/src/core/experiment.js';
import { Lane } from '../../../service/src/core/lane.js';
import { parseWav } from '../../../service/src/core/wav.js';
import { temporaryFolder } from '../../support/service-process.js';

const rate = 48_000;
const common = { engine: 'auto', tailGuard: 'on', guideLoop: false, provider: 'auto', start: 0, rate } as const;

describe('the experiments', () => {
  test('are five, each with a lane that ends where it does, and a guide that is there', async () => {
    const all = await readExperiments();
    expect([...all.keys()]).toEqual(['S1', 'S2', 'S3', 'S4', 'S5']);
    for (const { lane, seconds, sections, guide } of all.values()) {
      expect(lane.at(0)?.[0]).toBe(0);
      expect(lane.at(-1)?.[0]).toBe(seconds);
      for (const [at] of sections) expect(at).toBeLessThan(seconds);
      if (guide === undefined) continue;
      const loop = parseWav(readFileSync(join(experimentFolder(), guide.file)));
      const loopSeconds = loop.frameCount / loop.sampleRateHz;
      expect(loopSeconds).toBeGreaterThan(1);
      expect(loopSeconds).toBeLessThan(2);
      expect(Math.max(...loop.values.map(Math.abs))).toBeGreaterThan(0.1);
    }
  });

  test('S3 is S2 with a guide: same model, take, length and lane', async () => {
    const [plain, guided] = [await findExperiment('S2'), await findExperiment('s3')];
    expect(guided).toMatchObject({ model: plain.model, take: plain.take, seconds: plain.seconds, lane: plain.lane });
    expect([plain.guide, guided.guide?.amount]).toEqual([undefined, 1]);
  });

  test('a jump of S4 is at its own frame', async () => {
    const lane = Lane.from(experimentLane(await findExperiment('S4'), rate));
    const fall = 42 * rate;
    expect(lane.valueAt(fall - 1)).toBeCloseTo(1.2, 4);
    expect(lane.valueAt(fall)).toBe(0.6);
  });

  test('are plans of a render, and what an option says wins', async () => {
    const plan = await planRender({ ...common, experiment: 'S3' });
    expect(plan).toMatchObject({ model: 'one-song', take: 1, seconds: 30, guideAmount: 1, output: 'S3.wav' });
    expect(plan.guide).toMatch(/guide-one-song\.wav$/);
    const other = await planRender({
      ...common,
      experiment: 'S3',
      take: 9,
      guideAmount: 0,
      seconds: 2,
      output: 'x.wav',
    });
    expect(other).toMatchObject({ take: 9, guideAmount: 0, seconds: 2, output: 'x.wav' });
    expect((await planRender({ ...common, experiment: 'S2' })).guide).toBeUndefined();
  });

  test('one that is not there, or with a lane beside it, is refused; so is neither', async () => {
    await expect(planRender({ ...common, experiment: 'S9' })).rejects.toThrow('there are S1, S2, S3, S4, S5');
    await expect(planRender({ ...common, experiment: 'S2', lane: 'lane.csv' })).rejects.toThrow('its own lane');
    await expect(planRender({ ...common, seconds: 1, output: 'x.wav' })).rejects.toThrow('--lane');
  });

  test.each([
    ['no JSON', '{'],
    ['a key that is not known', { loud: true }],
    [
      'a lane that goes back',
      {
        lane: [
          [1, 1],
          [0, 1],
        ],
      },
    ],
    ['a temperature that is none', { lane: [[0, 7]] }],
    ['a guide outside the folder', { guide: { file: '../x.wav', amount: 1, loop: true } }],
  ])('a file with %s is refused by name', async (_, change) => {
    const folder = join(temporaryFolder(), 'experiments');
    mkdirSync(folder);
    const good = JSON.parse(readFileSync(join(experimentFolder(), 'S2.json'), 'utf8')) as object;
    const text = typeof change === 'string' ? change : JSON.stringify({ ...good, ...change });
    expect(() => parseExperiment(JSON.stringify(good), 'S2.json')).not.toThrow();
    writeFileSync(join(folder, 'S2.json'), text);
    await expect(readExperiments(folder)).rejects.toThrow(/^S2\.json/);
  });
});
