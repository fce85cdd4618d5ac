import { Failure } from '../core/failure.js';
import type { Step } from '../core/units.js';

/** Whole numbers by step, from a first step on without a hole, kept as runs of equal values. */
export class Runs {
  readonly firstStep: Step;
  /** Where each run begins, rising, and what it holds. */
  readonly #starts: number[] = [];
  readonly #values: number[] = [];
  #endStep: Step;
  /** The run that was read last: reads go forward. */
  #hint = 0;

  constructor(firstStep: Step) {
    this.firstStep = firstStep;
    this.#endStep = firstStep;
  }

  get endStep(): Step {
    return this.#endStep;
  }

  /** The next `count` steps hold `value`. */
  append(value: number, count = 1): void {
    if (this.#values.at(-1) !== value) {
      this.#starts.push(this.#endStep);
      this.#values.push(value);
    }
    this.#endStep += count;
  }

  /** @throws Failure `internal` outside [firstStep, endStep). */
  at(step: Step): number {
    if (step < this.firstStep || step >= this.#endStep) throw new Failure('internal', `No run holds step ${step}.`);
    const starts = this.#starts;
    let index = this.#hint < starts.length ? this.#hint : 0;
    if ((starts[index] ?? 0) > step || step >= (starts[index + 1] ?? this.#endStep)) {
      const following = starts[index + 1] ?? this.#endStep;
      const isNext = step >= following && step < (starts[index + 2] ?? this.#endStep);
      index = isNext ? index + 1 : this.#indexOf(step);
    }
    this.#hint = index;
    return this.#values[index] ?? 0;
  }

  /** Every run as [number of steps, value]. */
  *entries(): Generator<[count: number, value: number]> {
    for (let index = 0; index < this.#starts.length; index += 1) {
      const end = this.#starts[index + 1] ?? this.#endStep;
      yield [end - (this.#starts[index] ?? end), this.#values[index] ?? 0];
    }
  }

  #indexOf(step: Step): number {
    let low = 0;
    let high = this.#starts.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#starts[middle] ?? Number.POSITIVE_INFINITY) <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
