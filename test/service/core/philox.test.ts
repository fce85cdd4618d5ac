import { expect, test } from 'vitest';
import { codeUniformOfStep, fillUniforms, philox4x32, uniformOfStep } from '../../../service/src/core/philox.js';

// Known answers of the authors' own library: Random123, tests/kat_vectors, "philox4x32 10".
test.each([
  [
    [0, 0, 0, 0],
    [0, 0],
    [0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8],
  ],
  [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0xffffffff, 0xffffffff],
    [0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd],
  ],
  [
    [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344],
    [0xa4093822, 0x299f31d0],
    [0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1],
  ],
])('agrees with Random123 at counter %o', (counter, [key0 = 0, key1 = 0], answer) => {
  const words = Uint32Array.from(counter);
  philox4x32(words, key0, key1);
  expect([...words]).toEqual(answer);
});

test('the uniform of a step is a multiple of 2^-23 below 1, held by float32, and its own for every seed and step', () => {
  const seen = new Set<number>();
  for (let step = 0; step < 2000; step += 1) {
    const uniform = uniformOfStep(7, step);
    expect(uniform).toBeGreaterThan(0);
    expect(uniform).toBeLessThanOrEqual(1 - 2 ** -23);
    expect(uniform * 2 ** 23).toBe(Math.floor(uniform * 2 ** 23));
    expect(Math.fround(uniform)).toBe(uniform);
    seen.add(uniform);
  }
  expect(seen.size).toBeGreaterThan(1990);
  expect(uniformOfStep(8, 0)).not.toBe(uniformOfStep(7, 0));
});

test('steps beyond 2^32 use the second word of the counter', () => {
  expect(uniformOfStep(1, 2 ** 32)).not.toBe(uniformOfStep(1, 0));
  const words = Uint32Array.of(5, 1, 0, 0);
  philox4x32(words, 1, 0);
  expect(uniformOfStep(1, 2 ** 32 + 5)).toBe(((words[0] ?? 0) >>> 9) * 2 ** -23);
});

test('seed 0 at step 0 reads the first known answer', () => {
  expect(uniformOfStep(0, 0)).toBe((0x6627e8d5 >>> 9) * 2 ** -23);
});

test('no uniform is 0, at which a draw would give the lowest bin there is', () => {
  // Found by search: the first step of seed 3 whose upper 23 bits are all 0.
  const step = 4_595_281;
  const words = Uint32Array.of(step, 0, 0, 0);
  philox4x32(words, 3, 0);
  expect((words[0] ?? 1) >>> 9).toBe(0);
  expect(uniformOfStep(3, step)).toBe(2 ** -24);
});

test("the uniform of a code is of the second output word of the same call, and no step's is its sound's", () => {
  expect(codeUniformOfStep(0, 0)).toBe((0xe169c58d >>> 9) * 2 ** -23);
  const words = Uint32Array.of(5, 1, 0, 0);
  philox4x32(words, 9, 0);
  expect(codeUniformOfStep(9, 2 ** 32 + 5)).toBe(((words[1] ?? 0) >>> 9) * 2 ** -23);
  for (let step = 0; step < 2000; step += 1) {
    expect(codeUniformOfStep(7, step)).not.toBe(uniformOfStep(7, step));
    expect(codeUniformOfStep(7, step)).toBeGreaterThan(0);
  }
});

test('no uniform of a code is 0', () => {
  // Found by search: the first step of seed 3 whose second word begins with 23 bits of 0.
  const step = 6_350_513;
  const words = Uint32Array.of(step, 0, 0, 0);
  philox4x32(words, 3, 0);
  expect((words[1] ?? 1) >>> 9).toBe(0);
  expect(codeUniformOfStep(3, step)).toBe(2 ** -24);
});

test.each([0, 2 ** 32 - 3, 2 ** 34 - 8])('filled in from step %i on, both uniforms are those of each step', (first) => {
  const uniform = new Float32Array(8);
  const codeUniform = new Float32Array(8);
  fillUniforms(7, first, uniform, codeUniform);
  const steps = Array.from({ length: 8 }, (_, index) => first + index);
  expect([...uniform]).toEqual(steps.map((step) => uniformOfStep(7, step)));
  expect([...codeUniform]).toEqual(steps.map((step) => codeUniformOfStep(7, step)));
  const alone = new Float32Array(8);
  fillUniforms(7, first, alone, undefined);
  expect(alone).toEqual(uniform);
});
