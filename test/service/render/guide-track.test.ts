import { describe, expect, test } from 'vitest';
import { binAmplitudes, binOfAmplitude, silentBin } from '../../../service/src/core/mu-law.js';
import { GuideLevel } from '../../../service/src/render/guide-level.js';
import { guideWarmUpSteps } from '../../../service/src/render/guide-track.js';
import { randomWholes } from '../../support/random.js';
import { clock, levelDbfs, open, sine } from './guide-example.js';

describe('GuideTrack', () => {
  /** Amplitude of a sine of the level that guides are brought to. */
  const levelled = Math.SQRT2 * 10 ** (levelDbfs / 20);
  const second = 16_000;

  test('follows the audio at the level of the model, delayed by the filter alone', () => {
    for (const amplitude of [0.05, 0.25, 0.9]) {
      const track = open();
      track.append(0, 144_000, sine(144_000, amplitude));
      for (let step = second; step < 3 * second; step += 1) {
        // 24 steps of delay are 72 frames.
        const expected = binOfAmplitude(levelled * Math.sin((2 * Math.PI * 440 * (step * 3 - 72)) / 48_000));
        // Around zero bins are so narrow that what little of a constant there is in a second of it counts.
        const near = Math.abs(expected - silentBin) < 40;
        expect(Math.abs(track.bin(step) - expected)).toBeLessThanOrEqual(near ? 3 : 1);
        expect(track.gate(step)).toBe(1);
      }
    }
  });

  test('a guide at −30 dBFS and one at −6 dBFS are the same guide, pauses included; control: one far quieter is not', () => {
    // Notes that fade, with half a second of silence after every two.
    const notes = (level: number) =>
      sine(240_000, 1).map((value, frame) => {
        const inNote = frame % 24_000;
        return frame % 72_000 >= 48_000 ? 0 : level * value * Math.exp(-inNote / 48_000);
      });
    const bins = (level: number) => {
      const track = open();
      track.append(0, 240_000, notes(level));
      return Array.from(
        { length: 4 * second },
        (_, step) => [track.bin(second + step), track.gate(second + step)] as const,
      );
    };
    const loud = bins(0.9);
    const quiet = bins(0.9 / 16);
    const far = bins(0.9 / 128);
    expect(loud.every(([bin], step) => Math.abs(bin - (quiet[step]?.[0] ?? 0)) <= 1)).toBe(true);
    expect(loud.filter(([, gate], step) => Math.abs(gate - (quiet[step]?.[1] ?? 9)) > 0.01).length).toBeLessThan(
      0.05 * loud.length,
    );
    expect(far.filter(([bin], step) => Math.abs(bin - (loud[step]?.[0] ?? 0)) > 1).length).toBeGreaterThan(
      0.5 * far.length,
    );
  });

  test('the gain does not pump: over a steady guide it stands still, over a swell it moves by less than 1 dB in 16 ms', () => {
    const swell = sine(192_000, 1).map(
      (value, frame) => value * (0.3 + 0.2 * Math.sin((2 * Math.PI * frame) / 48_000)),
    );
    const level = new GuideLevel(16_000, levelDbfs);
    let last = Number.NaN;
    for (let step = 0; step < 4 * second; step += 1) {
      const value = swell[step * 3] ?? 0;
      const out = level.next(step, value);
      if (step < second || step % 256 !== 64 || Math.abs(value) < 0.02) continue;
      const gain = 20 * Math.log10(out / value);
      if (!Number.isNaN(last)) expect(Math.abs(gain - last)).toBeLessThan(1);
      last = gain;
    }
    expect(last).not.toBeNaN();
  });

  test('is the same however it is cut', () => {
    const audio = sine(96_000, 0.3);
    const whole = open(-100);
    whole.append(-100, 96_000, audio);
    const cut = open(-100);
    const random = randomWholes(2);
    for (let from = 0; from < 96_000; ) {
      const count = Math.min(random(1, 7000), 96_000 - from);
      cut.append(from - 100, count, audio.subarray(from, from + count));
      from += count;
    }
    for (let step = 0; step < 31_900; step += 1) {
      expect([cut.bin(step), cut.gate(step)]).toEqual([whole.bin(step), whole.gate(step)]);
    }
  });

  test('after its warm-up it is what it would be had it begun earlier; control: not before', () => {
    const audio = sine(240_000, 0.4).map((value, frame) => value * (frame % 31_000 < 9000 ? 1 : 0.2));
    const whole = open();
    whole.append(0, 240_000, audio);
    for (const startFrame of [40_000, 61_234, 90_001]) {
      const late = open(startFrame);
      late.append(startFrame, 240_000 - startFrame, audio.subarray(startFrame));
      const first = clock.firstStepAt(startFrame);
      const warm = first + guideWarmUpSteps(clock);
      for (let step = warm; step < 79_900; step += 1) {
        expect([late.bin(step), late.gate(step)]).toEqual([whole.bin(step), whole.gate(step)]);
      }
      const before = Array.from({ length: warm - first }, (_, index) => first + index);
      expect(before.some((step) => late.bin(step) !== whole.bin(step))).toBe(true);
    }
  });

  test.each([
    ['not numbers', () => Number.NaN],
    ['infinities', (frame: number) => (frame % 2 === 0 ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY)],
    ['a full-scale square', (frame: number) => (frame % 100 < 50 ? 1 : -1)],
    ['denormals', (frame: number) => 1e-42 * (frame % 3)],
    ['silence', () => 0],
  ])('junk is a guide within bounds, or none: %s', (_, value) => {
    const track = open();
    track.append(
      0,
      96_000,
      Float32Array.from({ length: 96_000 }, (_unused, frame) => value(frame)),
    );
    for (let step = 0; step < 31_900; step += 1) {
      const [bin, gate] = [track.bin(step), track.gate(step)];
      expect(Number.isInteger(bin) && bin >= 0 && bin <= 255 && gate >= 0 && gate <= 1).toBe(true);
    }
  });

  test('a constant is taken off a guide: it becomes none within two seconds, and audio over it stays', () => {
    const track = open();
    track.append(0, 240_000, new Float32Array(240_000).fill(0.5));
    expect(track.gate(4 * second)).toBe(0);
    const over = open();
    over.append(
      0,
      240_000,
      sine(240_000, 0.1).map((value) => value + 0.5),
    );
    const mean =
      Array.from({ length: second }, (_, step) => binAmplitudes[over.bin(3 * second + step)] ?? 0).reduce(
        (a, b) => a + b,
      ) / second;
    expect(over.gate(4 * second)).toBe(1);
    expect(Math.abs(mean)).toBeLessThan(0.01);
  });

  test('its memory is bounded: what is far behind is none', () => {
    const track = open();
    for (let frame = 0; frame < 12 * 48_000; frame += 8000) track.append(frame, 8000, sine(8000, 0.9));
    expect(track.gate(16_000)).toBe(0);
    expect(track.gate(11 * 16_000)).toBe(1);
  });
});
