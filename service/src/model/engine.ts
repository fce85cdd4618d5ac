/**
 * The model port. An engine draws blocks; it knows neither transport nor song frames. test/contract/ holds the suite
 * that every implementation passes: causality, purity, the argmax at T → 0, nothing of the guide at strength 0.
 */

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
}

/** Outputs of n consecutive blocks. */
export interface DrawnBlocks {
  /** Bins, n·B values. */
  readonly bins: Uint8Array;
  /** Bits of each draw's distribution, n·B values. */
  readonly entropy: Float32Array;
  /** State after each block, n·S values; the last S are the state to go on from. */
  readonly states: Float32Array;
}

export interface BlockEngine {
  readonly shape: BlockShape;
  /**
   * Draws as many blocks as the inputs have. One call at a time.
   * @throws Failure `model-damaged` when the model breaks its contract (a bin out of range, a state that is not finite).
   */
  draw(inputs: DrawInputs): Promise<DrawnBlocks>;
  close(): Promise<void>;
}

/** How many blocks the inputs have. */
export function blockCount(inputs: DrawInputs, shape: BlockShape): number {
  return inputs.temperature.length / shape.blockSteps;
}

/** Temperatures below this act as this: the graph's own floor (docs/models.md, "The draw"). */
export const temperatureFloor = 1e-4;
