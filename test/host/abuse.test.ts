// @module-tag offline
import { afterAll, beforeAll, expect, test } from 'vitest';
import { examine } from '../../scripts/lib/audio-check.js';
import { randomWholes } from '../support/random.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { runHost, type Segment } from '../support/test-host.js';
import { expectAudio, sampleRate, simmerRender } from './rig.js';

let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  service = await ServiceProcess.start([], runtimeDir);
});
afterAll(() => service.stop());

/** Anything a host could do, in one segment. */
function anything(whole: (min: number, max: number) => number): Segment {
  const oneOf = <T>(list: readonly [T, ...T[]]): T => list[whole(0, list.length - 1)] ?? list[0];
  const start = whole(-2000, 100_000);
  return {
    kind: oneOf(['play', 'stop', 'bounce', 'announced-offline', 'prefetch'] as const),
    frameCount: whole(1, 20_000),
    fromFrame: whole(-10_000, 200_000),
    blocks: oneOf<NonNullable<Segment['blocks']>>([512, 8192, [1, 64, 3000], { random: whole(0, 999), max: 5000 }]),
    pace: oneOf<NonNullable<Segment['pace']>>(['realtime', 'fast', { aheadMillis: 100 }]),
    thread: oneOf(['setup', 'another'] as const),
    setupMode: oneOf(['realtime', 'prefetch', 'offline'] as const),
    callMode: oneOf(['realtime', 'prefetch', 'offline'] as const),
    sampleRate: oneOf([48_000, 44_100, 96_000]),
    blockFramesMax: oneOf([64, 512, 8192]),
    transport: oneOf(['normal', 'normal', 'normal', 'null-context', 'no-position', 'stuck'] as const),
    loop: { start, end: start + whole(1, 30_000), wrap: oneOf(['split', 'inside', 'none'] as const) },
    lane: {
      points: [0, 1, 2]
        .map((k) => ({ frame: start + k * whole(0, 9000) * k, value: whole(0, 2000) / 1000 }))
        .sort((left, right) => left.frame - right.frame),
      delivery: oneOf(['points', 'inside', 'staircase', 'steps'] as const),
    },
    guide: { kind: oneOf(['sine', 'noise'] as const), bus: oneOf(['sidechain', 'input'] as const) },
    parameters: { Take: whole(0, 3), 'Guide amount': whole(0, 1), Start: whole(0, 2), 'Keep take': whole(0, 1) },
    automation: [{ frame: start + whole(0, 5000), parameter: 'Take', value: whole(0, 9) }],
    abuse: {
      nullInputsEvery: whole(0, 4),
      nullOutputsEvery: whole(0, 6),
      nullChannelsEvery: whole(0, 6),
      emptyBlockEvery: whole(0, 3),
      inPlace: whole(0, 3) === 0,
      dirtyOutput: oneOf(['marked', 'previous', 'loud'] as const),
    },
  };
}

test.each([1, 2, 3])(
  'whatever three hosts do at once, nothing breaks, and all of it can be rendered after (%i)',
  async (seed) => {
    const points = [{ frame: 0, value: 0.8 }];
    const last: Segment = { kind: 'announced-offline', frameCount: sampleRate, lane: { points } };
    const whole = randomWholes(seed);
    const scenarios = [0, 1, 2].map(() => ({
      segments: [
        ...Array.from({ length: 12 }, () => anything(whole)),
        // Nothing of all that is left in it.
        { ...last, parameters: { Take: 2, Start: 2, 'Guide amount': 0, 'Keep take': 0, 'Render wait': 0 } },
      ],
    }));
    const expected = await simmerRender({ lane: points, take: 2, frameCount: sampleRate });
    for (const { segments } of await runHost(scenarios, { runtimeDir })) {
      expect(segments).toHaveLength(13);
      for (const { left, right } of segments) {
        expect(examine(left, sampleRate).peak).toBeLessThanOrEqual(4);
        expect(examine(right, sampleRate).nonFinite).toBe(0);
      }
      expectAudio(segments.at(-1), expected);
    }
  },
);
