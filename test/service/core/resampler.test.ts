import { describe, expect, test } from 'vitest';
import { halfWidthPeriods, Resampler } from '../../../service/src/core/resampler.js';

/** Amplitude of the component at `hz` in `output` (least squares over a whole number of seconds' worth of values). */
function amplitudeAt(output: Float64Array, hz: number, rateHz: number): number {
  let real = 0;
  let imaginary = 0;
  for (const [index, value] of output.entries()) {
    const window = 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / output.length);
    real += window * value * Math.cos((2 * Math.PI * hz * index) / rateHz);
    imaginary += window * value * Math.sin((2 * Math.PI * hz * index) / rateHz);
  }
  return (Math.hypot(real, imaginary) * 4) / output.length;
}

function resampleSine(hz: number, fromHz: number, toHz: number, count: number): Float64Array {
  const resampler = new Resampler(fromHz, toHz);
  const sine = (k: number) => Math.sin((2 * Math.PI * hz * k) / fromHz);
  return Float64Array.from({ length: count }, (_, index) => resampler.at(index + 1000, sine));
}

const decibels = (amplitude: number) => 20 * Math.log10(amplitude);

describe('Resampler', () => {
  test.each([
    [16_000, 48_000],
    [16_000, 44_100],
    [16_000, 22_050],
    [16_000, 96_000],
    [16_000, 384_000],
    [16_000, 47_999],
    [48_000, 16_000],
    [44_100, 16_000],
  ])('from %d to %d Hz the passband is flat within 0.01 dB up to 0.8 of the lower Nyquist', (fromHz, toHz) => {
    const nyquist = Math.min(fromHz, toHz) / 2;
    for (const share of [0.01, 0.1, 0.3, 0.5, 0.7, 0.8]) {
      const gain = decibels(amplitudeAt(resampleSine(share * nyquist, fromHz, toHz, 4800), share * nyquist, toHz));
      expect(Math.abs(gain)).toBeLessThan(0.01);
    }
  });

  test.each([
    [16_000, 48_000],
    [16_000, 44_100],
    [16_000, 96_000],
  ])('from %d to %d Hz images of what lies below 0.89 of Nyquist are 75 dB down', (fromHz, toHz) => {
    for (const hz of [500, 2000, 4000, 6000, 7100]) {
      const output = resampleSine(hz, fromHz, toHz, 4800);
      for (const image of [fromHz - hz, fromHz + hz].filter((candidate) => candidate < toHz / 2)) {
        expect(decibels(amplitudeAt(output, image, toHz))).toBeLessThan(-75);
      }
    }
  });

  test.each([
    [48_000, 16_000],
    [44_100, 16_000],
    [16_000, 8000],
  ])('from %d to %d Hz what lies above 1.11 of the new Nyquist folds back 75 dB down', (fromHz, toHz) => {
    for (const share of [1.11, 1.3, 1.6, 1.9]) {
      const hz = (share * toHz) / 2;
      const folded = Math.abs(hz - toHz * Math.round(hz / toHz));
      expect(decibels(amplitudeAt(resampleSine(hz, fromHz, toHz, 4800), folded, toHz))).toBeLessThan(-75);
    }
  });

  test('the delay is exactly 24 periods of the slower rate: an impulse is symmetric about it', () => {
    const resampler = new Resampler(16_000, 48_000);
    expect(resampler.delayInputs).toBe(halfWidthPeriods);
    const response = (p: number) => resampler.at(p, (k) => (k === 0 ? 1 : 0));
    for (let offset = 1; offset < 72; offset += 1) expect(response(72 + offset)).toBeCloseTo(response(72 - offset), 12);
    expect(new Resampler(48_000, 16_000).delayInputs).toBe(72);
  });

  test('it is causal: no input after k = ⌊p·in/out⌋ is read, and none before its window', () => {
    const resampler = new Resampler(16_000, 44_100);
    for (let p = -500; p < 500; p += 1) {
      const last = Math.floor((p * 160) / 441);
      const read: number[] = [];
      resampler.at(p, (k) => read.push(k));
      expect(Math.max(...read)).toBe(last);
      expect(Math.min(...read)).toBe(last - resampler.tapCount + 1);
    }
  });

  test('a constant stays that constant at every phase', () => {
    const resampler = new Resampler(16_000, 44_100);
    for (let p = 0; p < 441; p += 1) expect(resampler.at(p, () => 0.7)).toBeCloseTo(0.7, 14);
  });

  test('it is a function of position alone: asking out of order, or again, or an hour in, changes nothing', () => {
    const signal = (k: number) => Math.sin(k * k);
    const one = new Resampler(16_000, 44_100);
    const other = new Resampler(16_000, 44_100);
    const positions = [5, 3, 158_760_001, 5, 4, 158_760_000];
    const forwards = positions.map((p) => one.at(p, signal));
    const backwards = [...positions]
      .reverse()
      .map((p) => other.at(p, signal))
      .reverse();
    expect(forwards).toEqual(backwards);
  });
});
