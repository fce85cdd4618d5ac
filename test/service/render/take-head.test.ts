import { expect, test } from 'vitest';
import { codeUniformOfStep, uniformOfStep } from '../../../service/src/core/philox.js';
import { TakeHead } from '../../../service/src/render/take-head.js';

const shape = { temperature: 4096, strength: 0, guideBin: 128, condition: 0 };

function headOf(hasRows: boolean): TakeHead {
  const model = { rateHz: 16_000, blockSteps: 512, sound: 'mu-law' } as const;
  const state = new Float32Array(4);
  return new TakeHead({ model, hasRows, seed: 21, firstStep: 1024, state });
}

test('a model with rows is given uniforms of codes beside those of its sound, by the place in the song', () => {
  const { first, inputs } = headOf(true).nextBlocks(2048, 2, () => shape);
  expect(first).toBe(1024);
  expect(inputs.codeUniform?.length).toBe(1024);
  for (const index of [0, 1, 511, 512, 1023]) {
    expect(inputs.uniform[index]).toBe(uniformOfStep(21, first + index));
    expect(inputs.codeUniform?.[index]).toBe(codeUniformOfStep(21, first + index));
  }
});

test('any other model is not', () => {
  expect(headOf(false).nextBlocks(2048, 2, () => shape).inputs.codeUniform).toBeUndefined();
});
