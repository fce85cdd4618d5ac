import { binAmplitudes } from '../core/mu-law.js';
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
 * Puts the end of a take before the beginning of the next, into amplitudes of steps from `first` on; the step between the
 * two fades.
 */
export function overlayTail({ head, endStep }: TakeTail, first: Step, inputs: Float32Array): void {
  if (first >= endStep + joinFadeSteps) return;
  const own = new Float32Array(Math.max(0, Math.min(inputs.length, endStep - first)));
  head.amplitudes(first, own);
  inputs.set(own);
  const last = binAmplitudes[head.bin(endStep - 1)] ?? 0;
  for (let index = Math.max(0, endStep - first); index < inputs.length; index += 1) {
    const since = first + index - endStep;
    if (since >= joinFadeSteps) break;
    inputs[index] = (inputs[index] ?? 0) + last * (1 - (since + 1) / (joinFadeSteps + 1));
  }
}
