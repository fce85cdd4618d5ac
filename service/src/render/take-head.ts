import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { fillUniforms } from '../core/philox.js';
import { type Shape, strengthGrid, temperatureGrid } from '../core/shaping.js';
import { amplitudeOf, isOfCodes, type SoundValues } from '../core/sound.js';
import { customarySteps, type Step } from '../core/units.js';
import type { DrawInputs, DrawnBlocks } from '../model/engine.js';
import { type Checkpoint, checkpointStepsOf, type Segment } from '../take/segment.js';
import type { ModelReference } from '../take/take-record.js';
import { CheckpointRing } from './checkpoint-ring.js';
import { type StepColumns, StepRing } from './step-ring.js';

/** Steps of entropy's grid per bit. */
const entropyGrid = 32;

export interface TakeHeadOptions {
  readonly model: Pick<ModelReference, 'rateHz' | 'blockSteps' | 'sound'>;
  /** Whether codes are drawn along with the sound. */
  readonly hasRows: boolean;
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
  readonly steps: StepColumns;
  readonly checkpoints: readonly Checkpoint[];
}

/** Blocks to be drawn, and where they begin: at a checkpoint, which may lie before what is drawn already. */
export interface NextBlocks {
  readonly first: Step;
  readonly inputs: DrawInputs;
}

/** What was drawn of steps that follow on each other, and under which temperatures. */
export interface DrawnSteps {
  readonly temperature: Float32Array;
  /** Bits. */
  readonly entropy: Float32Array;
  /** core/sound.ts says what stands for it. */
  readonly sound: SoundValues;
}

/**
 * The newest steps of a take: what shaped them, what was drawn, and the model's states on the way, in rings. It can be taken
 * back to any step that is kept and drawn on from there: draws begin at the checkpoint before, and the steps between come
 * out as they were, since they are shaped as they were. Memory does not grow with a take's length.
 */
export class TakeHead {
  readonly firstStep: Step;
  readonly #options: TakeHeadOptions;
  readonly #steps: StepRing;
  readonly #checkpoints: CheckpointRing;
  /** Steps before it came from a store: another machine may have drawn them. */
  #adoptedEnd: Step;
  #drawnEnd: Step;
  /** Rises whenever what is drawn changes other than by growing: a draw that was under way before is void. */
  generation = 0;

  constructor(options: TakeHeadOptions) {
    const { model, firstStep, state } = options;
    const { rateHz, blockSteps, sound } = model;
    this.#options = options;
    const blocksKept = Math.floor(customarySteps(limits.takeStepsKept, rateHz) / blockSteps);
    this.#steps = new StepRing(sound, blocksKept * blockSteps);
    this.#checkpoints = new CheckpointRing(blockSteps, blocksKept);
    this.firstStep = firstStep;
    this.#drawnEnd = firstStep;
    this.#adoptedEnd = firstStep;
    this.#checkpoints.set({ step: firstStep, state });
  }

  /** The step after the last one there is. */
  get drawnEnd(): Step {
    return this.#drawnEnd;
  }

