import type { Deemphasis } from '../core/emphasis.js';
import type { Step } from '../core/units.js';
import type { TakeRecord } from '../take/take-record.js';
import type { TakeHead } from './take-head.js';

/** The newest steps of a take that has been gone over from, up to endStep. */
export interface TakeTail {
  readonly record: TakeRecord | undefined;
  readonly head: TakeHead;
  readonly endStep: Step;
}

/** Steps in which the last amplitude of a take fades where a bounce goes over to the next: 2 ms, as the plugin's own fade. */
const joinFadeSteps = 32;

/**
 * Puts the end of a take before the beginning of the next, into what is heard of steps from `first` on; the step between the
 * two fades. Each is heard by itself, as it was when it was played: nothing of one's past reaches into the other.
 */
export function overlayTail(
  { head, endStep }: TakeTail,
  deemphasis: Deemphasis,
  first: Step,
  inputs: Float32Array,
): void {
  if (first >= endStep + joinFadeSteps) return;
  const from = Math.min(first, endStep - 1);
  const own = heardSteps(head, deemphasis, from, endStep);
  inputs.set(own.subarray(first - from, first - from + inputs.length));
  const last = own.at(-1) ?? 0;
  for (let index = Math.max(0, endStep - first); index < inputs.length; index += 1) {
    const since = first + index - endStep;
    if (since >= joinFadeSteps) break;
    inputs[index] = (inputs[index] ?? 0) + last * (1 - (since + 1) / (joinFadeSteps + 1));
  }
}

/** What is heard of the steps [from, end) of a take alone. */
export function heardSteps(head: TakeHead, deemphasis: Deemphasis, from: Step, end: Step): Float32Array {
  const drawn = new Float32Array(end - from + deemphasis.pastSteps);
  head.amplitudes(from - deemphasis.pastSteps, drawn);
  const heard = new Float32Array(end - from);
  deemphasis.fill(heard, drawn);
  return heard;
}
