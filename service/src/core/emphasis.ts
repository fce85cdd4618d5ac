/**
 * How the audio that a model learned was emphasised before it was quantized: e[n] = gain · (x[n] − coefficient · x[n − 1]). What is
 * drawn is taken back: y[n] = coefficient · y[n − 1] + e[n] / gain. High frequencies are weak in music; emphasised they lie as far
 * above the quantizer's and the draws' noise as low ones do, and taking it back lowers that noise with them (as in
 * LPCNet, Valin and Skoglund 2019, arXiv 1810.11846, where the coefficient is 0.85).
 */
export interface Emphasis {
  /** 0: none. */
  readonly coefficient: number;
  readonly gain: number;
}

export const noEmphasis: Emphasis = { coefficient: 0, gain: 1 };

/** What is further back counts less than this: −120 dB. */
const forgotten = 1e-6;

/** Steps before one that it depends on, once the emphasis is taken back. */
export function pastStepsOf({ coefficient }: Emphasis): number {
  return coefficient === 0 ? 0 : Math.ceil(Math.log(forgotten) / Math.log(coefficient));
}

/**
 * Takes an emphasis back as a function of position alone: the recursion as a sum over a bounded past, so that a seek or
 * another chunking cannot change a value. Sums run in double and in a fixed order, from the newest step back.
 */
export class Deemphasis {
  /** Steps before one that it depends on. */
  readonly pastSteps: number;
  readonly #weights: Float64Array;

  constructor(emphasis: Emphasis) {
    const { coefficient, gain } = emphasis;
    this.pastSteps = pastStepsOf(emphasis);
    this.#weights = Float64Array.from({ length: this.pastSteps + 1 }, (_, back) => coefficient ** back / gain);
  }

  /** `emphasised`: pastSteps amplitudes before the first, then as many as `out` holds. */
  fill(out: Float32Array, emphasised: Float32Array): void {
    const weights = this.#weights;
    for (let index = 0; index < out.length; index += 1) {
      const newest = index + this.pastSteps;
      let sum = 0;
      for (let back = 0; back < weights.length; back += 1) {
        sum += (weights[back] ?? 0) * (emphasised[newest - back] ?? 0);
      }
      out[index] = sum;
    }
  }
}
