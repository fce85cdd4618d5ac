import { Failure } from '../../core/failure.js';
import { type BlockEngine, type BlockShape, type DrawInputs, type DrawnBins, roomForBins } from '../engine.js';
import { GuideEar } from '../rows/guide-ear.js';
import { type RowModel, RowVoice } from '../rows/row-voice.js';
import { blocksPerRow, heardRows } from '../rows/sizes.js';
import type { RowState } from '../rows/state.js';
import {
  blocksOf,
  callSteps,
  checkDrawn,
  checkFinite,
  inGroups,
  instantiate,
  type KernelExports,
  readDrawn,
  writeInputs,
} from './instance.js';
import { tableAt, voiceField } from './layout.js';
import { type PackedKernel, packCodedKernel } from './packing.js';
import type { VoiceRegion } from './voice-region.js';

const inputArrays: (keyof DrawInputs)[] = ['temperature', 'uniform', 'guideStrength', 'guideBin', 'codeUniform'];

/**
 * A SampleRNN under codes in the kernel: a block of the port is one row, whose codes are drawn first, and then the network's
 * eight blocks under them. `draw` blocks the thread it is called on.
 */
export class CodedKernelModel implements BlockEngine {
  readonly shape: BlockShape;
  /** As of the same network without codes. */
  readonly voicesTogetherMax = 4;
  readonly #model: RowModel;
  readonly #ear: GuideEar;
  readonly #kernel: KernelExports;
  readonly #region: VoiceRegion;
  /** Bytes from a voice's address. */
  readonly #latentAt: number;
  readonly #codesAt: number;

  private constructor(module: WebAssembly.Module, packed: PackedKernel, model: RowModel) {
    const { kernel, region } = instantiate(module, packed);
    const { width, priorWidth, bands } = packed.sizes;
    this.#kernel = kernel;
    this.#region = region;
    this.#model = model;
    this.#ear = new GuideEar(model.guide, bands);
    this.#latentAt = voiceField.state + 4 * (2 * width + 3 * callSteps + priorWidth);
    this.#codesAt = this.#latentAt + 4 * bands;
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
    model: RowModel,
    tailFloor = 0,
  ): Promise<CodedKernelModel> {
    return CodedKernelModel.attach(module, packCodedKernel(weights, shape, model.rows, tailFloor), model);
  }

  /** An engine on weights that another one may use too, on any thread. */
  static attach(module: WebAssembly.Module, packed: PackedKernel, model: RowModel): CodedKernelModel {
    return new CodedKernelModel(module, packed, model);
  }

  async draw(inputs: DrawInputs): Promise<DrawnBins> {
    return this.#drawSome([inputs])[0] as DrawnBins;
  }

  /** Draws several voices of as many rows each, in lock step: bit for bit what `draw` of each gives. */
  async drawTogether(voices: readonly DrawInputs[]): Promise<readonly DrawnBins[]> {
    return inGroups(voices, (some) => this.#drawSome(some));
  }

  /**
   * −log2 p of each of these bins (rows · 512), taken one after the other in place of what would be drawn, under codes
   * [rows + 2, L] that are given: those of the row before, of each, and of the row after.
   */
  teacherForced(inputs: DrawInputs, bins: Uint8Array, codes: Int32Array): Float32Array {
    const rows = blocksOf([inputs], this.shape, inputArrays);
    const { levels } = this.#model.rows;
    if (bins.length !== rows * this.shape.blockSteps || codes.length !== (rows + 2) * levels) {
      throw new Failure('internal', 'There are not as many bins and codes as rows.');
    }
    const region = this.#region;
    const voice = new RowVoice(this.#model, this.#ear, inputs);
    const surprise = new Float32Array(bins.length);
    this.#recurrent(0, voice.state).set(voice.state.recurrent);
    for (let first = 0; first < bins.length; first += callSteps) {
      const place = (first / callSteps) % blocksPerRow;
      if (place === 0) {
        const row = first / this.shape.blockSteps;
        region
          .floats(0, this.#codesAt, heardRows * levels)
          .set(codes.subarray(row * levels, (row + heardRows) * levels));
        this.#kernel.drawRow(tableAt, region.address, 1, 1);
      }
      writeInputs(region, 0, voice.inputs, first);
      region.bytes(0, voiceField.forcedBytes, callSteps).set(bins.subarray(first, first + callSteps));
      this.#kernel.drawBlockUnderCodes(tableAt, region.address, 1, 1, place);
      surprise.set(region.floats(0, voiceField.surprise, callSteps), first);
    }
    checkFinite(surprise);
    return surprise;
  }

  /** The memory goes when nothing refers to it any more. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #drawSome(inputs: readonly DrawInputs[]): DrawnBins[] {
    const rows = blocksOf(inputs, this.shape, inputArrays);
    const { blockSteps, stateFloats } = this.shape;
    this.#region.makeRoom(inputs.length);
    const voices = inputs.map((of) => new RowVoice(this.#model, this.#ear, of));
    const drawn = inputs.map(() => roomForBins(rows, this.shape));
    for (const [voice, { state }] of voices.entries()) this.#recurrent(voice, state).set(state.recurrent);
    for (let row = 0; row < rows; row += 1) {
      this.#drawRow(voices, drawn, row * blockSteps);
      for (const [voice, { state }] of voices.entries()) drawn[voice]?.states.set(state.whole, row * stateFloats);
    }
    checkDrawn(drawn);
    return drawn;
  }

  /** Draws the row that begins with step `first`, and its codes. */
  #drawRow(voices: readonly RowVoice[], drawn: readonly DrawnBins[], first: number): void {
    const kernel = this.#kernel;
    const region = this.#region;
    const { levels } = this.#model.rows;
    for (const [voice, of] of voices.entries()) this.#writeRow(voice, of, first);
    kernel.drawRow(tableAt, region.address, voices.length, 0);
    for (let place = 0; place < blocksPerRow; place += 1) {
      const step = first + place * callSteps;
      for (const [voice, { inputs }] of voices.entries()) writeInputs(region, voice, inputs, step);
      kernel.drawBlockUnderCodes(tableAt, region.address, voices.length, 0, place);
      for (const [voice, into] of drawn.entries()) readDrawn(region, voice, into, step);
    }
    for (const [voice, of] of voices.entries()) {
      of.state.recurrent.set(this.#recurrent(voice, of.state));
      const codes = region.floats(voice, this.#codesAt, heardRows * levels);
      of.moveOn(first, codes.subarray(levels, 2 * levels), codes.subarray(2 * levels));
    }
  }

  /** What the codes of a row are drawn under, and those there are. */
  #writeRow(voice: number, of: RowVoice, first: number): void {
    const region = this.#region;
    const { temperature, uniform, strength, latent } = of.chance(first);
    const { before, present } = of.state;
    region.floats(voice, voiceField.codeTemperature, 1)[0] = temperature;
    region.floats(voice, voiceField.codeStrength, 1)[0] = strength;
    region.floats(voice, voiceField.codeUniform, uniform.length).set(uniform);
    region.floats(voice, this.#codesAt, before.length).set(before);
    region.floats(voice, this.#codesAt + 4 * before.length, present.length).set(present);
    if (latent !== undefined) region.floats(voice, this.#latentAt, latent.length).set(latent);
  }

  /** The recurrent part of a state, in the kernel's memory. */
  #recurrent(voice: number, { recurrent }: RowState): Float32Array {
    return this.#region.floats(voice, voiceField.state, recurrent.length);
  }
}
