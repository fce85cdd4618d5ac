import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../service/src/core/limits.js';
import { Clock } from '../../../service/src/core/units.js';

/** Exact whole-number arithmetic to hold the clock's doubles against. */
const floorOf = (numerator: bigint, denominator: bigint): bigint => {
  const quotient = numerator / denominator;
  return numerator % denominator !== 0n && numerator < 0n ? quotient - 1n : quotient;
};
const ceilingOf = (numerator: bigint, denominator: bigint): bigint => -floorOf(-numerator, denominator);

const commonRates = [8000, 11_025, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
const hostRate = fc.oneof(
  fc.constantFrom(...commonRates, 352_800, 384_000),
  fc.integer({ min: limits.sampleRateHzMin, max: limits.sampleRateHzMax }),
);
const modelRate = fc.oneof(
  fc.constantFrom(...commonRates),
  fc.integer({ min: limits.modelRateHzMin, max: limits.modelRateHzMax }),
);
const clock = fc.tuple(hostRate, modelRate).map(([host, model]) => new Clock(host, model));
/** Anywhere in the song; as often at its very ends, around its start, or where a cycle of the rates ends. */
const frame = (rates: Clock) => {
  const max = limits.songFrameMax;
  const cycles = Math.floor(max / rates.framesPerCycle);
  return fc.oneof(
    fc.integer({ min: -max, max }),
    fc.integer({ min: max - 1000, max }),
    fc.integer({ min: -max, max: 1000 - max }),
    fc.integer({ min: -1000, max: 1000 }),
    fc
      .tuple(fc.integer({ min: -cycles, max: cycles }), fc.integer({ min: -2, max: 2 }))
      .map(([cycle, off]) => Math.min(max, Math.max(-max, cycle * rates.framesPerCycle + off))),
  );
};
const clockAndFrame = clock.chain((rates) => fc.tuple(fc.constant(rates), frame(rates)));
/** A step that lies within the song. */
const clockAndStep = clockAndFrame.map(([rates, place]) => [rates, rates.lastStepAt(Math.abs(place))] as const);
const runs = { numRuns: 5000 };

describe('over ±2^34 frames, at all rates, to the last frame', () => {
  test('every mapping is that of exact whole numbers', () => {
    fc.assert(
      fc.property(clockAndFrame, ([rates, place]) => {
        const [r, R, p] = [BigInt(rates.modelRateHz), BigInt(rates.hostRateHz), BigInt(place)];
        expect(BigInt(rates.lastStepAt(place))).toBe(floorOf(p * r, R));
        expect(BigInt(rates.firstStepAt(place))).toBe(ceilingOf(p * r, R));
      }),
      runs,
    );
    fc.assert(
      fc.property(clockAndStep, ([rates, step]) => {
        const [r, R, k] = [BigInt(rates.modelRateHz), BigInt(rates.hostRateHz), BigInt(step)];
        expect(BigInt(rates.firstFrameAt(step))).toBe(ceilingOf(k * R, r));
      }),
      runs,
    );
  });

  test('a step lies where it lies, rounded once: half a unit in the last place at most', () => {
    fc.assert(
      fc.property(clockAndStep, ([rates, step]) => {
        const [r, R, k] = [BigInt(rates.modelRateHz), BigInt(rates.hostRateHz), BigInt(step)];
        const place = rates.frameOfStep(step);
        // place·2^40 is a whole number: doubles of this size above 2^-13 are multiples of 2^-40 after rounding it so.
        const scale = 2 ** 40;
        const scaled = BigInt(Math.round((place % 1) * scale)) + BigInt(Math.floor(place)) * BigInt(scale);
        const error = scaled * r - k * R * BigInt(scale);
        const ulp = 2 ** (Math.floor(Math.log2(Math.max(1, place))) - 52);
        expect(Number(error) / Number(r) / scale).toBeLessThanOrEqual(ulp / 2 + 1 / scale);
        expect(Number(error) / Number(r) / scale).toBeGreaterThanOrEqual(-ulp / 2 - 1 / scale);
      }),
      runs,
    );
  });

  test('time never goes back: a later frame has no earlier step, a later step no earlier frame', () => {
    fc.assert(
      fc.property(clockAndFrame, fc.integer({ min: 1, max: 100_000 }), ([rates, place], more) => {
        const later = Math.min(limits.songFrameMax, place + more);
        expect(rates.lastStepAt(later)).toBeGreaterThanOrEqual(rates.lastStepAt(place));
        expect(rates.firstStepAt(later)).toBeGreaterThanOrEqual(rates.firstStepAt(place));
      }),
      runs,
    );
    fc.assert(
      fc.property(clockAndStep, fc.integer({ min: 1, max: 100_000 }), ([rates, step], less) => {
        const earlier = Math.max(0, step - less);
        expect(rates.firstFrameAt(earlier)).toBeLessThanOrEqual(rates.firstFrameAt(step));
        expect(rates.frameOfStep(earlier)).toBeLessThanOrEqual(rates.frameOfStep(step));
        if (earlier < step) expect(rates.frameOfStep(earlier)).toBeLessThan(rates.frameOfStep(step));
      }),
      runs,
    );
  });

  test('there and back: a step is the last one at its first frame, and that frame the first that has it', () => {
    fc.assert(
      fc.property(clockAndStep, ([rates, step]) => {
        const first = rates.firstFrameAt(step);
        if (first > limits.songFrameMax) return;
        expect(rates.lastStepAt(first)).toBeGreaterThanOrEqual(step);
        expect(rates.lastStepAt(first - 1)).toBeLessThan(step);
        expect(rates.firstStepAt(first)).toBeGreaterThanOrEqual(step);
        // Where steps are not denser than frames, every frame after the first of a step and before the next is its own.
        if (rates.modelRateHz <= rates.hostRateHz) expect(rates.lastStepAt(first)).toBe(step);
      }),
      runs,
    );
    fc.assert(
      fc.property(clockAndFrame, ([rates, place]) => {
        const [last, first] = [rates.lastStepAt(place), rates.firstStepAt(place)];
        expect(first - last === 0 || first - last === 1).toBe(true);
        // Equal exactly where a step lies on the frame.
        const on = (BigInt(place) * BigInt(rates.modelRateHz)) % BigInt(rates.hostRateHz) === 0n;
        expect(first === last).toBe(on);
        if (last >= 0) expect(rates.firstFrameAt(last)).toBeLessThanOrEqual(place);
        if (last >= 0) expect(rates.firstFrameAt(last + 1)).toBeGreaterThan(place);
      }),
      runs,
    );
  });

  test('a cycle of the rates shifts everything by exactly one cycle', () => {
    fc.assert(
      fc.property(clockAndFrame, ([rates, place]) => {
        const shifted = place + rates.framesPerCycle;
        if (shifted > limits.songFrameMax) return;
        expect(rates.lastStepAt(shifted) - rates.lastStepAt(place)).toBe(rates.stepsPerCycle);
        expect(rates.firstStepAt(shifted) - rates.firstStepAt(place)).toBe(rates.stepsPerCycle);
      }),
      runs,
    );
  });
});

test('dividing first would not do: it is wrong where a step lies on a frame, from the first seconds on', () => {
  const rates = new Clock(44_100, 16_000);
  const naive = (place: number) => Math.floor((place / rates.hostRateHz) * rates.modelRateHz);
  const places = Array.from({ length: 1000 }, (_, cycle) => cycle * rates.framesPerCycle);
  expect(places.filter((place) => naive(place) !== rates.lastStepAt(place)).length).toBeGreaterThan(0);
});
