import type { Emphasis } from '../../core/emphasis.js';

/**
 * Takes an emphasis back by its recursion, one step after the other: for people to look at and to listen to. What the host is
 * given is made by position alone (core/emphasis.ts) and differs from this by less than −110 dB.
 */
export class HeardAmplitudes {
  readonly #coefficient: number;
  readonly #gain: number;
  readonly #amplitude: (sound: number) => number;
  #last = 0;

  /** `amplitude`: of what stands for the sound of a step, of one channel or the mean of all. */
  constructor({ coefficient, gain }: Emphasis, amplitude: (sound: number) => number) {
    this.#amplitude = amplitude;
    this.#coefficient = coefficient;
    this.#gain = gain;
  }

  /** The amplitude, within ±1, of the step after the last one. */
  next(sound: number): number {
    this.#last = this.#coefficient * this.#last + this.#amplitude(sound) / this.#gain;
    return Math.min(1, Math.max(-1, this.#last));
  }
}
