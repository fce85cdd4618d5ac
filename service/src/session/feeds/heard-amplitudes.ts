import type { Emphasis } from '../../core/emphasis.js';
import { amplitudeOf, type SoundKind } from '../../core/sound.js';

/**
 * Takes an emphasis back by its recursion, one step after the other: for people to look at and to listen to. What the host is
 * given is made by position alone (core/emphasis.ts) and differs from this by less than −110 dB.
 */
export class HeardAmplitudes {
  readonly #coefficient: number;
  readonly #gain: number;
  readonly #sound: SoundKind;
  #last = 0;

  constructor({ coefficient, gain }: Emphasis, sound: SoundKind) {
    this.#sound = sound;
    this.#coefficient = coefficient;
    this.#gain = gain;
  }

  /** The amplitude, within ±1, of the step after the last one. */
  next(bin: number): number {
    this.#last = this.#coefficient * this.#last + amplitudeOf(this.#sound, bin) / this.#gain;
    return Math.min(1, Math.max(-1, this.#last));
  }
}
