import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { uniformOfStep } from '../core/philox.js';
import { type Shape, strengthGrid, temperatureGrid } from '../core/shaping.js';
import { amplitudeOf, type SoundKind, type SoundValues, soundValues } from '../core/sound.js';
import type { Step } from '../core/units.js';
import type { DrawInputs, DrawnBlocks } from '../model/engine.js';
import { type Checkpoint, checkpointStepsOf, type Segment } from '../take/segment.js';

/** Steps of entropy's grid per bit. */
const entropyGrid = 32;

type Ring = Float32Array | Uint32Array | Uint16Array | Uint8Array | Int16Array;

export interface TakeHeadOptions {
  readonly blockSteps: number;
  /** `pcm16` is that of models of codes, which conditions shape as well. */
  readonly sound: SoundKind;
  readonly seed: number;
  /** Where the head begins, a multiple of blockSteps; before it there is nothing. */
  readonly firstStep: Step;
  /** The model's state there. */
  readonly state: Float32Array;
}

/** Steps that were taken back, so that they can be put in again. */
export interface TakenBack {
  readonly from: Step;
  readonly end: Step;
  readonly temperature: Uint16Array;
  readonly strength: Uint8Array;
  readonly guideBin: Uint8Array;
  readonly condition: Uint32Array | undefined;
  readonly bins: SoundValues;
  readonly entropy: Float32Array;
  readonly checkpoints: readonly Checkpoint[];
}

/** Blocks to be drawn, and where they begin: at a checkpoint, which may lie before what is drawn already. */
export interface NextBlocks {
  readonly first: Step;
  readonly inputs: DrawInputs;
}

/**
 * The newest steps of a take: what shaped them, what was drawn, and the model's states on the way, in rings. It can be taken
 * back to any step that is kept and drawn on from there: draws begin at the checkpoint before, and the steps between come
 * out as they were, since they are shaped as they were. Memory does not grow with a take's length.
 */
export class TakeHead {
  readonly firstStep: Step;
  readonly #options: TakeHeadOptions;
  readonly #stepsKept: number;
  readonly #temperature: Uint16Array;
  readonly #strength: Uint8Array;
  readonly #guideBin: Uint8Array;
  /** Undefined for models without labels. */
  readonly #condition: Uint32Array | undefined;
  readonly #bins: SoundValues;
  readonly #entropy: Float32Array;
  /** State before a block, by block modulo the number kept, and the step it belongs to. */
  readonly #states: (Float32Array | undefined)[] = [];
  readonly #stateSteps: Float64Array;
  /** Steps before it came from a store: another machine may have drawn them. */
  #adoptedEnd: Step;
  #drawnEnd: Step;
  /** Rises whenever what is drawn changes other than by growing: a draw that was under way before is void. */
  generation = 0;

  constructor(options: TakeHeadOptions) {
    const { blockSteps, firstStep, state, sound } = options;
    this.#options = options;
    this.#stepsKept = limits.takeStepsKept - (limits.takeStepsKept % blockSteps);
    this.#temperature = new Uint16Array(this.#stepsKept);
    this.#strength = new Uint8Array(this.#stepsKept);
    this.#guideBin = new Uint8Array(this.#stepsKept);
    this.#condition = sound === 'pcm16' ? new Uint32Array(this.#stepsKept) : undefined;
    this.#bins = soundValues(sound, this.#stepsKept);
    this.#entropy = new Float32Array(this.#stepsKept);
    this.#stateSteps = new Float64Array(this.#stepsKept / blockSteps).fill(-1);
    this.firstStep = firstStep;
    this.#drawnEnd = firstStep;
    this.#adoptedEnd = firstStep;
    this.#setState(firstStep, state);
  }

  /** The step after the last one there is. */
  get drawnEnd(): Step {
    return this.#drawnEnd;
  }

  /** True for a step that came from a store, and was not drawn here. */
  isAdopted(step: Step): boolean {
    return step < this.#adoptedEnd;
  }

