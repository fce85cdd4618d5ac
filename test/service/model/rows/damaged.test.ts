import { createHash } from 'node:crypto';
import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { graphTrial } from '../../../../service/src/model/graph-trial.js';
import { readModel } from '../../../../service/src/model/verified-model.js';
import { codedFolder, codedModel } from '../../../support/coded-fixture.js';
import { engineOf } from '../../../support/engines.js';
import { root, temporaryFolder } from '../../../support/service-process.js';

/** A copy of the fixture in which a file was changed, and its sum made right again. */
function changed(name: string, change: (bytes: Buffer) => Uint8Array): string {
  const folder = join(temporaryFolder(), 'broken');
  cpSync(codedFolder, folder, { recursive: true });
  const bytes = change(readFileSync(join(folder, name)));
  writeFileSync(join(folder, name), bytes);
  const path = join(folder, 'manifest.json');
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { files: Record<string, unknown> };
  manifest.files[name] = { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') };
  writeFileSync(path, JSON.stringify(manifest));
  return folder;
}

/** With another float at a place. */
const withFloat = (at: number, value: number) => (bytes: Buffer) => {
  bytes.writeFloatLE(value, 4 * at);
  return bytes;
};
const file = (name: string) => readFileSync(join(codedFolder, name));
/** Where in the state the codes are, and the guide's past: behind 2 · 32 + 192 + 32 values. */
const codesAt = 288;

test('control: a copy in which nothing was changed is read', async () => {
  await expect(readModel(changed('guide.f32', (bytes) => bytes))).resolves.toBeDefined();
});

describe('files that are read are refused by name, with what is wrong with them', () => {
  test.each([
    ['a guide that is cut off', 'guide.f32', (bytes: Buffer) => bytes.subarray(4), /guide\.f32 is not 86096 float32/],
    [
      'a guide of numbers that are none',
      'guide.f32',
      withFloat(5000, Number.NaN),
      /guide\.f32 holds values that are not/,
    ],
    ['a window that is none', 'guide.f32', withFloat(100, 3), /guide\.f32 holds a window/],
    ['a cosine that is none', 'guide.f32', withFloat(2100, 0), /guide\.f32 holds a cosine/],
    ['a filter that is none', 'guide.f32', withFloat(9000, -1), /guide\.f32 holds a filter/],
    ['half a code of silence', 'initial-state.f32', withFloat(codesAt, 0.5), /initial-state\.f32 holds a code/],
    ['a code beyond the last', 'initial-state.f32', withFloat(codesAt + 2, 256), /initial-state\.f32 holds a code/],
    ['a first row that is drawn', 'initial-state.f32', withFloat(codesAt + 3, 7), /initial-state\.f32 must have -1/],
    ['a guide that was no bin', 'initial-state.f32', withFloat(codesAt + 100, 300), /holds a bin of a guide/],
    ['a prior with data elsewhere', 'rows.onnx', () => Buffer.from('..\n\x08location..'), /rows\.onnx refers to data/],
  ])('%s', async (_, name, change, words) => {
    await expect(readModel(changed(name, change))).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringMatching(words),
    });
  });
});

describe('what engines are made of', () => {
  test.each([
    ['a prior that is no graph', 'rows.onnx', 'onnx', () => Buffer.from('no graph'), /rows\.onnx cannot be loaded/],
    ['a network that is no graph', 'model.onnx', 'onnx', () => Buffer.from('no graph'), /The graph cannot be loaded/],
    [
      'a network in the place of the prior',
      'rows.onnx',
      'onnx',
      () => file('model.onnx'),
      /rows\.onnx has input state/,
    ],
    ['a prior in the place of the network', 'model.onnx', 'onnx', () => file('rows.onnx'), /The graph has input state/],
    ['weights that are cut off', 'weights-int8.bin', 'int8', (bytes: Buffer) => bytes.subarray(16), /do not begin/],
  ] as const)('%s', async (_, name, which, change, words) => {
    const opening = codedModel(changed(name, change)).then((model) => engineOf(model, which));
    await expect(opening).rejects.toMatchObject({ code: 'model-damaged', message: expect.stringMatching(words) });
  });

  test('are tried in a process of their own, which draws a row', async () => {
    const script = new URL(`file://${join(root, 'dist/service/src/model/graph-trial-process.js')}`);
    await expect(graphTrial(script, 'cpu')(await codedModel())).resolves.toBeUndefined();
    const broken = await codedModel(changed('rows.onnx', () => file('model.onnx')));
    await expect(graphTrial(script, 'cpu')({ ...broken, digest: 'other' })).rejects.toMatchObject({
      code: 'model-damaged',
      message: expect.stringContaining('rows.onnx'),
    });
  });
});
