import { describe, expect, test } from 'vitest';
import { Lane } from '../../service/src/core/lane.js';
import { binOfAmplitude, silentBin } from '../../service/src/core/mu-law.js';
import { Clock } from '../../service/src/core/units.js';
import { guideStrength } from '../../service/src/render/guide-strength.js';
import { GuideTrack } from '../../service/src/render/guide-track.js';
import { predictLane } from '../../service/src/render/predict-lane.js';
import { randomWholes } from '../support/random.js';

const fade = { temperatureLow: 0.75, temperatureHigh: 1.05, gamma: 1, levelDbfs: -15 };

describe('the strength of the guide', () => {
  test('is the amount up to T_lo, falls to exactly 0 at T_hi, and stays there', () => {
    expect(guideStrength(fade, 0.2, 0.5, 1)).toBe(0.5);
    expect(guideStrength(fade, 0.75, 1, 1)).toBe(1);
    expect(guideStrength(fade, 0.9, 1, 1)).toBeCloseTo(0.5, 6);
    expect(guideStrength(fade, 1.05, 1, 1)).toBe(0);
    expect(guideStrength(fade, 2, 1, 1)).toBe(0);
    expect(guideStrength({ ...fade, gamma: 2 }, 0.9, 1, 1)).toBeCloseTo(0.25, 6);
  });

  test('is exactly 0 where amount or level is', () => {
    expect(guideStrength(fade, 0.5, 0, 1)).toBe(0);
    expect(guideStrength(fade, 0.5, 1, 0)).toBe(0);
  });
});

describe('GuideTrack', () => {
  const clock = new Clock(48_000, 16_000);
  const sine = (count: number, amplitude: number) =>
    Float32Array.from({ length: count }, (_, frame) => amplitude * Math.sin((2 * Math.PI * 440 * frame) / 48_000));

  test('follows the audio, delayed by the filter alone', () => {
    const track = new GuideTrack(clock, 0);
    track.append(0, 9600, sine(9600, 0.5));
    for (let step = 200; step < 3000; step += 1) {
      // 24 steps of delay are 72 frames.
      const expected = binOfAmplitude(0.5 * Math.sin((2 * Math.PI * 440 * (step * 3 - 72)) / 48_000));
      expect(Math.abs(track.bin(step) - expected)).toBeLessThanOrEqual(1);
      expect(track.gate(step)).toBe(1);
    }
  });

  test('is the same however it is cut', () => {
    const audio = sine(9600, 0.3);
    const whole = new GuideTrack(clock, -100);
    whole.append(-100, 9600, audio);
    const cut = new GuideTrack(clock, -100);
    const random = randomWholes(2);
    for (let from = 0; from < 9600; ) {
      const count = Math.min(random(1, 700), 9600 - from);
      cut.append(from - 100, count, audio.subarray(from, from + count));
      from += count;
    }
    for (let step = 0; step < 3166; step += 1) {
      expect([cut.bin(step), cut.gate(step)]).toEqual([whole.bin(step), whole.gate(step)]);
    }
  });

  test('its own level opens and closes it', () => {
    const track = new GuideTrack(clock, 0);
    track.append(0, 4800, undefined);
    track.append(4800, 4800, sine(4800, 0.0009)); // below −60 dBFS
    track.append(9600, 4800, sine(4800, 0.2));
    track.append(14_400, 9600, undefined);
    expect([track.gate(1000), track.bin(1000)]).toEqual([0, silentBin]);
    expect(track.gate(3000)).toBe(0);
    expect(track.gate(4500)).toBe(1);
    expect(track.gate(4800 + 100)).toBe(1); // 32 ms are held
    expect(track.gate(4800 + 512 + 60)).toBe(0);
  });

  test('beyond what is delivered, and before it, there is none', () => {
    const track = new GuideTrack(clock, 3000);
    track.append(3000, 300, sine(300, 0.9));
    expect([track.gate(999), track.gate(1100), track.gate(99_999)]).toEqual([0, 0, 0]);
    expect(track.gate(1090)).toBe(1);
  });

  test('its memory is bounded: what is far behind is none', () => {
    const track = new GuideTrack(clock, 0);
    for (let frame = 0; frame < 12 * 48_000; frame += 8000) track.append(frame, 8000, sine(8000, 0.9));
    expect(track.gate(16_000)).toBe(0);
    expect(track.gate(11 * 16_000)).toBe(1);
  });
});

describe('predictLane', () => {
  const predict = (points: [number, number, 'hold' | 'linear'][], end: number) =>
    predictLane(
      Lane.from(points.map(([frame, value, interpolation]) => ({ frame, value, interpolation }))),
      0,
      end,
      48_000,
    );

  test('goes on by the slope of a line, and of a staircase', () => {
    const line = predict(
      [
        [0, 0.5, 'hold'],
        [9600, 1, 'linear'],
      ],
      9600,
    );
    expect(line(9600 + 4800)).toBeCloseTo(1.25, 9);
    const stairs = predict(
      Array.from({ length: 40 }, (_, n) => [n * 256, 0.5 + n / 100, 'hold']),
      40 * 256,
    );
    expect(stairs(40 * 256 + 2560)).toBeCloseTo(0.5 + 0.49, 1);
  });

  test('holds after a jump, a bend back, or an end', () => {
    expect(
      predict(
        [
          [0, 0.5, 'hold'],
          [9500, 1.5, 'hold'],
        ],
        9600,
      )(20_000),
    ).toBe(1.5);
    expect(
      predict(
        [
          [0, 0.5, 'hold'],
          [8400, 1, 'linear'],
          [9600, 0.9, 'linear'],
        ],
        9600,
      )(9700),
    ).toBeCloseTo(0.9, 12);
    expect(
      predict(
        [
          [0, 0.5, 'hold'],
          [8000, 1, 'linear'],
        ],
        9600,
      )(20_000),
    ).toBe(1);
  });

  test('stays within 0 and 2, and needs no past', () => {
    expect(
      predict(
        [
          [0, 1, 'hold'],
          [4800, 2, 'linear'],
        ],
        4800,
      )(99_999),
    ).toBe(2);
    expect(
      predict(
        [
          [0, 1, 'hold'],
          [4800, 0, 'linear'],
        ],
        4800,
      )(99_999),
    ).toBe(0);
    expect(predict([[0, 0.7, 'hold']], 0)(500)).toBe(0.7);
  });
});
