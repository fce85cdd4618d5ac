import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { binAmplitudes } from '../../../../service/src/core/mu-law.js';
import { GuideEar } from '../../../../service/src/model/rows/guide-ear.js';
import { guideFileFault, guideFileFloats, spectrumBins } from '../../../../service/src/model/rows/guide-file.js';
import { codedFolder } from '../../../support/coded-fixture.js';
import { guideFile } from '../../../support/coded-weights.js';

const file = new Float32Array(Uint8Array.from(readFileSync(join(codedFolder, 'guide.f32'))).buffer);
const bands = 80;

const tone = (period: number) =>
  Float32Array.from({ length: 2048 }, (_, step) => Math.round(128 + 90 * Math.sin(step / period)));

/** The sum that a latent stands for, by the words of docs/models.md. */
function naive(past: Float32Array): number[] {
  const power = Array.from({ length: spectrumBins }, (_, bin) => {
    let [re, im] = [0, 0];
    for (let step = 0; step < 2048; step += 1) {
      const heard = (file[step] ?? 0) * (binAmplitudes[past[step] ?? 0] ?? 0);
      const angle = (2 * Math.PI * ((bin * step) % 2048)) / 2048;
      re += heard * Math.cos(angle);
      im -= heard * Math.sin(angle);
    }
    return re * re + im * im;
  });
  return Array.from({ length: bands }, (_, band) => {
    const filter = file.subarray(4096 + band * spectrumBins, 4096 + (band + 1) * spectrumBins);
    return Math.log(power.reduce((sum, value, bin) => sum + value * (filter[bin] ?? 0), 0) + 0.3);
  });
}

describe('what a guide is in bands', () => {
  test.each([9, 33, 2.2])('of a tone of period 2π · %f: the logarithm of the filtered spectrum', (period) => {
    const latent = new GuideEar(file, bands).latent(tone(period));
    const expected = naive(tone(period));
    expect(latent?.length).toBe(bands);
    for (const [band, value] of expected.entries()) expect(Math.abs((latent?.[band] ?? 9) - value)).toBeLessThan(1e-5);
    expect(Math.max(...expected) - Math.min(...expected)).toBeGreaterThan(3);
  });

  test('is nothing while all that was heard is silence, and something from the first bin that is none', () => {
    const ear = new GuideEar(file, bands);
    const silence = new Float32Array(2048).fill(128);
    expect(ear.latent(silence)).toBeUndefined();
    silence[2000] = 140;
    expect(ear.latent(silence)).toBeDefined();
  });

  test('is the same on every machine: amplitudes, transform and logarithm', () => {
    const ear = new GuideEar(file, bands);
    const hash = createHash('sha256');
    for (const period of [9, 33, 2.2, 150]) hash.update(Float32Array.from(ear.latent(tone(period)) ?? []));
    expect(hash.digest('hex')).toBe('b8ef36230069325e687b5954fa1b00c4580b653dba3fae4c2dea840a24f0bf83');
  });
});

describe('a guide file', () => {
  test('control: those that were made have no fault', () => {
    expect(guideFileFault(file)).toBeUndefined();
    expect(guideFileFault(guideFile(8))).toBeUndefined();
    expect(guideFile(8).length).toBe(guideFileFloats(8));
  });

  test.each([
    ['a window below 0', 7, -0.1, /window/],
    ['a window beyond 1', 2047, 1.5, /window/],
    ['a cosine that is off', 2048, 0.999, /cosine/],
    ['a cosine that is off at its end', 4095, -1, /cosine/],
    ['a filter below 0', 4096, -1e-3, /filter/],
    ['a filter that is absurd', guideFileFloats(bands) - 1, 1e7, /filter/],
  ])('with %s is one', (_, index, value, fault) => {
    const damaged = file.slice();
    damaged[index] = value;
    expect(guideFileFault(damaged)).toMatch(fault);
  });
});
