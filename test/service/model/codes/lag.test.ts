import { expect, test } from 'vitest';
import { CodesModel } from '../../../../service/src/model/codes/model.js';
import { noLimit } from '../../../../service/src/model/engine-name.js';
import { codesStateFloats } from '../../../../service/src/model/manifest.js';
import { floatTensor, GraphSession, intTensor } from '../../../../service/src/model/onnx/graph.js';
import { newestCodes, rowInputs } from '../../../support/codes-fixture.js';
import { blockSteps, levels, model } from './tiny.js';

test('levels that lag sound when their last one is drawn, and hold the pad before', async () => {
  const { manifest: plain, graph } = model;
  if (graph.kind !== 'codes') throw new Error('no codes');
  const delayed = {
    ...plain,
    codes: { ...plain.codes, delaysRows: [0, 1, 2, 3], padCode: 7 },
    encoder: undefined,
  };
  const sizes = { ...delayed, stateFloats: codesStateFloats(delayed) };
  const files = { ...graph.files, encoder: undefined };
  const open = (of: typeof sizes) =>
    CodesModel.load({ manifest: of, files, provider: 'cpu', tailFloor: 0, limit: noLimit });
  const engine = await open(sizes);
  const rows = 12;
  const inputs = rowInputs(sizes, new Float32Array(sizes.stateFloats), 0, Array(rows).fill({ temperature: 1 }));
  const { sound, states } = await engine.draw(inputs);
  const codes = newestCodes(sizes, states);
  expect(codes.slice(0, 4).map((row) => row.map((code) => code === 7))).toMatchObject([
    [expect.anything(), true, true, true],
    [expect.anything(), expect.anything(), true, true],
    [expect.anything(), expect.anything(), expect.anything(), true],
    [expect.anything(), expect.anything(), expect.anything(), expect.anything()],
  ]);
  expect(sound.subarray(0, 3 * blockSteps).every((value) => value === 0)).toBe(true);
  // What sounds is what the decoder makes of the diagonal.
  const decoder = await GraphSession.load('decoder.onnx', files.decoder, 'cpu');
  let state: Float32Array = new Float32Array(plain.decoder.stateFloats);
  for (let row = 0; row + 3 < rows; row += 1) {
    const diagonal = Int32Array.from({ length: levels }, (_, level) => codes[row + level]?.[level] ?? -1);
    const outputs = await decoder.run({ codes: intTensor(diagonal), state: floatTensor(state) });
    state = decoder.floats(outputs, 'next_state', state.length);
    const audio = decoder.floats(outputs, 'audio', blockSteps);
    const at = (row + 3) * blockSteps;
    expect(Math.abs((sound[at + 100] ?? 0) - 32_767 * (audio[100] ?? 0))).toBeLessThan(0.51);
  }
  await decoder.close();
  await engine.close();
});
