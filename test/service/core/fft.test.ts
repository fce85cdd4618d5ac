import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fft, hannWindow } from '../../../service/src/core/fft.js';

/** A signal of 1 to 512 complex values, its length a power of two. */
const signals = fc
  .integer({ min: 0, max: 9 })
  .chain((power) => fc.array(fc.tuple(parts(), parts()), { minLength: 2 ** power, maxLength: 2 ** power }));

function parts() {
  return fc.double({ min: -1, max: 1, noNaN: true });
}

/** The sum that the transform stands for. */
function naive(signal: readonly (readonly [number, number])[], bin: number): readonly [number, number] {
  let [re, im] = [0, 0];
  for (const [index, [a, b]] of signal.entries()) {
    const angle = (-2 * Math.PI * ((bin * index) % signal.length)) / signal.length;
    re += a * Math.cos(angle) - b * Math.sin(angle);
    im += a * Math.sin(angle) + b * Math.cos(angle);
  }
  return [re, im];
}

const arraysOf = (signal: readonly (readonly [number, number])[], kind: typeof Float32Array | typeof Float64Array) =>
  [kind.from(signal.map(([re]) => re)), kind.from(signal.map(([, im]) => im))] as const;

const power = (real: ArrayLike<number>, imaginary: ArrayLike<number>) =>
  Array.from(real).reduce((sum, re, index) => sum + re * re + (imaginary[index] ?? 0) ** 2, 0);

describe('the fast Fourier transform', () => {
  it.each([
    ['double', Float64Array, 1e-10],
    ['single', Float32Array, 5e-4],
  ] as const)('is the sum that it stands for, in %s precision', (_, kind, tolerance) => {
    fc.assert(
      fc.property(signals, (signal) => {
        const [real, imaginary] = arraysOf(signal, kind);
        new Fft(signal.length).transform(real, imaginary);
        for (let bin = 0; bin < signal.length; bin += 1) {
          const [re, im] = naive(signal, bin);
          expect(Math.abs((real[bin] ?? 0) - re)).toBeLessThan(tolerance);
          expect(Math.abs((imaginary[bin] ?? 0) - im)).toBeLessThan(tolerance);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('keeps the energy of a signal (Parseval)', () => {
    fc.assert(
      fc.property(signals, (signal) => {
        const [real, imaginary] = arraysOf(signal, Float64Array);
        const before = power(real, imaginary);
        new Fft(signal.length).transform(real, imaginary);
        expect(power(real, imaginary) / signal.length).toBeCloseTo(before, 9);
      }),
    );
  });

  it('transforms the same signal to the same bits, however often it was used before', () => {
    const fft = new Fft(64);
    fc.assert(
      fc.property(fc.array(parts(), { minLength: 64, maxLength: 64 }), (values) => {
        const spectra = [fft, new Fft(64)].map((transformer) => {
          const [real, imaginary] = [Float64Array.from(values), new Float64Array(64)];
          transformer.transform(real, imaginary);
          return [...real, ...imaginary];
        });
        expect(spectra[0]).toEqual(spectra[1]);
      }),
    );
  });

  it('refuses what it cannot transform', () => {
    for (const size of [0, 3, 12, -4, 1.5, Number.NaN]) expect(() => new Fft(size)).toThrow('power of two');
    const fft = new Fft(8);
    expect(() => fft.transform(new Float64Array(8), new Float64Array(4))).toThrow('got 8 and 4');
    expect(() => fft.transform(new Float64Array(16), new Float64Array(16))).toThrow('got 16 and 16');
  });
});

it('windows that overlap by half add up to one', () => {
  const window = hannWindow(256);
  for (let index = 0; index < 128; index += 1) {
    expect((window[index] ?? 0) + (window[index + 128] ?? 0)).toBeCloseTo(1, 12);
  }
});
