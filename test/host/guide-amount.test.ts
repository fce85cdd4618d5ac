import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { differences } from '../../scripts/lib/audio-check.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runOne, type Segment } from '../support/test-host.js';
import { expectHeard } from './heard.js';
import { sampleRate } from './rig.js';

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
});
afterAll(() => service.stop());

const frameCount = 3 * sampleRate;
/** As the guide is strongest. */
const lane = { points: [{ frame: 0, value: 0.6 }] };
const guide = { kind: 'noise', seed: 5 } as const;
const ramp = [
  { frame: 0, value: 0 },
  { frame: 100_001, value: 1 },
  { frame: frameCount, value: 0.2 },
];
const step = [
  { frame: 0, value: 0 },
  { frame: 70_123, value: 0 },
  { frame: 70_123, value: 0.8 },
];

describe.each([
  ['a ramp', ramp],
  ['a step within a block', step],
])('%s of the guide amount', (_, points) => {
  const common = { frameCount, lane, guide, guideAmount: { points } };

  test('gives the same audio in blocks of any size, and another than none', { tags: ['offline'] }, async () => {
    const segments: Segment[] = [
      ...([256, 1024, 8192, { random: 9 }] as const).map((blocks): Segment => {
        return { kind: 'announced-offline', blocks, ...common };
      }),
      { kind: 'announced-offline', ...common, guideAmount: { points: [{ frame: 0, value: 0 }] } },
    ];
    // Drawn from what is delivered alone: nothing that was heard before matters.
    const { segments: rendered } = await runOne({ parameters: { Start: 2 }, segments }, { runtimeDir });
    const [first = new Float32Array(), ...others] = rendered.map(({ left }) => left);
    const counts = others.map((audio) => differences(audio, first).count);
    expect(counts.slice(0, 3)).toEqual([0, 0, 0]);
    expect(counts[3]).toBeGreaterThan(frameCount / 10);
  });

  test('is bounced as it was heard', async () => {
    const segments: Segment[] = [
      { ...common, kind: 'stop', frameCount: 4800, untilStatus: 'Ready' },
      { ...common, kind: 'play', blocks: 256 },
      { ...common, kind: 'announced-offline', blocks: 8192 },
    ];
    const played = await runOne({ parameters: { Take: 3 }, segments }, { runtimeDir });
    expectHeard(played.segments[1], played.segments[2]?.left);
  });
});
