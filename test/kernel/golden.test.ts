import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { KernelModel } from '../../service/src/model/kernel/model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { randomCoded } from '../support/coded-weights.js';
import {
  goldenBytes,
  goldenCodedBytes,
  goldenCodedInputs,
  goldenCodedSizes,
  goldenHashes,
  goldenInputs,
  goldenNetwork,
  goldenTailFloor,
} from '../support/kernel-golden.js';
import { kernelShape, writeKernelWeights } from '../support/kernel-weights.js';

/**
 * The bits of 30 s, as every engine gave them (`npm run check:engines`). When they change and that is meant, kernelVersion
 * rises and golden.json is written anew: takes drawn by the former kernel are of other bits.
 */
test.each([
  [8, 'int8'],
  [32, 'float32'],
] as const)('30 s with %i-bit weights are the committed ones', async (precision, name) => {
  const network = goldenNetwork();
  const shape = kernelShape(network);
  const { file } = writeKernelWeights(network, precision);
  const engine = await KernelModel.load(await kernelModule(), file, shape, goldenTailFloor);
  const drawn = await engine.draw(goldenInputs(network));
  // The song is no constant: else equal hashes would say little.
  expect(new Set(drawn.sound).size).toBeGreaterThan(100);
  const hash = createHash('sha256').update(goldenBytes(drawn, shape.stateFloats)).digest('hex');
  expect(hash).toBe(goldenHashes()[name]);
});

test.each([
  [8, 'codedInt8'],
  [32, 'codedFloat32'],
] as const)('125 rows under codes with %i-bit weights are the committed ones', async (precision, name) => {
  const engine = await randomCoded(goldenCodedSizes, precision, goldenTailFloor);
  const drawn = await engine.draw(goldenCodedInputs());
  expect(new Set(drawn.sound).size).toBeGreaterThan(100);
  const hash = createHash('sha256').update(goldenCodedBytes(drawn)).digest('hex');
  expect(hash).toBe(goldenHashes()[name]);
});
