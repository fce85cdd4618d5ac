import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences, examine } from '../../scripts/lib/audio-check.js';
import { fixtureModels } from '../support/played-model.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runOne, type Segment } from '../support/test-host.js';
import { expectHeard } from './heard.js';
import { sampleRate } from './rig.js';

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start(['--models', fixtureModels, '--model', 'vq-tiny'], runtimeDir);
});
afterAll(() => service.stop());

const frameCount = 3 * sampleRate;
const lane = { points: [{ frame: 0, value: 1 }] };
/**
 * Another artist inside a block and inside a row; then halfway, and all the way, to another pair. A jump of Blend is two points:
 * VST3 draws a line to a point from where the block began, but not between two names.
 */
const automation = [
  { frame: 40_123, parameter: 'Artist', value: 2 },
  { frame: 70_001, parameter: 'Other genre', value: 1 },
  { frame: 70_001, parameter: 'Blend', value: 0 },
  { frame: 70_001, parameter: 'Blend', value: 50 },
  { frame: 120_000, parameter: 'Blend', value: 50 },
  { frame: 120_000, parameter: 'Blend', value: 100 },
];
const common = { frameCount, lane, automation };

test('artist, genre and blend give the same audio in blocks of any size, and another than the first pair alone', {
  tags: ['offline'],
}, async () => {
  const segments: Segment[] = [
    ...([256, 1024, 8192, { random: 9 }] as const).map((blocks): Segment => {
      return { kind: 'announced-offline', blocks, parameters: { Artist: 0, Blend: 0, 'Other genre': 0 }, ...common };
    }),
    {
      kind: 'announced-offline',
      ...common,
      automation: [],
      parameters: { Artist: 0, Blend: 0, 'Other genre': 0 },
    },
  ];
  const { segments: rendered } = await runOne({ parameters: { Start: 2 }, segments }, { runtimeDir });
  const [first = new Float32Array(), ...others] = rendered.map(({ left }) => left);
  const found = others.map((audio) => differences(audio, first));
  expect(found.slice(0, 3).map(({ count }) => count)).toEqual([0, 0, 0]);
  expect(found[3]?.count).toBeGreaterThan(frameCount / 4);
  // From the row on that begins with the change or after it: rows are 23 ms long.
  expect(found[3]?.first).toBeGreaterThan(40_123 - 100);
  expect(found[3]?.first).toBeLessThan(40_123 + 2 * 1115);
  expect(examine(first, sampleRate)).toMatchObject({ nonFinite: 0 });
});

test('is bounced as it was heard, conditions and all', async () => {
  const segments: Segment[] = [
    { ...common, automation: [], kind: 'stop', frameCount: 4800, untilStatus: 'Ready' },
    { ...common, kind: 'play', blocks: 256 },
    { ...common, kind: 'announced-offline', blocks: 8192, parameters: { Artist: 0, Blend: 0, 'Other genre': 0 } },
  ];
  const played = await runOne({ parameters: { Take: 3 }, segments }, { runtimeDir });
  expectHeard(played.segments[1], played.segments[2]?.left);
});
