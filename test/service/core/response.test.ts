import { expect, test } from 'vitest';
import { type Exponents, respond, respondAll } from '../../../service/src/core/response.js';

const both = (exponent: number): Exponents => ({ below: exponent, above: exponent });

test('with the exponent 1 a temperature is left as it is, also off the grid, and its array the very one', () => {
  for (const value of [0, 1e-5, 0.1234567, 1, 2]) expect(respond(value, both(1))).toBe(value);
  const lane = Float32Array.of(0.1234567, 1);
  expect(respondAll(lane, both(1))).toBe(lane);
});

test.each([0.5, 2, 2.8, 8])('with %f it is a power on the grid of 1/4096, which rises, and 1 stays 1', (exponent) => {
  let last = -1;
  for (let step = 0; step <= 8192; step += 1) {
    const answer = respond(step / 4096, both(exponent));
    expect(answer * 4096).toBe(Math.round(answer * 4096));
    expect(Math.abs(answer - (step / 4096) ** exponent)).toBeLessThanOrEqual(0.5 / 4096);
    expect(answer).toBeGreaterThanOrEqual(last);
    last = answer;
  }
  expect(respond(1, both(exponent))).toBe(1);
  expect(respond(0, both(exponent))).toBe(0);
});

test('with 0 every temperature is 1', () => {
  for (const value of [0, 0.3, 1, 2]) expect(respond(value, both(0))).toBe(1);
});

test('a whole lane is answered step by step, and is not changed', () => {
  const lane = Float32Array.of(0.5, 0.5, 0.75, 0.75, 2, 0.5, 0);
  const kept = lane.slice();
  expect([...respondAll(lane, both(2))]).toEqual([0.25, 0.25, 0.5625, 0.5625, 4, 0.25, 0]);
  expect(lane).toEqual(kept);
});

test('to either side of 1 it may be another power, and still rises through 1', () => {
  const exponents = { below: 2, above: 3 };
  expect([0.5, 1, 2].map((value) => respond(value, exponents))).toEqual([0.25, 1, 8]);
  expect([0.5, 2].map((value) => respond(value, { below: 1, above: 3 }))).toEqual([0.5, 8]);
  let last = -1;
  for (let step = 4000; step <= 4200; step += 1) {
    const answer = respond(step / 4096, exponents);
    expect(answer).toBeGreaterThan(last);
    last = answer;
  }
});
