import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import type { BlockEngine } from '../../../../service/src/model/engine.js';
import { type CodedModel, codedFolder, codedModel, codedReference, nextCodes } from '../../../support/coded-fixture.js';
import { engineOf } from '../../../support/engines.js';

/**
 * The reference was drawn by training/simmer_training/coded/reference.py, in float64 and from the weight file alone; every one of its
 * draws lies so far from any edge that rounding cannot change it. ONNX Runtime is held to that of the whole weights.
 */
const cases = [
  ['onnx', 'float32-unguided'],
  ['onnx', 'float32-guided'],
  ['float32', 'float32-unguided'],
  ['float32', 'float32-guided'],
  ['int8', 'int8-unguided'],
  ['int8', 'int8-guided'],
] as const;
/** How far entropies (bits) and states may be off: in 8 bits single activations round to the other neighbour. */
const slack = { onnx: 2e-4, float32: 2e-4, int8: 2e-2 } as const;

const farthest = (a: Float32Array, b: Float32Array) =>
  a.reduce((most, value, index) => Math.max(most, Math.abs(value - (b[index] ?? Number.NaN))), 0);

describe.each(cases)('%s against %s', (which, name) => {
  const reference = codedReference(join(codedFolder, 'reference', name));
  let model: CodedModel;
  let engine: BlockEngine;
  beforeAll(async () => {
    model = await codedModel();
    engine = await engineOf(model, which);
    return () => engine.close();
  });

  test('draws the same bins and codes, and comes to the same state', async () => {
    const { sound, entropy, states } = await engine.draw(reference.inputs(model.initialState));
    expect(nextCodes(model.rows.rows, states, model.manifest.stateFloats)).toEqual([...reference.codes]);
    expect(sound.findIndex((bin, step) => bin !== reference.drawn[step])).toBe(-1);
    expect(sound.length).toBe(reference.drawn.length);
    expect(farthest(entropy, reference.entropy)).toBeLessThan(slack[which]);
    expect(farthest(states.slice(-model.manifest.stateFloats), reference.state)).toBeLessThan(slack[which]);
    expect(new Set(sound).size).toBeGreaterThan(40);
  });

  test('control: other numbers for codes, and the codes and with them the sound are others', async () => {
    const inputs = reference.inputs(model.initialState);
    const codeUniform = inputs.codeUniform.map((value) => 1 - value);
    const { sound, states } = await engine.draw({ ...inputs, codeUniform });
    expect(nextCodes(model.rows.rows, states, model.manifest.stateFloats)).not.toEqual([...reference.codes]);
    expect(sound.findIndex((bin, step) => bin !== reference.drawn[step])).toBeGreaterThanOrEqual(0);
  });
});
