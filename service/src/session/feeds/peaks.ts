import type { Step } from '../../core/units.js';

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

/** Lowest and highest of each pairSteps amplitudes, by whole pairs of the song: the first and the last may hold fewer. */
export function peaksOf(firstStep: Step, amplitudes: Float32Array): PeakPairs {
  const first = Math.floor(firstStep / pairSteps) * pairSteps;
  const end = firstStep + amplitudes.length;
  const count = Math.ceil((end - first) / pairSteps);
  const [low, high] = [new Int8Array(count), new Int8Array(count)];
  for (let index = 0; index < count; index += 1) {
    const from = Math.max(0, first + index * pairSteps - firstStep);
    const to = Math.min(amplitudes.length, first + (index + 1) * pairSteps - firstStep);
    let [least, most] = [1, -1];
    for (let place = from; place < to; place += 1) {
      const value = amplitudes[place] ?? 0;
      least = Math.min(least, value);
      most = Math.max(most, value);
    }
    low[index] = Math.round(127 * Math.min(least, most));
    high[index] = Math.round(127 * Math.max(least, most));
  }
  return { first, end, low, high };
}
