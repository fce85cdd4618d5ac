import { expect, test } from 'vitest';
import { EntropySum, measure } from '../../../service/src/study/measures.js';

test('measures tell what they say they tell', () => {
  const rate = 24_000;
  const sound = (value: (frame: number) => number) =>
    Float32Array.from({ length: 8 * rate }, (_, frame) => value(frame));
  const of = (values: Float32Array) => measure(values, rate, new EntropySum()).measures;
  // Notes of a loop of one second, and of random ones.
  let state = 1;
  const random = () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  const pitches = Array.from({ length: 32 }, () => 200 * 2 ** (random() * 3));
  const tune = (note: (place: number) => number) =>
    sound(
      (frame) => 0.5 * Math.sin((2 * Math.PI * frame * (pitches[note(Math.floor((4 * frame) / rate))] ?? 0)) / rate),
    );
  const loop = of(tune((place) => place % 4));
  const free = of(tune((place) => place));
  expect(loop.repetition).toBeGreaterThan(free.repetition + 0.3);
  expect(loop.repetitionSeconds % 1).toBeLessThan(0.08);
  expect(free.novelty).toBeGreaterThan(3 * loop.novelty);
  const tone = of(sound((frame) => 0.5 * Math.sin(frame / 9)));
  expect(tone.rmsDbfs).toBeCloseTo(-9.03, 1);
  expect(tone.clicks).toBe(0);
  expect(
    of(sound((frame) => 0.5 * Math.sin(frame / 9) + (frame % rate === 500 ? 0.6 : 0))).clicks,
  ).toBeGreaterThanOrEqual(7);
  expect(of(sound((frame) => (frame < 4 * rate ? 0 : 0.3 * Math.sin(frame / 9)))).silentShare).toBeCloseTo(0.5, 1);
  expect(of(sound(() => 0.1)).dc).toBeCloseTo(0.1, 5);
});
