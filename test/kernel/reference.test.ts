import { describe, expect, test } from 'vitest';
import { KernelModel } from '../../service/src/model/kernel/model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { type KernelWeights, parseKernelWeights } from '../../service/src/model/kernel/weights.js';
import { lively, type RandomKernel, randomKernel } from '../support/kernel-models.js';
import { followReference } from '../support/kernel-reference.js';
import { kernelShape, randomNetwork, writeKernelWeights } from '../support/kernel-weights.js';

const sizes = [
  [16, 16, 40],
  [48, 32, 20],
  [32, 208, 8],
  [256, 128, 8],
  [512, 256, 2],
] as const;

/**
 * How far rounding may move an edge of the CDF (a probability) and the bits of a draw, each times T, by which it divides.
 * Float32 comes to 1.4e-7 and 9.4e-6 here; in int8 single activations round to the other neighbour: 0 and 1.4e-3.
 */
const slack = { 8: { edge: 1e-4, bits: 5e-3 }, 32: { edge: 5e-6, bits: 5e-5 } } as const;

/** The same with a tail guard: a bin within rounding of the floor is left out by one and not by the other. */
const tailSlack = { 8: { edge: 2e-2, bits: 5e-2 }, 32: { edge: 2e-3, bits: 5e-3 } } as const;

interface Agreement {
  readonly steps: number;
  /** Draws that differ, all of which must lie on an edge. */
  readonly differing: number;
  /** The largest distance of u from the share of the bin drawn, times T: in units of the logits. */
  readonly farthest: number;
  /** The largest difference of entropy, in bits times T. */
  readonly entropyError: number;
  /** The largest difference of −log2 p of the drawn bins, in bits times T. */
  readonly surpriseError: number;
}

async function agreement(
  kernel: RandomKernel,
  weights: KernelWeights,
  blocks: number,
  guided: boolean,
  tailFloor = 0,
): Promise<Agreement> {
  const inputs = lively(kernel.network, blocks, 5, guided);
  const drawn = await kernel.engine.draw(inputs);
  const surprise = kernel.engine.teacherForced(inputs, drawn.sound);
  const reference = followReference(weights, inputs, drawn.sound, tailFloor);
  const found = { steps: drawn.sound.length, differing: 0, farthest: 0, entropyError: 0, surpriseError: 0 };
  for (const [step, bin] of drawn.sound.entries()) {
    const temperature = Math.min(1, Math.max(inputs.temperature[step] ?? 0, 1e-4));
    const off = (a = Number.NaN, b = Number.NaN) => temperature * Math.abs(a - b);
    if (bin !== reference.bins[step]) found.differing += 1;
    found.farthest = Math.max(found.farthest, off(reference.beyondEdge[step], 0));
    found.entropyError = Math.max(found.entropyError, off(drawn.entropy[step], reference.entropy[step]));
    found.surpriseError = Math.max(found.surpriseError, off(surprise[step], reference.surprise[step]));
  }
  return found;
}

describe.each([32, 8] as const)('%i-bit weights against float64', (precision) => {
  describe.each(sizes)('D = %i, M = %i', (width, hidden, blocks) => {
    test.each([false, true])('guided: %s', async (guided) => {
      const kernel = await randomKernel(width, hidden, precision);
      const found = await agreement(kernel, kernel.weights, blocks, guided);
      const { edge, bits } = slack[precision];
      expect(found.farthest).toBeLessThan(edge);
      expect(found.entropyError).toBeLessThan(bits);
      expect(found.surpriseError).toBeLessThan(bits);
      expect(found.differing).toBeLessThan(0.002 * found.steps);
    });
  });

  test.each([0.001, 0.01, 0.1])('with a tail guard of %f', async (tailFloor) => {
    const kernel = await randomKernel(48, 32, precision, { tailFloor });
    const found = await agreement(kernel, kernel.weights, 40, true, tailFloor);
    const { edge, bits } = tailSlack[precision];
    expect(found.farthest).toBeLessThan(edge);
    expect(found.entropyError).toBeLessThan(bits);
    expect(found.surpriseError).toBeLessThan(slack[precision].bits);
    expect(found.differing).toBeLessThan(0.004 * found.steps);
  });

  test('control: the tail guard of another engine is seen', async () => {
    const kernel = await randomKernel(48, 32, precision, { tailFloor: 0.01 });
    const found = await agreement(kernel, kernel.weights, 10, false, 0);
    expect(found.entropyError).toBeGreaterThan(tailSlack[precision].bits);
  });

  test('control: one bias of one matrix, moved by a twentieth, is seen', async () => {
    const kernel = await randomKernel(48, 32, precision);
    const names = ['topRecurrent', 'frameCondition', 'frameRecurrent', 'sampleCondition', 'third', 'output'] as const;
    for (const name of names) {
      const moved = kernel.weights[name].bias.map((value) => value + 0.05);
      // Half of the rows only: the same to all logits would be no change.
      moved.set(kernel.weights[name].bias.subarray(0, moved.length / 2));
      const weights = { ...kernel.weights, [name]: { ...kernel.weights[name], bias: moved } };
      const found = await agreement(kernel, weights, 10, true);
      expect(found.surpriseError, name).toBeGreaterThan(slack[precision].bits);
    }
  });
});

test('the largest sum that 8-bit rows can come to does not overflow', async () => {
  // 544 columns of weight 127 and of the largest activation: 544 · 127 · 32767 is beyond 2^31.
  const network = randomNetwork(544, 16, 1);
  network.sections.top_recurrent.fill(0.004);
  network.sections.top_start.fill(0.9);
  const { file } = writeKernelWeights(network, 8);
  const shape = kernelShape(network);
  const engine = await KernelModel.load(await kernelModule(), file, shape);
  const kernel = { network, file, engine, weights: parseKernelWeights(file, shape) };
  const found = await agreement(kernel, kernel.weights, 1, false);
  expect(found.farthest).toBeLessThan(slack[8].edge);
  expect(found.surpriseError).toBeLessThan(slack[8].bits);
});
