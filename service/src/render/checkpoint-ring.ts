import type { Step } from '../core/units.js';
import type { Checkpoint } from '../take/segment.js';

/** The model's states before the newest blocks of a take, the newest in place of the oldest. */
export class CheckpointRing {
  readonly #blockSteps: number;
  readonly #blocksKept: number;
  readonly #kept: (Checkpoint | undefined)[];

  constructor(blockSteps: number, blocksKept: number) {
    this.#blockSteps = blockSteps;
    this.#blocksKept = blocksKept;
    this.#kept = new Array<Checkpoint | undefined>(blocksKept).fill(undefined);
  }

  /** `step` is a multiple of the model's blockSteps. */
  set(checkpoint: Checkpoint): void {
    this.#kept[this.#slot(checkpoint.step)] = checkpoint;
  }

  /** The one at `step`, where there is one. */
  at(step: Step): Checkpoint | undefined {
    const kept = this.#kept[this.#slot(step)];
    return kept?.step === step ? kept : undefined;
  }

  forget({ step }: Checkpoint): void {
    this.#kept[this.#slot(step)] = undefined;
  }

  /** Those of [from, last], by rising step. */
  within(from: Step, last: Step): Checkpoint[] {
    const found: Checkpoint[] = [];
    for (let step = Math.ceil(from / this.#blockSteps) * this.#blockSteps; step <= last; step += this.#blockSteps) {
      const kept = this.at(step);
      if (kept !== undefined) found.push(kept);
    }
    return found;
  }

  /** The last one of [from, last]. */
  lastWithin(from: Step, last: Step): Checkpoint | undefined {
    for (let step = last - (last % this.#blockSteps); step >= from; step -= this.#blockSteps) {
      const kept = this.at(step);
      if (kept !== undefined) return kept;
    }
    return undefined;
  }

  #slot(step: Step): number {
    return (step / this.#blockSteps) % this.#blocksKept;
  }
}
