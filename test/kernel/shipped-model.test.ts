import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { DrawInputs } from '../../service/src/model/engine.js';
import { KernelModel } from '../../service/src/model/kernel-model.js';
import { kernelModule } from '../../service/src/model/kernel-module.js';
import { readModel, type VerifiedModel } from '../../service/src/model/verified-model.js';
import { root } from '../support/service-process.js';

const folder = join(root, 'models/one-song');
const reference = (name: string) => readFileSync(join(folder, 'reference', name));
const floats = (name: string) => new Float32Array(new Uint8Array(reference(name)).buffer);
/** An 8-bit model may need so many bits a step more than in full precision. */
const costMax = 0.01;

let model: VerifiedModel;
let kernels: Record<'float32' | 'int8', KernelModel>;
beforeAll(async () => {
  model = await readModel(folder);
  if (model.kernel === undefined) throw new Error('one-song has no kernel weights');
  const { blockSteps, stateFloats, tailGuard } = model.manifest;
  const load = async (weights: Uint8Array) =>
    KernelModel.load(await kernelModule(), weights, { blockSteps, stateFloats }, tailGuard.floor);
  kernels = { float32: await load(model.kernel.float32), int8: await load(model.kernel.int8) };
});
afterAll(() => Promise.all(Object.values(kernels ?? {}).map((kernel) => kernel.close())));

/** Inputs of so many steps from the beginning of a take, without a guide. */
function unguided(temperature: Float32Array, uniform: Float32Array): DrawInputs {
  const steps = temperature.length;
  const state = model.initialState;
  return {
    state,
    temperature,
    uniform,
    guideStrength: new Float32Array(steps),
    guideBin: new Float32Array(steps).fill(128),
  };
}

describe('the kernel with the weights of one-song', () => {
  test('in float32 draws the very bins that PyTorch drew in float64, for ten seconds', async () => {
    const { bins } = await kernels.float32.draw(unguided(floats('temperature.f32'), floats('uniform.f32')));
    expect(Buffer.compare(bins, reference('drawn.u8'))).toBe(0);
  });

  test('in 8 bits needs hardly more bits a step for music it has not heard; control: at another temperature, more', () => {
    const bins = new Uint8Array(reference('held-out.u8'));
    const known = JSON.parse(reference('held-out.json').toString()) as Record<string, number>;
    const { bitsPerStep = Number.NaN, int8BitsPerStep = Number.NaN } = known;
    const bitsAt = (kernel: KernelModel, temperature: number) => {
      const steps = (value: number) => new Float32Array(bins.length).fill(value);
      const bits = kernel.teacherForced(unguided(steps(temperature), steps(0.5)), bins);
      return bits.reduce((sum, value) => sum + value, 0) / bits.length;
    };
    const [float32, int8] = [bitsAt(kernels.float32, 1), bitsAt(kernels.int8, 1)];
    console.log(`bits per step: float64 ${bitsPerStep}, float32 ${float32.toFixed(6)}, int8 ${int8.toFixed(6)}`);
    expect(Math.abs(float32 - bitsPerStep)).toBeLessThan(1e-4);
    expect(Math.abs(int8 - float32)).toBeLessThan(costMax);
    // What a float64 model of the arithmetic makes of it, and the card tells.
    expect(int8).toBeCloseTo(int8BitsPerStep, 4);
    expect(bitsAt(kernels.int8, 0.5) - float32).toBeGreaterThan(costMax);
  });
});
