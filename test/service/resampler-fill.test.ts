import fc from 'fast-check';
import { expect, test } from 'vitest';
import { limits } from '../../service/src/core/limits.js';
import { Resampler } from '../../service/src/core/resampler.js';

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

test.each([
  [383_999, 16_000],
  [16_000, 191_999],
  [47_999, 16_000],
])('between %d and %d Hz, where rows are interpolated, the weights are the filter', (from, to) => {
  const slowdown = Math.max(1, from / to);
  const fromExact = new Resampler(from, to);
  // A neighbouring rate has the same filter within a few millionths, and rows of its own for every phase.
  const signal = (k: number) => Math.cos((2 * Math.PI * 0.2 * k) / slowdown);
  for (let p = 4000; p < 4200; p += 1) {
    const place = (p * from) / to - fromExact.delayInputs;
    const expected = Math.cos((2 * Math.PI * 0.2 * place) / slowdown);
    expect(Math.abs(fromExact.at(p, signal) - expected)).toBeLessThan(2e-4);
  }
});

test('the rows of one pair of rates are bounded, whatever the rates', () => {
  // Both directions of the worst ratio that limits allow would otherwise be 147 MB.
  const bytesBefore = process.memoryUsage().arrayBuffers;
  const kept = [new Resampler(192_000 - 1, 384_000), new Resampler(383_999, 16_000)];
  expect(kept.map((resampler) => resampler.at(12_345, () => 1))).toEqual([
    expect.closeTo(1, 12),
    expect.closeTo(1, 12),
  ]);
  expect(process.memoryUsage().arrayBuffers - bytesBefore).toBeLessThan(8e6);
});
