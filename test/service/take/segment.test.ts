import { expect, test } from 'vitest';
import { customarySteps } from '../../../service/src/core/units.js';
import { checkpointStepsOf, segmentStepsMax, segmentStepsOf } from '../../../service/src/take/segment.js';

test.each([
  // What was stored before is found: at these rates lengths are numbers of steps.
  [16_000, 64, 16_384, 1024],
  [16_000, 512, 16_384, 16_384],
  [22_050, 512, 16_384, 16_384],
  [24_000, 320, 16_320, 10_240],
  // Beyond, they are as many seconds.
  [44_100, 1024, 32_768, 32_768],
  [48_000, 64, 49_152, 3072],
  [48_000, 512, 49_152, 16_384],
  [48_000, 1536, 49_152, 49_152],
  [48_000, 2048, 49_152, 49_152],
])('at %i Hz in blocks of %i a segment has %i steps, and a checkpoint every %i', (rateHz, blockSteps, steps, apart) => {
  expect(segmentStepsOf({ rateHz, blockSteps })).toBe(steps);
  expect(checkpointStepsOf({ rateHz, blockSteps })).toBe(apart);
  expect(steps % blockSteps).toBe(0);
});

test('no segment is longer than the longest, nor has more checkpoints than are stored', () => {
  for (const rateHz of [4000, 16_000, 31_999, 32_000, 44_100, 48_000, 96_000, 192_000]) {
    for (const blockSteps of [1, 63, 64, 255, 256, 1024, 1536, 2048]) {
      const steps = segmentStepsOf({ rateHz, blockSteps });
      expect(steps).toBeLessThanOrEqual(segmentStepsMax);
      // One at each end; segment-codec.ts has room for one more.
      expect(Math.ceil(steps / checkpointStepsOf({ rateHz, blockSteps })) + 1).toBeLessThanOrEqual(17);
    }
  }
});

test('a number of steps is a time: more than half of what it is at 16 kHz, and never more', () => {
  for (let rateHz = 16_000; rateHz <= 192_000; rateHz += 50) {
    const share = customarySteps(16_384, rateHz) / rateHz / (16_384 / 16_000);
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThanOrEqual(1);
  }
  expect(customarySteps(100, 4000)).toBe(100);
});
