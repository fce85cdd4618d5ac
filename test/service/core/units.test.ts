import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../../../service/src/core/failure.js';
import { limits } from '../../../service/src/core/limits.js';
import { Clock, isSongFrame } from '../../../service/src/core/units.js';

const rates = fc.integer({ min: limits.sampleRateHzMin, max: limits.sampleRateHzMax });
const modelRates = fc.integer({ min: limits.modelRateHzMin, max: limits.modelRateHzMax });
const frames = fc.integer({ min: -limits.songFrameMax, max: limits.songFrameMax });

function floorDivide(a: bigint, b: bigint): bigint {
  const quotient = a / b;
  return a % b !== 0n && a < 0n ? quotient - 1n : quotient;
}

test('frames to steps and back agree with exact integers over the whole range', () => {
  fc.assert(
    fc.property(rates, modelRates, frames, (rate, modelRate, frame) => {
      const clock = new Clock(rate, modelRate);
      const [r, R, p] = [BigInt(modelRate), BigInt(rate), BigInt(frame)];
      expect(BigInt(clock.lastStepAt(frame))).toBe(floorDivide(p * r, R));
      expect(BigInt(clock.firstStepAt(frame))).toBe(-floorDivide(-p * r, R));
      const step = Math.max(0, clock.lastStepAt(frame));
      if (step <= limits.songFrameMax) {
        expect(BigInt(clock.firstFrameAt(step))).toBe(-floorDivide(-BigInt(step) * R, r));
      }
    }),
    { numRuns: 2000 },
  );
});

test('an hour in, 44.1 kHz is as exact as at bar one', () => {
  const clock = new Clock(44_100, 16_000);
  expect([clock.framesPerCycle, clock.stepsPerCycle]).toEqual([441, 160]);
  expect(clock.lastStepAt(3600 * 44_100)).toBe(3600 * 16_000);
  expect(clock.frameOfStep(3600 * 16_000)).toBe(3600 * 44_100);
  expect(clock.lastStepAt(3600 * 44_100 - 1)).toBe(3600 * 16_000 - 1);
});

test('a passage is rooted at the block that contains its first frame', () => {
  const clock = new Clock(48_000, 16_000);
  expect(clock.rootStep(-5000, 64)).toBe(0);
  expect(clock.rootStep(0, 64)).toBe(0);
  expect(clock.rootStep(191, 64)).toBe(0);
  expect(clock.rootStep(192, 64)).toBe(64);
  expect(clock.rootStep(48_000, 64)).toBe(16_000);
});

test.each([0, 7999, 384_001, 44_100.5, Number.NaN])('a host rate of %d Hz is refused', (rate) => {
  expect(() => new Clock(rate, 16_000)).toThrow(Failure);
});

test('a place in a song is a whole number within the range', () => {
  expect(isSongFrame(limits.songFrameMax)).toBe(true);
  for (const value of [limits.songFrameMax + 1, 2 ** 53, 0.5, Number.NaN]) expect(isSongFrame(value)).toBe(false);
});
