import { expect, test } from 'vitest';
import { uniformOfStep } from '../../../service/src/core/philox.js';
import { responding } from '../../../service/src/model/responding.js';
import { TinyModel, tinyModel } from '../../../service/src/model/tiny-model.js';

function inputs(temperature: number) {
  return {
    state: tinyModel.initialState,
    temperature: new Float32Array(128).fill(temperature),
    uniform: Float32Array.from({ length: 128 }, (_, step) => uniformOfStep(5, step)),
    guideStrength: new Float32Array(128),
    guideBin: new Float32Array(128).fill(128),
  };
}

test('an engine that responds by 2 draws at 0.5 what it draws at 0.25 otherwise, alone and together', async () => {
  const plain = new TinyModel();
  const square = responding(new TinyModel(), { below: 2, above: 2 });
  const expected = await plain.draw(inputs(0.25));
  expect(expected).not.toEqual(await plain.draw(inputs(0.5)));
  expect(await square.draw(inputs(0.5))).toEqual(expected);
  expect(await square.drawTogether([inputs(0.5), inputs(1)])).toEqual([expected, await plain.draw(inputs(1))]);
});

test('one that responds by 1 is the engine itself', () => {
  const plain = new TinyModel();
  expect(responding(plain, { below: 1, above: 1 })).toBe(plain);
});
