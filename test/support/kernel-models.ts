import { uniformOfStep } from '../../service/src/core/philox.js';
import type { DrawInputs } from '../../service/src/model/engine.js';
import { KernelModel } from '../../service/src/model/kernel/model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { type KernelWeights, parseKernelWeights } from '../../service/src/model/kernel/weights.js';
import { kernelShape, type RandomNetwork, randomNetwork, startState, writeKernelWeights } from './kernel-weights.js';

export interface RandomKernel {
  readonly network: RandomNetwork;
  readonly file: Uint8Array;
  readonly weights: KernelWeights;
  readonly engine: KernelModel;
}

/** A network of random weights in the kernel. */
export async function randomKernel(
  width: number,
  hidden: number,
  precision: 8 | 32,
  { seed = 1, tailFloor = 0 } = {},
): Promise<RandomKernel> {
  const network = randomNetwork(width, hidden, seed);
  const { file } = writeKernelWeights(network, precision);
  const shape = kernelShape(network);
  const engine = await KernelModel.load(await kernelModule(), file, shape, tailFloor);
  return { network, file, weights: parseKernelWeights(file, shape), engine };
}

/** A lane of temperatures and, where wanted, of a guide, that goes through all it can say. */
export function lively(network: RandomNetwork, blocks: number, seed: number, guided: boolean): DrawInputs {
  const steps = blocks * 64;
  const each = (value: (step: number) => number) => Float32Array.from({ length: steps }, (_, step) => value(step));
  return {
    state: startState(network),
    // 0 to 2 and back, with a stretch of exactly 0.
    temperature: each((step) => (step % 300 < 20 ? 0 : Math.abs(((step * 7) % 800) / 200 - 2))),
    uniform: each((step) => uniformOfStep(seed, step)),
    guideStrength: each((step) => (guided && step % 200 > 50 ? ((step * 3) % 100) / 99 : 0)),
    guideBin: each((step) => (guided ? (step * 5) % 256 : 128)),
  };
}
