/**
 * The model port. An engine draws blocks; it knows neither transport nor song frames. test/contract/ holds the suite
 * that every implementation passes: causality, purity, the argmax at T → 0, nothing of the guide at strength 0, voices that
 * do not affect one another.
 */

import type { SoundValues } from '../core/sound.js';

/** What fixes the lengths of every array: B = blockSteps steps a block, S = stateFloats values of state. */
export interface BlockShape {
  readonly blockSteps: number;
  readonly stateFloats: number;
}

/** Inputs of n consecutive blocks. Arrays per step have n·B values. */
export interface DrawInputs {
  /** State before the first block, S values; opaque. */
  readonly state: Float32Array;
  /** ≥ 0; below 1e-4 it acts as 1e-4, the argmax. */
  readonly temperature: Float32Array;
  /** In [2^-24, 1 − 2^-23]: what `uniformOfStep` gives. */
  readonly uniform: Float32Array;
  /** λ, 0 to 1; 0 is exactly no guide. */
  readonly guideStrength: Float32Array;
  /** Whole, 0 to 255. */
  readonly guideBin: Float32Array;
  /** In the range of `uniform`: what `codeUniformOfStep` gives. Only models with rows need it, and look at it. */
  readonly codeUniform?: Float32Array;
  /** Packed conditions (core/condition.ts); left out: 0 throughout. Models without labels do not look at it. */
  readonly condition?: Uint32Array;
}

/** Outputs of n consecutive blocks. */
export interface DrawnBlocks {
  /** The sound of each step (core/sound.ts), n·B values. */
  readonly sound: SoundValues;
  /** Bits of each draw's distribution, n·B values. */
  readonly entropy: Float32Array;
  /** State after each block, n·S values; the last S are the state to go on from. */
  readonly states: Float32Array;
}

/** What engines of mu-law models give. */
export interface DrawnBins extends DrawnBlocks {
  readonly sound: Uint8Array;
}

/** Room for what so many blocks of bins give. */
export function roomForBins(blocks: number, { blockSteps, stateFloats }: BlockShape): DrawnBins {
  return {
    sound: new Uint8Array(blocks * blockSteps),
    entropy: new Float32Array(blocks * blockSteps),
    states: new Float32Array(blocks * stateFloats),
  };
}

export interface BlockEngine {
  readonly shape: BlockShape;
  /** Voices that are drawn faster in one `drawTogether` than one by one; 1: there is nothing to gain. */
  readonly voicesTogetherMax: number;
  /**
   * Draws as many blocks as the inputs have. One call at a time.
   * @throws Failure `model-damaged` when the model breaks its contract (a bin out of range, a state that is not finite).
   */
  draw(inputs: DrawInputs): Promise<DrawnBlocks>;
  /**
   * Draws several voices, each with the same number of blocks: bit for bit what `draw` gives of each of them alone, in
   * their order. Any number of voices is taken, also more than voicesTogetherMax.
   */
  drawTogether(voices: readonly DrawInputs[]): Promise<readonly DrawnBlocks[]>;
  close(): Promise<void>;
}

/** `drawTogether` of an engine that gains nothing by it. */
export async function drawOneByOne<Drawn extends DrawnBlocks>(
  engine: { draw(inputs: DrawInputs): Promise<Drawn> },
  voices: readonly DrawInputs[],
): Promise<readonly Drawn[]> {
  const drawn: Drawn[] = [];
  for (const inputs of voices) drawn.push(await engine.draw(inputs));
  return drawn;
}

/** How many blocks the inputs have. */
export function blockCount(inputs: DrawInputs, shape: BlockShape): number {
  return inputs.temperature.length / shape.blockSteps;
}

/** Temperatures below this act as this: the graph's own floor (docs/models.md, "The draw"). */
export const temperatureFloor = 1e-4;
