import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { naturalLogarithm } from '../../../service/src/core/natural-logarithm.js';

const values = Array.from({ length: 20_000 }, (_, index) => (1 + index / 997) * 2 ** ((index % 100) - 50));

test('is the logarithm to a few units in the last place, over thirty powers of ten and at the edges of a power of two', () => {
  const edges = [1, 2, 0.5, Math.SQRT2, 0.3, 1 - 2 ** -53, 1 + 2 ** -52, 2 ** -1000, 2 ** 1000, 1e-300, 1e300];
  for (const value of [...values, ...edges]) {
    const exact = Math.log(value);
    expect(Math.abs(naturalLogarithm(value) - exact)).toBeLessThanOrEqual(4e-16 * Math.max(1, Math.abs(exact)));
  }
  expect(naturalLogarithm(1)).toBe(0);
});

test('is the same number on every machine', () => {
  const found = Float64Array.from(values, naturalLogarithm);
  const hash = createHash('sha256').update(new Uint8Array(found.buffer)).digest('hex');
  expect(hash).toBe('c2b02f30418cc52774f7a93740ce4e47316c56b4d38cb5d8b174af9765426464');
});
