import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { binAmplitudes } from '../core/mu-law.js';
import { uniformOfStep } from '../core/philox.js';
import type { Step } from '../core/units.js';
import type { DrawInputs, DrawnBlocks } from '../model/engine.js';

/** What a draw is shaped by, at every step. Pure: the same step gives the same bits until more is delivered. */
export interface StepShaping {
  /** Temperature, already rounded to float32. */
  temperature(step: Step): number;
  /** λ at a step of that temperature, 0 to 1, rounded to float32. */
  guideStrength(step: Step, temperature: number): number;
  /** 0 to 255. */
  guideBin(step: Step): number;
}

export interface TakeOptions {
  readonly blockSteps: number;
  readonly initialState: Float32Array;
  readonly seed: number;
  /** A multiple of blockSteps. */
  readonly rootStep: Step;
}

/**
 * One autoregressive pass from a root. Draws go on at its end; the last blocks, with the model's state before each and
 * the inputs that were used, are kept in rings, so that it can be taken back to any of them and drawn on from there.
 * Memory and the cost of a minute do not grow with its length.
 */
export class Take {
  readonly rootStep: Step;
  readonly #options: TakeOptions;
  readonly #stepsKept: number;
  readonly #temperature: Float32Array;
  readonly #guideStrength: Float32Array;
  readonly #guideBin: Uint8Array;
  readonly #bins: Uint8Array;
  readonly #entropy: Float32Array;
  /** State before block n at index n mod the number kept; blocks count from the start of the song. */
  readonly #checkpoints: Float32Array[] = [];
  #drawnEnd: Step;
  #promisedEnd: Step;

  constructor(options: TakeOptions) {
    this.#options = options;
    this.#stepsKept = limits.takeStepsKept - (limits.takeStepsKept % options.blockSteps);
    this.#temperature = new Float32Array(this.#stepsKept);
    this.#guideStrength = new Float32Array(this.#stepsKept);
    this.#guideBin = new Uint8Array(this.#stepsKept);
    this.#bins = new Uint8Array(this.#stepsKept);
    this.#entropy = new Float32Array(this.#stepsKept);
    this.rootStep = options.rootStep;
    this.#drawnEnd = options.rootStep;
    this.#promisedEnd = options.rootStep;
    this.#checkpoints[this.#slotOfBlock(options.rootStep)] = options.initialState;
  }

  /** The step after the last one drawn; a multiple of blockSteps. */
  get drawnEnd(): Step {
    return this.#drawnEnd;
  }

  /** Inputs for the next `blocks` blocks. */
  nextInputs(blocks: number, shaping: StepShaping): DrawInputs {
    const stepCount = blocks * this.#options.blockSteps;
    const inputs: DrawInputs = {
      state: this.#checkpoint(this.#drawnEnd),
      temperature: new Float32Array(stepCount),
      uniform: new Float32Array(stepCount),
      guideStrength: new Float32Array(stepCount),
      guideBin: new Float32Array(stepCount),
    };
    for (let index = 0; index < stepCount; index += 1) {
      const step = this.#drawnEnd + index;
      const temperature = shaping.temperature(step);
      inputs.temperature[index] = temperature;
      inputs.uniform[index] = uniformOfStep(this.#options.seed, step);
      inputs.guideStrength[index] = shaping.guideStrength(step, temperature);
      inputs.guideBin[index] = shaping.guideBin(step);
    }
    return inputs;
  }

  /**
   * Takes in what was drawn from `nextInputs`.
   * @throws Failure `model-damaged` when a step that was promised comes out otherwise: the graph is not causal or pure.
   */
  accept(inputs: DrawInputs, drawn: DrawnBlocks): void {
    const { blockSteps, initialState } = this.#options;
    const first = this.#drawnEnd;
    for (let index = 0; index < drawn.bins.length; index += 1) {
      const slot = (first + index) % this.#stepsKept;
      if (first + index < this.#promisedEnd && this.#bins[slot] !== drawn.bins[index]) {
        throw new Failure(
          'model-damaged',
          'The model drew a step differently the second time: its graph is not causal.',
        );
      }
      this.#temperature[slot] = inputs.temperature[index] ?? 0;
      this.#guideStrength[slot] = inputs.guideStrength[index] ?? 0;
      this.#guideBin[slot] = inputs.guideBin[index] ?? 0;
      this.#bins[slot] = drawn.bins[index] ?? 0;
      this.#entropy[slot] = drawn.entropy[index] ?? 0;
    }
    const floats = initialState.length;
    for (let block = 0; (block + 1) * floats <= drawn.states.length; block += 1) {
      this.#drawnEnd += blockSteps;
      const state = drawn.states.slice(block * floats, (block + 1) * floats);
      this.#checkpoints[this.#slotOfBlock(this.#drawnEnd)] = state;
    }
  }

  /** The first step of [from, end) that was drawn with other inputs than `shaping` gives now; undefined: none. */
  firstMismatch(from: Step, end: Step, shaping: StepShaping): Step | undefined {
    for (let step = from; step < end; step += 1) {
      const slot = this.#keptSlot(step);
      const temperature = shaping.temperature(step);
      if (temperature !== this.#temperature[slot]) return step;
      const strength = shaping.guideStrength(step, temperature);
      if (strength !== this.#guideStrength[slot]) return step;
      // The guide's bin is part of the state even where its strength is 0 (docs/models.md, history mixing).
      if (shaping.guideBin(step) !== this.#guideBin[slot]) return step;
    }
    return undefined;
  }

  /** Forgets the block that contains `step` and all after it: they will be drawn again. */
  rollBackTo(step: Step): void {
    this.#keptSlot(step);
    this.#drawnEnd = step - (step % this.#options.blockSteps);
  }

  /** From here on, steps before `end` must come out the same whenever they are drawn again: they have been heard. */
  promise(end: Step): void {
    this.#promisedEnd = Math.max(this.#promisedEnd, end);
  }

  /** Amplitude of a drawn step, within ±1; 0 before the root. */
  amplitude(step: Step): number {
    if (step < this.rootStep) return 0;
    return binAmplitudes[this.bin(step)] ?? 0;
  }

  bin(step: Step): number {
    return this.#bins[this.#keptSlot(step)] ?? 0;
  }

  temperature(step: Step): number {
    return this.#temperature[this.#keptSlot(step)] ?? 0;
  }

  /** Bits. */
  entropy(step: Step): number {
    return this.#entropy[this.#keptSlot(step)] ?? 0;
  }

  #keptSlot(step: Step): number {
    if (step < this.rootStep || step >= this.#drawnEnd || step < this.#drawnEnd - this.#stepsKept) {
      throw new Failure('internal', `Step ${step} of a take is not kept.`);
    }
    return step % this.#stepsKept;
  }

  #checkpoint(blockStart: Step): Float32Array {
    const state = this.#checkpoints[this.#slotOfBlock(blockStart)];
    if (state === undefined) throw new Failure('internal', `No checkpoint at step ${blockStart}.`);
    return state;
  }

  #slotOfBlock(blockStart: Step): number {
    return (blockStart / this.#options.blockSteps) % (this.#stepsKept / this.#options.blockSteps);
  }
}
