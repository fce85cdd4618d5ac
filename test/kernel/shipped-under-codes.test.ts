import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { DrawInputs } from '../../service/src/model/engine.js';
import { CodedKernelModel } from '../../service/src/model/kernel/coded-model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { readModel } from '../../service/src/model/verified-model.js';
import { codedReference, nextCodes } from '../support/coded-fixture.js';
import { engineOf } from '../support/engines.js';
import { shippedModelFolder, shippedModelsUnderCodes } from '../support/models.js';

/** An 8-bit model may need so many bits a step more than in full precision. */
const costMax = 0.02;

const names = shippedModelsUnderCodes();

describe.skipIf(names.length === 0)('models under codes that come with the repository', () => {
  test.each(names)('%s: the graphs draw the bins and codes that PyTorch drew in float64', async (name) => {
    const folder = shippedModelFolder(name);
    const model = await readModel(folder);
    if (model.rows === undefined) throw new Error(`${name} has no rows`);
    const reference = codedReference(join(folder, 'reference'));
    const engine = await engineOf(model, 'onnx');
    const { sound, states } = await engine.draw(reference.inputs(model.initialState));
    await engine.close();
    expect(nextCodes(model.rows.rows, states, model.manifest.stateFloats)).toEqual([...reference.codes]);
    expect(Buffer.compare(sound as Uint8Array, reference.drawn)).toBe(0);
  });

  test.each(names)('%s: in 8 bits music it has not heard needs the bits that its card tells', async (name) => {
    const folder = shippedModelFolder(name);
    const { manifest, kernel, rows, initialState } = await readModel(folder);
    if (kernel === undefined || rows === undefined) throw new Error(`${name} has no weights for the kernel`);
    const file = (of: string) => Uint8Array.from(readFileSync(join(folder, 'reference', of)));
    const bins = file('held-out.u8');
    const codes = new Int32Array(file('held-out-codes.i32').buffer);
    const known = JSON.parse(readFileSync(join(folder, 'reference', 'held-out.json'), 'utf8')) as Record<
      string,
      number
    >;
    const { bitsPerStep = Number.NaN, int8BitsPerStep = Number.NaN } = known;
    const { blockSteps, stateFloats } = manifest;
    const shape = { blockSteps, stateFloats };
    const engine = await CodedKernelModel.load(
      await kernelModule(),
      kernel.int8,
      shape,
      rows,
      manifest.tailGuard.floor,
    );
    const bitsAt = (temperature: number) => {
      const steps = (value: number) => new Float32Array(bins.length).fill(value);
      const inputs: DrawInputs = {
        state: initialState,
        temperature: steps(temperature),
        ...{ uniform: steps(0.5), codeUniform: steps(0.5), guideStrength: steps(0), guideBin: steps(128) },
      };
      const bits = engine.teacherForced(inputs, bins, codes);
      return bits.reduce((sum, value) => sum + value, 0) / bits.length;
    };
    expect(bitsAt(1)).toBeCloseTo(int8BitsPerStep, 4);
    expect(Math.abs(bitsAt(1) - bitsPerStep)).toBeLessThan(costMax);
    expect(bitsAt(0.5) - bitsPerStep).toBeGreaterThan(costMax);
  });
});
