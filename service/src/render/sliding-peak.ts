import type { Step } from '../core/units.js';

/** The highest of the last values. */
export class SlidingPeak {
  readonly #windowSteps: number;
  /** By falling level: the front is the highest of the window. */
  readonly #highest: { step: Step; level: number }[] = [];

  constructor(windowSteps: number) {
    this.#windowSteps = windowSteps;
  }

  next(step: Step, level: number): number {
    const window = this.#highest;
    while ((window.at(-1)?.level ?? Number.POSITIVE_INFINITY) <= level) window.pop();
    window.push({ step, level });
    while ((window[0]?.step ?? step) <= step - this.#windowSteps) window.shift();
    return window[0]?.level ?? 0;
  }
}
