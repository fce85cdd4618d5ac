import { Failure } from '../../core/failure.js';
import { type BlockEngine, type BlockShape, type DrawInputs, type DrawnBins, roomForBins } from '../engine.js';
import {
  blocksOf,
  checkDrawn,
  checkFinite,
  inGroups,
  instantiate,
  type KernelExports,
  readDrawn,
  writeInputs,
} from './instance.js';
import { tableAt, voiceField } from './layout.js';
import { type PackedKernel, packKernel } from './packing.js';
import type { VoiceRegion } from './voice-region.js';

const inputArrays: (keyof DrawInputs)[] = ['temperature', 'uniform', 'guideStrength', 'guideBin'];

/**
 * A model of the `samplernn` family in the kernel (kernel/README.md). Its bits are the same on every machine: the kernel
 * uses plain WebAssembly alone, and imports no mathematics. `draw` blocks the thread it is called on.
 */
export class KernelModel implements BlockEngine {
  readonly shape: BlockShape;
  /** Four take 0.95 of the time of one by one in 8 bits, 0.9 in float32; more gain no more (`npm run bench -- --only model`). */
  readonly voicesTogetherMax = 4;
  readonly #kernel: KernelExports;
  readonly #region: VoiceRegion;

  private constructor(module: WebAssembly.Module, packed: PackedKernel) {
    const { kernel, region } = instantiate(module, packed);
    this.#kernel = kernel;
    this.#region = region;
    this.shape = packed.shape;
  }

  /**
   * Loads a weight file. `tailFloor` as in the manifest; 0 draws from the whole distribution.
   * @throws Failure `model-damaged` when it breaks its format, holds absurd values, or is not of this shape.
   */
  static async load(
    module: WebAssembly.Module,
    weights: Uint8Array,
    shape: BlockShape,
    tailFloor = 0,
  ): Promise<KernelModel> {
    return KernelModel.attach(module, packKernel(weights, shape, tailFloor));
  }

  /** An engine on weights that another one may use too, on any thread. */
  static attach(module: WebAssembly.Module, packed: PackedKernel): KernelModel {
    return new KernelModel(module, packed);
  }

  async draw(inputs: DrawInputs): Promise<DrawnBins> {
    return this.#drawSome([inputs])[0] as DrawnBins;
  }

  /**
   * Draws several voices of as many blocks each, in lock step: one walk through the weights serves them all. Bit for bit
   * what `draw` of each gives.
   */
  async drawTogether(voices: readonly DrawInputs[]): Promise<readonly DrawnBins[]> {
    return inGroups(voices, (some) => this.#drawSome(some));
  }

  /** −log2 p of each of these bins (n·B), taken one after the other in place of what would be drawn. */
  teacherForced(inputs: DrawInputs, bins: Uint8Array): Float32Array {
    const blocks = blocksOf([inputs], this.shape, inputArrays);
    const steps = this.shape.blockSteps;
    if (bins.length !== blocks * steps) throw new Failure('internal', 'There are not as many bins as steps.');
    const surprise = new Float32Array(bins.length);
    const region = this.#region;
    region.floats(0, voiceField.state, this.shape.stateFloats).set(inputs.state);
    for (let block = 0; block < blocks; block += 1) {
      writeInputs(region, 0, inputs, block * steps);
      region.bytes(0, voiceField.forcedBytes, steps).set(bins.subarray(block * steps, (block + 1) * steps));
      this.#kernel.drawBlock(tableAt, region.address, 1, 1);
      surprise.set(region.floats(0, voiceField.surprise, steps), block * steps);
    }
    checkFinite(surprise);
    return surprise;
  }

  /** The memory goes when nothing refers to it any more. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #drawSome(voices: readonly DrawInputs[]): DrawnBins[] {
    const blocks = blocksOf(voices, this.shape, inputArrays);
    const { blockSteps, stateFloats } = this.shape;
    const region = this.#region;
    region.makeRoom(voices.length);
    const drawn = voices.map(() => roomForBins(blocks, this.shape));
    for (const [voice, { state }] of voices.entries()) region.floats(voice, voiceField.state, stateFloats).set(state);
    for (let block = 0; block < blocks; block += 1) {
      for (const [voice, inputs] of voices.entries()) writeInputs(region, voice, inputs, block * blockSteps);
      this.#kernel.drawBlock(tableAt, region.address, voices.length, 0);
      for (const [voice, into] of drawn.entries()) {
        readDrawn(region, voice, into, block * blockSteps);
        into.states.set(region.floats(voice, voiceField.state, stateFloats), block * stateFloats);
      }
    }
    checkDrawn(drawn);
    return drawn;
  }
}