  /** The oldest step that is still kept. */
  get keptFrom(): Step {
    return Math.max(this.firstStep, this.#drawnEnd - this.#steps.stepsKept);
  }

  /** True for a step that came from a store, and was not drawn here. */
  isAdopted(step: Step): boolean {
    return step < this.#adoptedEnd;
  }

  /** Inputs for drawing on, up to `endStep` or a little beyond, in at most `blocksMax` blocks that are new. */
  nextBlocks(endStep: Step, blocksMax: number, shape: (step: Step) => Shape): NextBlocks {
    const { model, seed, hasRows } = this.#options;
    const { blockSteps, sound } = model;
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
      ...(hasRows && { codeUniform: new Float32Array(stepCount) }),
      ...(isOfCodes(sound) && { condition: new Uint32Array(stepCount) }),
    };
    fillUniforms(seed, first, inputs.uniform, inputs.codeUniform);
    for (let index = 0; index < stepCount; index += 1) {
      const step = first + index;
      const { temperature, strength, guideBin, condition } = step < this.#drawnEnd ? this.shape(step) : shape(step);
      if (inputs.condition !== undefined) inputs.condition[index] = condition;
      inputs.temperature[index] = temperature / temperatureGrid;
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
    const { blockSteps } = this.#options.model;
    for (let index = 0; index < drawn.sound.length; index += 1) {
      const step = first + index;
      const sound = drawn.sound[index] ?? 0;
      if (step >= this.#drawnEnd) this.#steps.set(step, shapeAt(inputs, index), sound, drawn.entropy[index] ?? 0);
      else if (step >= this.#adoptedEnd && this.#steps.sound(step) !== sound) throw notCausal();
    }
    const floats = inputs.state.length;
    for (let block = 0; (block + 1) * floats <= drawn.states.length; block += 1) {
      const state = drawn.states.slice(block * floats, (block + 1) * floats);
      this.#checkpoints.set({ step: first + (block + 1) * blockSteps, state });
    }
    this.#drawnEnd = Math.max(this.#drawnEnd, first + drawn.sound.length);
  }

  /** Takes in the steps of a segment from what there is up to `endStep`; the segment must be of this very take. */
  adopt({ firstStep, shaping, sound, entropy, checkpoints }: Segment, endStep: Step): void {
    const end = Math.min(endStep, firstStep + sound.length);
    const from = this.#drawnEnd - firstStep;
    const to = Math.max(from, end - firstStep);
    this.#steps.paste(this.#drawnEnd, {
      temperature: shaping.temperature.subarray(from, to),
      strength: shaping.guideStrength.subarray(from, to),
      guideBin: shaping.guideBin.subarray(from, to),
      condition: shaping.condition?.subarray(from, to),
      sound: sound.subarray(from, to),
      entropy: Float32Array.from(entropy.subarray(from, to), (value) => value / entropyGrid),
    });
    for (const checkpoint of checkpoints) {
      const { step } = checkpoint;
      const isUsable = step >= this.#drawnEnd && step <= end && step % this.#options.model.blockSteps === 0;
      if (isUsable) this.#checkpoints.set(checkpoint);
    }
    this.#drawnEnd = Math.max(this.#drawnEnd, end);
    this.#adoptedEnd = this.#drawnEnd;
  }

  /** Takes back every step from `step` on, and returns them. */
  takeBackTo(step: Step): TakenBack {
    const end = this.#drawnEnd;
    const checkpoints = this.#checkpoints.within(step + 1, end);
    const taken: TakenBack = { from: step, end, steps: this.#steps.copy(step, end), checkpoints };
    for (const checkpoint of checkpoints) this.#checkpoints.forget(checkpoint);
    this.#drawnEnd = step;
    this.#adoptedEnd = Math.min(this.#adoptedEnd, step);
    this.generation += 1;
    return taken;
  }

  /** Puts steps in again that were taken back, in place of what was drawn since. */
  putBack({ from, end, steps, checkpoints }: TakenBack): void {
    this.takeBackTo(from);
    this.#steps.paste(from, steps);
    for (const checkpoint of checkpoints) this.#checkpoints.set(checkpoint);
    this.#drawnEnd = end;
  }

  /** What shaped a step. */
  shape(step: Step): Shape {
    if (step < this.keptFrom || step >= this.#drawnEnd) {
      throw new Failure('internal', `Step ${step} of a take is not kept.`);
    }
    return this.#steps.shape(step);
  }

  /** What was drawn of the steps [from, end). */
  drawn(from: Step, end: Step): DrawnSteps {
    const { temperature, entropy, sound } = this.#steps.copy(from, end);
    return { temperature: Float32Array.from(temperature, (value) => value / temperatureGrid), entropy, sound };
  }

  /** Amplitudes of one channel of the steps from `first` on, within ±1; 0 where there is no step. */
  amplitudes(first: Step, channel: number, into: Float32Array): void {
    const { sound } = this.#options.model;
    for (let index = 0; index < into.length; index += 1) {
      const step = first + index;
      const isThere = step >= this.firstStep && step < this.#drawnEnd;
      if (isThere && step < this.keptFrom) throw new Failure('internal', `Step ${step} of a take is not kept.`);
      into[index] = isThere ? amplitudeOf(sound, this.#steps.sound(step), channel) : 0;
    }
  }

  /** Whether all steps of [from, drawnEnd) are still kept, with a state to begin with. */
  keeps(from: Step): boolean {
    return from >= this.keptFrom && this.#checkpoints.at(from) !== undefined;
  }

  /** The steps [from, end) as a segment. `keeps(from)` must hold. */
  segment(from: Step, end: Step): Segment {
    const { temperature, strength, guideBin, condition, sound, entropy } = this.#steps.copy(from, end);
    const apart = checkpointStepsOf(this.#options.model);
    const checkpoints: Checkpoint[] = [];
    for (const checkpoint of this.#checkpoints.within(from, end)) {
      const last = checkpoints.at(-1);
      if (last === undefined || checkpoint.step - last.step >= apart) checkpoints.push(checkpoint);
    }
    return {
      firstStep: from,
      shaping: { temperature, guideStrength: strength, guideBin, ...(condition && { condition }) },
      sound,
      entropy: Uint8Array.from(entropy, (bits) => Math.min(255, Math.round(bits * entropyGrid))),
      checkpoints,
    };
  }

  #checkpointBefore(end: Step): Checkpoint {
    const found = this.#checkpoints.lastWithin(this.keptFrom, end);
    if (found === undefined) throw new Failure('internal', `No checkpoint before step ${end}.`);
    return found;
  }
}

/** What a draw's inputs said of one of its steps. */
function shapeAt(inputs: DrawInputs, index: number): Shape {
  return {
    temperature: Math.round((inputs.temperature[index] ?? 0) * temperatureGrid),
    strength: Math.round((inputs.guideStrength[index] ?? 0) * strengthGrid),
    guideBin: inputs.guideBin[index] ?? 0,
    condition: inputs.condition?.[index] ?? 0,
  };
}

function notCausal(): Failure {
  return new Failure('model-damaged', 'The model drew a step differently the second time: its graph is not causal.');
}
