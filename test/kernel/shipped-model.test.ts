import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { uniformOfStep } from '../../service/src/core/philox.js';
import type { DrawInputs } from '../../service/src/model/engine.js';
import { KernelModel } from '../../service/src/model/kernel/model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { readModel, type VerifiedModel } from '../../service/src/model/verified-model.js';
import { shippedModelFolder, shippedModels } from '../support/models.js';

/** An 8-bit model may need so many bits a step more than in full precision: half a percent. */
const costMax = 0.02;

const meanOf = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe.each(shippedModels())('the kernel with the weights of %s', (name) => {
  const folder = shippedModelFolder(name);
  const reference = (file: string) => readFileSync(join(folder, 'reference', file));
  const floats = (file: string) => new Float32Array(new Uint8Array(reference(file)).buffer);

  let model: VerifiedModel;
  let kernels: Record<'float32' | 'int8', KernelModel>;
  beforeAll(async () => {
    model = await readModel(folder);
    const { int8, float32 } = model.kernel ?? {};
    if (int8 === undefined || float32 === undefined) throw new Error(`${name} lacks weights for the kernel`);
    const { blockSteps, stateFloats, tailGuard } = model.manifest;
    const load = async (weights: Uint8Array) =>
      KernelModel.load(await kernelModule(), weights, { blockSteps, stateFloats }, tailGuard.floor);
    kernels = { float32: await load(float32), int8: await load(int8) };
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

  test('in float32 draws the very bins that PyTorch drew in float64, for ten seconds', async () => {
    const { sound } = await kernels.float32.draw(unguided(floats('temperature.f32'), floats('uniform.f32')));
    expect(Buffer.compare(sound, reference('drawn.u8'))).toBe(0);
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

  test('draws by itself what is the less certain the warmer it is', async () => {
    const steps = 4 * model.manifest.sampleRateHz;
    const entropyAt = async (temperature: number) => {
      const voices = [1, 2, 3, 4].map((seed) =>
        unguided(
          new Float32Array(steps).fill(temperature),
          Float32Array.from({ length: steps }, (_, step) => uniformOfStep(seed, step)),
        ),
      );
      const drawn = await kernels.int8.drawTogether(voices);
      return drawn.reduce((sum, { entropy }) => sum + meanOf(entropy), 0) / drawn.length;
    };
    const found = [await entropyAt(0.5), await entropyAt(1), await entropyAt(1.5)];
    expect(found).toEqual(found.toSorted((a, b) => a - b));
    expect((found[2] ?? 0) - (found[0] ?? 0)).toBeGreaterThan(0.5);
  });

  const figures = existsSync(join(folder, 'figures'));
  test.runIf(figures)('has a card whose figures are of these weights', () => {
    const kept = JSON.parse(readFileSync(join(folder, 'figures', 'drawn-from.json'), 'utf8')) as Record<string, string>;
    const weights = readFileSync(join(folder, 'weights-int8.bin'));
    expect(kept).toEqual({ 'weights-int8.bin': createHash('sha256').update(weights).digest('hex') });
  });
});