  /** Inputs for drawing on, up to `endStep` or a little beyond, in at most `blocksMax` blocks that are new. */
  nextBlocks(endStep: Step, blocksMax: number, shape: (step: Step) => Shape): NextBlocks {
    const { blockSteps, seed } = this.#options;
    const { step: first, state } = this.#checkpointBefore(this.#drawnEnd);
    const again = Math.floor((this.#drawnEnd - first) / blockSteps);
    const wanted = Math.ceil((endStep - first) / blockSteps);
    const stepCount = Math.max(again + 1, Math.min(wanted, again + blocksMax)) * blockSteps;
    const inputs: DrawInputs = {
      state,
      temperature: new Float32Array(stepCount),
      uniform: new Float32Array(stepCount),
      guideStrength: new Float32Array(stepCount),
      guideBin: new Float32Array(stepCount),
      ...(this.#condition && { condition: new Uint32Array(stepCount) }),
    };
    for (let index = 0; index < stepCount; index += 1) {
      const step = first + index;
      const { temperature, strength, guideBin, condition = 0 } = step < this.#drawnEnd ? this.shape(step) : shape(step);
      if (inputs.condition !== undefined) inputs.condition[index] = condition;
      inputs.temperature[index] = temperature / temperatureGrid;
      inputs.uniform[index] = uniformOfStep(seed, step);
      inputs.guideStrength[index] = strength / strengthGrid;
      inputs.guideBin[index] = guideBin;
    }
    return { first, inputs };
  }

  /**
   * Takes in what was drawn from `nextBlocks`.
   * @throws Failure `model-damaged` when a step that was drawn before comes out otherwise: the graph is not causal or pure.
   */
  accept({ first, inputs }: NextBlocks, drawn: DrawnBlocks): void {
    const { blockSteps } = this.#options;
    const floats = inputs.state.length;
    for (let index = 0; index < drawn.bins.length; index += 1) {
      const step = first + index;
      const slot = step % this.#stepsKept;
      if (step < this.#drawnEnd) {
        if (step >= this.#adoptedEnd && this.#bins[slot] !== drawn.bins[index]) throw notCausal();
        continue;
      }
      this.#temperature[slot] = Math.round((inputs.temperature[index] ?? 0) * temperatureGrid);
      this.#strength[slot] = Math.round((inputs.guideStrength[index] ?? 0) * strengthGrid);
      this.#guideBin[slot] = inputs.guideBin[index] ?? 0;
      if (this.#condition !== undefined) this.#condition[slot] = inputs.condition?.[index] ?? 0;
      this.#bins[slot] = drawn.bins[index] ?? 0;
      this.#entropy[slot] = drawn.entropy[index] ?? 0;
    }
    for (let block = 0; (block + 1) * floats <= drawn.states.length; block += 1) {
      const step = first + (block + 1) * blockSteps;
      this.#setState(step, drawn.states.slice(block * floats, (block + 1) * floats));
    }
    this.#drawnEnd = Math.max(this.#drawnEnd, first + drawn.bins.length);
  }

  /** Takes in the steps of a segment from what there is up to `endStep`; the segment must be of this very take. */
  adopt(segment: Segment, endStep: Step): void {
    const { firstStep, shaping, bins, entropy, checkpoints } = segment;
    const end = Math.min(endStep, firstStep + bins.length);
    const from = this.#drawnEnd - firstStep;
    const to = Math.max(from, end - firstStep);
    this.#paste(this.#temperature, shaping.temperature.subarray(from, to), this.#drawnEnd);
    this.#paste(this.#strength, shaping.guideStrength.subarray(from, to), this.#drawnEnd);
    this.#paste(this.#guideBin, shaping.guideBin.subarray(from, to), this.#drawnEnd);
    if (this.#condition !== undefined && shaping.condition !== undefined) {
      this.#paste(this.#condition, shaping.condition.subarray(from, to), this.#drawnEnd);
    }
    this.#paste(this.#bins, bins.subarray(from, to), this.#drawnEnd);
    const bits = Float32Array.from(entropy.subarray(from, to), (value) => value / entropyGrid);
    this.#paste(this.#entropy, bits, this.#drawnEnd);
    for (const { step, state } of checkpoints) {
      if (step >= this.#drawnEnd && step <= end && step % this.#options.blockSteps === 0) this.#setState(step, state);
    }
    this.#drawnEnd = Math.max(this.#drawnEnd, end);
    this.#adoptedEnd = this.#drawnEnd;
  }

  /** Takes back every step from `step` on, and returns them. */
  takeBackTo(step: Step): TakenBack {
    const end = this.#drawnEnd;
    const taken: TakenBack = {
      from: step,
      end,
      temperature: this.#copy(this.#temperature, new Uint16Array(end - step), step),
      strength: this.#copy(this.#strength, new Uint8Array(end - step), step),
      guideBin: this.#copy(this.#guideBin, new Uint8Array(end - step), step),
      condition: this.#conditions(step, end),
      bins: this.#sound(step, end),
      entropy: this.#copy(this.#entropy, new Float32Array(end - step), step),
      checkpoints: this.#checkpointsIn(step + 1, end),
    };
    for (const checkpoint of taken.checkpoints) this.#stateSteps[this.#blockSlot(checkpoint.step)] = -1;
    this.#drawnEnd = step;
    this.#adoptedEnd = Math.min(this.#adoptedEnd, step);
    this.generation += 1;
    return taken;
  }

  /** Puts steps in again that were taken back, in place of what was drawn since. */
  putBack(taken: TakenBack): void {
    this.takeBackTo(taken.from);
    this.#paste(this.#temperature, taken.temperature, taken.from);
    this.#paste(this.#strength, taken.strength, taken.from);
    this.#paste(this.#guideBin, taken.guideBin, taken.from);
    if (this.#condition !== undefined && taken.condition !== undefined) {
      this.#paste(this.#condition, taken.condition, taken.from);
    }
    this.#paste(this.#bins, taken.bins, taken.from);
    this.#paste(this.#entropy, taken.entropy, taken.from);
    for (const { step, state } of taken.checkpoints) this.#setState(step, state);
    this.#drawnEnd = taken.end;
  }

  /** What shaped a step. */
  shape(step: Step): Shape {
    const slot = this.#keptSlot(step);
    return {
      temperature: this.#temperature[slot] ?? 0,
      strength: this.#strength[slot] ?? 0,
      guideBin: this.#guideBin[slot] ?? 0,
      ...(this.#condition && { condition: this.#condition[slot] ?? 0 }),
    };
  }

  /** What stands for its sound (core/sound.ts). */
  bin(step: Step): number {
    return this.#bins[this.#keptSlot(step)] ?? 0;
  }

  /** Bits. */
  entropy(step: Step): number {
    return this.#entropy[this.#keptSlot(step)] ?? 0;
  }

  /** Temperatures, entropies in bits and bins of the steps [from, end). */
  drawn(from: Step, end: Step): { temperature: Float32Array; entropy: Float32Array; bins: SoundValues } {
    const grid = this.#copy(this.#temperature, new Uint16Array(end - from), from);
    const temperature = new Float32Array(grid.length);
    for (let index = 0; index < grid.length; index += 1) temperature[index] = (grid[index] ?? 0) / temperatureGrid;
    return {
      temperature,
      entropy: this.#copy(this.#entropy, new Float32Array(end - from), from),
      bins: this.#sound(from, end),
    };
  }

  /** Amplitudes of steps from `first` on, within ±1; 0 where there is no step. */
  amplitudes(first: Step, into: Float32Array): void {
    for (let index = 0; index < into.length; index += 1) {
      const step = first + index;
      into[index] =
        step < this.firstStep || step >= this.#drawnEnd ? 0 : amplitudeOf(this.#options.sound, this.bin(step));
    }
  }

  /** The oldest step that is still kept. */
  get keptFrom(): Step {
    return Math.max(this.firstStep, this.#drawnEnd - this.#stepsKept);
  }

  /** Whether all steps of [from, drawnEnd) are still kept, with a state to begin with. */
  keeps(from: Step): boolean {
    if (from < this.firstStep || from < this.#drawnEnd - this.#stepsKept) return false;
    return this.#stateSteps[this.#blockSlot(from)] === from;
  }

  /** The steps [from, end) as a segment. `keeps(from)` must hold. */
  segment(from: Step, end: Step): Segment {
    const count = end - from;
    const checkpoints: Checkpoint[] = [];
    const apart = checkpointStepsOf(this.#options.blockSteps);
    const condition = this.#conditions(from, end);
    for (const checkpoint of this.#checkpointsIn(from, end)) {
      const last = checkpoints.at(-1);
      if (last === undefined || checkpoint.step - last.step >= apart) checkpoints.push(checkpoint);
    }
    const bits = this.#copy(this.#entropy, new Float32Array(count), from);
    return {
      firstStep: from,
      shaping: {
        temperature: this.#copy(this.#temperature, new Uint16Array(count), from),
        guideStrength: this.#copy(this.#strength, new Uint8Array(count), from),
        guideBin: this.#copy(this.#guideBin, new Uint8Array(count), from),
        ...(condition && { condition }),
      },
      bins: this.#sound(from, end),
      entropy: Uint8Array.from(bits, (value) => Math.min(255, Math.round(value * entropyGrid))),
      checkpoints,
    };
  }

  #sound(from: Step, end: Step): SoundValues {
    return this.#copy(this.#bins, soundValues(this.#options.sound, end - from), from);
  }

  #conditions(from: Step, end: Step): Uint32Array | undefined {
    return this.#condition && this.#copy(this.#condition, new Uint32Array(end - from), from);
  }

  #copy<T extends Ring>(ring: T, into: T, from: Step): T {
    const slot = from % this.#stepsKept;
    const first = Math.min(into.length, this.#stepsKept - slot);
    into.set(ring.subarray(slot, slot + first));
    into.set(ring.subarray(0, into.length - first), first);
    return into;
  }

  #paste<T extends Ring>(ring: T, values: T, at: Step): void {
    const slot = at % this.#stepsKept;
    const first = Math.min(values.length, this.#stepsKept - slot);
    ring.set(values.subarray(0, first), slot);
    ring.set(values.subarray(first), 0);
  }

  #keptSlot(step: Step): number {
    if (step < this.firstStep || step >= this.#drawnEnd || step < this.#drawnEnd - this.#stepsKept) {
      throw new Failure('internal', `Step ${step} of a take is not kept.`);
    }
    return step % this.#stepsKept;
  }

  #setState(step: Step, state: Float32Array): void {
    const slot = this.#blockSlot(step);
    this.#states[slot] = state;
    this.#stateSteps[slot] = step;
  }

  #checkpointsIn(from: Step, last: Step): Checkpoint[] {
    const { blockSteps } = this.#options;
    const found: Checkpoint[] = [];
    for (let step = Math.ceil(from / blockSteps) * blockSteps; step <= last; step += blockSteps) {
      const slot = this.#blockSlot(step);
      const state = this.#states[slot];
      if (this.#stateSteps[slot] === step && state !== undefined) found.push({ step, state });
    }
    return found;
  }

  #checkpointBefore(end: Step): Checkpoint {
    const { blockSteps } = this.#options;
    const oldest = Math.max(this.firstStep, end - this.#stepsKept);
    for (let step = end - (end % blockSteps); step >= oldest; step -= blockSteps) {
      const slot = this.#blockSlot(step);
      const state = this.#states[slot];
      if (this.#stateSteps[slot] === step && state !== undefined) return { step, state };
    }
    throw new Failure('internal', `No checkpoint before step ${end}.`);
  }

  #blockSlot(step: Step): number {
    return (step / this.#options.blockSteps) % this.#stateSteps.length;
  }
}

function notCausal(): Failure {
  return new Failure('model-damaged', 'The model drew a step differently the second time: its graph is not causal.');
}
