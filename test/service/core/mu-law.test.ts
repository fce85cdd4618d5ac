import { expect, test } from 'vitest';
import { binAmplitudes, binCount, binOfAmplitude, silentBin } from '../../../service/src/core/mu-law.js';

test('every bin comes back from its own amplitude', () => {
  for (let bin = 0; bin < binCount; bin += 1) expect(binOfAmplitude(binAmplitudes[bin] ?? 9)).toBe(bin);
});

test('the ends are full scale, the curve is odd and rises', () => {
  expect(binAmplitudes[0]).toBe(-1);
  expect(binAmplitudes[255]).toBe(1);
  for (let bin = 1; bin < binCount; bin += 1) {
    expect(binAmplitudes[bin]).toBeGreaterThan(binAmplitudes[bin - 1] ?? 9);
    expect(binAmplitudes[bin]).toBeCloseTo(-(binAmplitudes[255 - bin] ?? 9), 14);
  }
});

test('silence, overload and what is not a number have bins', () => {
  expect(binOfAmplitude(0)).toBe(silentBin);
  expect(binOfAmplitude(-0)).toBe(silentBin);
  expect(binOfAmplitude(40)).toBe(255);
  expect(binOfAmplitude(-40)).toBe(0);
  expect(binOfAmplitude(Number.POSITIVE_INFINITY)).toBe(255);
  expect(binOfAmplitude(Number.NaN)).toBe(silentBin);
});

test('a worked value: bin 200 is (256^(145/255) − 1)/255', () => {
  expect(binAmplitudes[200]).toBeCloseTo(0.087_880_2, 6);
});
