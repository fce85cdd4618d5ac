import { Failure } from '../../core/failure.js';
import { type BlockEngine, type BlockShape, blockCount, type DrawInputs, type DrawnBins } from '../engine.js';
import { pageBytes, tableAt, voiceField } from './layout.js';
import { type PackedKernel, packKernel } from './packing.js';

/** What the kernel exports that a model uses (kernel/src/index.ts). */
interface KernelExports {
  readonly voiceBytes: (width: number, hidden: number) => number;
  readonly drawBlock: (table: number, region: number, voices: number, forced: number) => void;
}

/** So many voices go through the kernel at a time, and more of them in several goes: their bits are the same. */
const voicesTogetherMax = 16;

/**
 * A model of the `samplernn` family in the kernel (kernel/README.md). Its bits are the same on every machine: the kernel
 * uses plain WebAssembly alone, and imports no mathematics. `draw` blocks the thread it is called on.
 */
export class KernelModel implements BlockEngine {
  readonly shape: BlockShape;
  /** Four take 0.95 of the time of one by one in 8 bits, 0.9 in float32; more gain no more (`npm run bench -- --only model`). */
  readonly voicesTogetherMax = 4;
  readonly #kernel: KernelExports;
  readonly #memory: WebAssembly.Memory;
  readonly #voiceBytes: number;
  #region = 0;
  #voicesOfRegion = 0;

  private constructor(module: WebAssembly.Module, packed: PackedKernel) {
    const { exports } = new WebAssembly.Instance(module, { env: { memory: packed.memory } });
    this.#kernel = exports as unknown as KernelExports;
    this.#memory = packed.memory;
    this.shape = packed.shape;
    this.#voiceBytes = this.#kernel.voiceBytes(packed.width, packed.hidden);
    this.#makeRoom(1);
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
    const drawn: DrawnBins[] = [];
    for (let first = 0; first < voices.length; first += voicesTogetherMax) {
      drawn.push(...this.#drawSome(voices.slice(first, first + voicesTogetherMax)));
    }
    return drawn;
  }

  /** −log2 p of each of these bins (n·B), taken one after the other in place of what would be drawn. */
  teacherForced(inputs: DrawInputs, bins: Uint8Array): Float32Array {
    const [blocks] = this.#check([inputs]);
    const steps = this.shape.blockSteps;
    if (bins.length !== blocks * steps) throw new Failure('internal', 'There are not as many bins as steps.');
    const surprise = new Float32Array(bins.length);
    this.#floats(0, voiceField.state, this.shape.stateFloats).set(inputs.state);
    for (let block = 0; block < blocks; block += 1) {
      this.#writeInputs(0, inputs, block);
      this.#bytes(0, voiceField.forcedBytes, steps).set(bins.subarray(block * steps, (block + 1) * steps));
      this.#kernel.drawBlock(tableAt, this.#region, 1, 1);
      surprise.set(this.#floats(0, voiceField.surprise, steps), block * steps);
    }
    checkFinite(surprise);
    return surprise;
  }

  /** The memory goes when nothing refers to it any more. */
  close(): Promise<void> {
    return Promise.resolve();
  }

  #drawSome(voices: readonly DrawInputs[]): DrawnBins[] {
    const [blocks] = this.#check(voices);
    const { blockSteps, stateFloats } = this.shape;
    this.#makeRoom(voices.length);
    const drawn = voices.map(() => ({
      sound: new Uint8Array(blocks * blockSteps),
      entropy: new Float32Array(blocks * blockSteps),
      states: new Float32Array(blocks * stateFloats),
    }));
    for (const [voice, { state }] of voices.entries()) this.#floats(voice, voiceField.state, stateFloats).set(state);
    for (let block = 0; block < blocks; block += 1) {
      for (const [voice, inputs] of voices.entries()) this.#writeInputs(voice, inputs, block);
      this.#kernel.drawBlock(tableAt, this.#region, voices.length, 0);
      for (const [voice, { sound, entropy, states }] of drawn.entries()) {
        sound.set(this.#bytes(voice, voiceField.drawnBytes, blockSteps), block * blockSteps);
        entropy.set(this.#floats(voice, voiceField.entropy, blockSteps), block * blockSteps);
        states.set(this.#floats(voice, voiceField.state, stateFloats), block * stateFloats);
      }
    }
    for (const { entropy, states } of drawn) {
      checkFinite(entropy);
      checkFinite(states);
    }
    return drawn;
  }

  /** How many blocks each voice has; all have as many. */
  #check(voices: readonly DrawInputs[]): [blocks: number] {
    const [first] = voices;
    const blocks = first === undefined ? 0 : blockCount(first, this.shape);
    const steps = blocks * this.shape.blockSteps;
    for (const { state, temperature, uniform, guideStrength, guideBin } of voices) {
      const whole = [temperature, uniform, guideStrength, guideBin].every(({ length }) => length === steps);
      if (!Number.isInteger(blocks) || !whole || state.length !== this.shape.stateFloats) {
        throw new Failure('internal', 'The kernel was given inputs of the wrong lengths.');
      }
    }
    return [blocks];
  }

  #writeInputs(voice: number, inputs: DrawInputs, block: number): void {
    const { blockSteps } = this.shape;
    const first = block * blockSteps;
    const write = (field: number, values: Float32Array) =>
      this.#floats(voice, field, blockSteps).set(values.subarray(first, first + blockSteps));
    write(voiceField.temperature, inputs.temperature);
    write(voiceField.uniform, inputs.uniform);
    write(voiceField.strength, inputs.guideStrength);
    write(voiceField.guide, inputs.guideBin);
  }

  #floats(voice: number, field: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#region + voice * this.#voiceBytes + field, count);
  }

  #bytes(voice: number, field: number, count: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#region + voice * this.#voiceBytes + field, count);
  }

  /**
   * Takes a region for so many voices. Growing is atomic, so instances on other threads get others; a region that was
   * outgrown stays unused, which happens a few times at most, as the next one is at least twice as large.
   */
  #makeRoom(voices: number): void {
    if (voices <= this.#voicesOfRegion) return;
    const count = Math.min(Math.max(voices, 2 * this.#voicesOfRegion), voicesTogetherMax);
    try {
      this.#region = this.#memory.grow(Math.ceil((count * this.#voiceBytes) / pageBytes)) * pageBytes;
    } catch (cause) {
      throw new Failure('exhausted', `There is no memory for ${count} voices of a model.`, cause);
    }
    this.#voicesOfRegion = count;
  }
}

function checkFinite(values: Float32Array): void {
  if (!values.every(Number.isFinite)) throw new Failure('model-damaged', 'The kernel gave values that are not finite.');
}
