import { Failure } from '../core/failure.js';
import type { Step } from '../core/units.js';

/** Whole numbers from 0 to 2^32 - 1 by step, from a first step on without a hole, kept as runs of equal values, twelve bytes each. */
export class Runs {
  readonly firstStep: Step;
  /** Where each run begins, rising, and what it holds; beyond `count` there is room. */
  #starts = new Float64Array(0);
  #values = new Uint32Array(0);
  #count = 0;
  /** Another reads the same arrays: they are copied before they change. */
  #shared = false;
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
    if (this.#count === 0 || this.#values[this.#count - 1] !== value) {
      if (this.#shared || this.#count === this.#starts.length) this.reserve(Math.max(8, this.#count >> 1));
      this.#starts[this.#count] = this.#endStep;
      this.#values[this.#count] = value;
      this.#count += 1;
    }
    this.#endStep += count;
  }

  /** Makes room for so many runs more, at once. */
  reserve(count: number): void {
    const starts = new Float64Array(this.#count + count);
    const values = new Uint32Array(this.#count + count);
    starts.set(this.#starts.subarray(0, this.#count));
    values.set(this.#values.subarray(0, this.#count));
    this.#starts = starts;
    this.#values = values;
    this.#shared = false;
  }

  /** Begins with what another holds that begins at the same step. The arrays are the same until one of both changes. */
  take(other: Runs): void {
    this.#starts = other.#starts;
    this.#values = other.#values;
    this.#count = other.#count;
    this.#endStep = other.#endStep;
    this.#shared = true;
    other.#shared = true;
  }

  /** @throws Failure `internal` outside [firstStep, endStep). */
  at(step: Step): number {
    if (step < this.firstStep || step >= this.#endStep) throw new Failure('internal', `No run holds step ${step}.`);
    let index = this.#hint < this.#count ? this.#hint : 0;
    if (this.#start(index) > step || step >= this.#start(index + 1)) {
      const isNext = step >= this.#start(index + 1) && step < this.#start(index + 2);
      index = isNext ? index + 1 : this.#indexOf(step);
    }
    this.#hint = index;
    return this.#values[index] ?? 0;
  }

  /** Every run as [number of steps, value]. */
  *entries(): Generator<[count: number, value: number]> {
    for (let index = 0; index < this.#count; index += 1) {
      yield [this.#start(index + 1) - this.#start(index), this.#values[index] ?? 0];
    }
  }

  /** Where a run begins; the one behind the last begins at the end. */
  #start(index: number): Step {
    return index < this.#count ? (this.#starts[index] ?? 0) : this.#endStep;
  }

  #indexOf(step: Step): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#start(middle) <= step) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }
}
