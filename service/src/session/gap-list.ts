import type { MissedStretch } from '../core/events.js';

/** Gaps that are remembered of one instance: what a person looks for is where the last ones were. */
const gapsMax = 256;

/** Where an instance's audio was not there in time, oldest first. */
export class GapList {
  #gaps: MissedStretch[] = [];
  #version = 0;

  /** Rises with every change. */
  get version(): number {
    return this.#version;
  }

  get all(): readonly MissedStretch[] {
    return this.#gaps;
  }

  /** Takes in what a report says: stretches that are new, or have grown since they were said last. */
  add(missed: readonly MissedStretch[]): void {
    for (const stretch of missed) {
      const last = this.#gaps.at(-1);
      if (last?.fromFrame === stretch.fromFrame) this.#gaps.pop();
      this.#gaps.push(stretch);
    }
    if (missed.length === 0) return;
    this.#gaps = this.#gaps.slice(-gapsMax);
    this.#version += 1;
  }
}
