import type { RowsManifest } from '../manifest.js';
import { guidePastSteps, networkStateFloats } from './sizes.js';

/** In place of the codes of a take's first row. */
const notDrawn = -1;

/** The state of a SampleRNN under codes, taken apart (docs/models.md): views of one array. */
export interface RowState {
  readonly whole: Float32Array;
  /** Both recurrent states, and bins, guide and strength of the last 64 steps. */
  readonly network: Float32Array;
  readonly prior: Float32Array;
  /** Both. */
  readonly recurrent: Float32Array;
  /** Codes of the row before, and of this one; negative where it is not drawn yet. */
  readonly before: Float32Array;
  readonly present: Float32Array;
  /** The guide's last 2048 bins; silent ones where there was none. */
  readonly guidePast: Float32Array;
}

/** What is wrong with a state that takes start from; undefined: nothing. */
export function startStateFault(state: Float32Array, rows: RowsManifest): string | undefined {
  const { before, present, guidePast } = takeApart(state, rows);
  const isByte = (value: number) => Number.isInteger(value) && value >= 0 && value <= 255;
  if (!before.every(isByte)) return 'holds a code of a silent row that is none';
  if (!present.every((code) => code === notDrawn)) return `must have ${notDrawn} in place of the first row's codes`;
  return guidePast.every(isByte) ? undefined : 'holds a bin of a guide that is none';
}

export function takeApart(whole: Float32Array, { levels, priorWidth }: RowsManifest): RowState {
  const network = networkStateFloats(whole.length, { levels, priorWidth });
  let at = 0;
  const next = (count: number) => {
    at += count;
    return whole.subarray(at - count, at);
  };
  return {
    whole,
    network: next(network),
    prior: next(priorWidth),
    recurrent: whole.subarray(0, at),
    before: next(levels),
    present: next(levels),
    guidePast: next(guidePastSteps),
  };
}
