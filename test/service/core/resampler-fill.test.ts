import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../../service/src/core/limits.js';
import { Resampler } from '../../../service/src/core/resampler.js';
import { kernelFor } from '../../../service/src/core/resampler-kernel.js';

const commonRates = [8000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000, 384_000];
/** Mostly rates that exist; now and then any two, whose ratio has phases without number. */
const rate = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...commonRates) },
  { weight: 1, arbitrary: fc.integer({ min: limits.sampleRateHzMin, max: limits.modelRateHzMax }) },
);
const sample = fc.oneof(fc.float({ min: -1, max: 1, noNaN: true }), fc.constantFrom(0, -0, 1, -1, 2 ** -149));

const bitsOf = (values: Float32Array) => [...new Uint32Array(values.buffer, values.byteOffset, values.length)];

function oneByOne(resampler: Resampler, start: number, length: number, inputs: Float32Array, firstInput: number) {
  const read = (k: number) => inputs[k - firstInput] ?? 0;
  return Float32Array.from({ length }, (_, index) => resampler.at(start + index, read));
}

test('fill gives the bits of at, wherever the inputs lie, at every pair of rates', () => {
  fc.assert(
    fc.property(
      rate,
      rate,
      fc.integer({ min: -limits.songFrameMax, max: limits.songFrameMax }),
      fc.integer({ min: 0, max: 300 }),
      fc.array(sample, { maxLength: 600 }),
      fc.integer({ min: -700, max: 700 }),
      (from, to, start, length, values, shift) => {
        const resampler = new Resampler(from, to);
        const inputs = Float32Array.from(values);
        const firstInput = resampler.newestInput(start) + shift;
        const out = new Float32Array(length).fill(Number.NaN);
        resampler.fill(start, out, inputs, firstInput);
        expect(bitsOf(out)).toEqual(bitsOf(oneByOne(resampler, start, length, inputs, firstInput)));
      },
    ),
    { numRuns: 400 },
  );
});

test('how a passage is cut changes nothing, and neither does what the same resampler did before', () => {
  fc.assert(
    fc.property(
      rate,
      rate,
      fc.integer({ min: -1e9, max: 1e9 }),
      fc.array(fc.integer({ min: 0, max: 64 }), { maxLength: 12 }),
      (from, to, start, cuts) => {
        const inputs = Float32Array.from({ length: 2000 }, (_, index) => Math.sin(index * index));
        const length = cuts.reduce((sum, cut) => sum + cut, 0);
        const resampler = new Resampler(from, to);
        const firstInput = resampler.newestInput(start) - 900;
        const whole = new Float32Array(length);
        resampler.fill(start, whole, inputs, firstInput);
        const cut = new Float32Array(length);
        let at = 0;
        for (const size of cuts) {
          resampler.fill(start + at, cut.subarray(at, at + size), inputs, firstInput);
          at += size;
        }
        expect(bitsOf(cut)).toEqual(bitsOf(whole));
      },
    ),
    { numRuns: 150 },
  );
});

test('a difference of one bit in one input is seen', () => {
  const resampler = new Resampler(16_000, 44_100);
  const inputs = Float32Array.from({ length: 400 }, (_, index) => Math.sin(index * index));
  const [before, after] = [new Float32Array(64), new Float32Array(64)];
  resampler.fill(500, before, inputs, 0);
  const newest = resampler.newestInput(530);
  inputs[newest - 24] = (inputs[newest - 24] ?? 0) * (1 + 2 ** -22);
  resampler.fill(500, after, inputs, 0);
  expect(bitsOf(after)).not.toEqual(bitsOf(before));
});

/** The filter as it is defined: a Kaiser window of beta 7.857 on a sinc, 24 periods of the slower rate on each side. */
function definedWeights(from: number, to: number, fraction: number, tapCount: number): number[] {
  const slowdown = Math.max(1, from / to);
  const weights = Array.from({ length: tapCount }, (_, tap) => {
    const x = (fraction + tap) / slowdown - 24;
    const angle = Math.PI * 0.95 * x;
    return Math.abs(x) > 24
      ? 0
      : (x === 0 ? 1 : Math.sin(angle) / angle) * bessel(7.857 * Math.sqrt(1 - (x / 24) ** 2));
  });
  const sum = weights.reduce((total, weight) => total + weight, 0);
  return weights.map((weight) => weight / sum);
}

/** Modified Bessel function of order 0, as an integral: the mean of exp(x cos t). */
function bessel(x: number): number {
  const points = 128;
  const sum = Array.from({ length: points }, (_, index) => Math.exp(x * Math.cos((Math.PI * (index + 0.5)) / points)));
  return sum.reduce((total, value) => total + value, 0) / points;
}

test.each([
  [16_000, 44_100, 1e-14],
  [48_000, 16_000, 1e-14],
  [16_000, 47_999, 1e-7],
  [47_999, 16_000, 3e-5],
  [383_999, 16_000, 3e-5],
  [191_999, 4000, 3e-5],
])('from %d to %d Hz the weights are those of the filter within %d of the largest', (from, to, within) => {
  const resampler = new Resampler(from, to);
  const largest = Math.min(1, to / from);
  for (const position of [0, 1, 2, 3, 777, 31_337, 158_760_001, -5]) {
    const newest = resampler.newestInput(position);
    const cycle = BigInt(position) * BigInt(from) - BigInt(newest) * BigInt(to);
    const weights = definedWeights(from, to, Number(cycle) / to, resampler.tapCount);
    for (const [tap, weight] of weights.entries()) {
      const answer = resampler.at(position, (input) => (input === newest - tap ? 1 : 0));
      expect(Math.abs(answer - weight)).toBeLessThan(within * largest);
    }
  }
});

test('the weights of one pair of rates are bounded, whatever the rates', () => {
  const pairs = [
    [16_000, 383_999],
    [191_999, 4000],
    [191_999, 383_999],
    [383_999, 191_999],
  ];
  for (const [from = 0, to = 0] of pairs) {
    expect(kernelFor(from, to).exact).toBe(false);
    expect(kernelFor(from, to).rows.byteLength).toBeLessThan(3.3e6);
  }
  for (const rate of commonRates.slice(0, -1)) {
    for (const other of commonRates.slice(0, -1)) {
      expect(kernelFor(rate, other).exact).toBe(true);
      expect(kernelFor(rate, other).rows.byteLength).toBeLessThan(3.3e6);
    }
  }
});
