import { binAmplitudes } from '../core/mu-law.js';
import type { Step } from '../core/units.js';

/** Steps of the finest pair of peaks. */
export const pairSteps = 64;

/** Pairs of a stretch that begins at `first`, a multiple of pairSteps, and ends at `end`. */
export interface PeakPairs {
  readonly first: Step;
  readonly end: Step;
  /** In 1/127. */
  readonly low: Int8Array;
  readonly high: Int8Array;
}

/** Lowest and highest amplitude of each pairSteps steps, by whole pairs of the song: the first and the last may hold fewer. */
export function peaksOf(firstStep: Step, bins: Uint8Array): PeakPairs {
  const first = Math.floor(firstStep / pairSteps) * pairSteps;
  const end = firstStep + bins.length;
  const count = Math.ceil((end - first) / pairSteps);
  const [low, high] = [new Int8Array(count), new Int8Array(count)];
  for (let index = 0; index < count; index += 1) {
    const from = Math.max(0, first + index * pairSteps - firstStep);
    const to = Math.min(bins.length, first + (index + 1) * pairSteps - firstStep);
    let [least, most] = [1, -1];
    for (let place = from; place < to; place += 1) {
      const value = binAmplitudes[bins[place] ?? 0] ?? 0;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    low[index] = Math.round(127 * Math.min(least, most));
    high[index] = Math.round(127 * Math.max(least, most));
  }
  return { first, end, low, high };
}
