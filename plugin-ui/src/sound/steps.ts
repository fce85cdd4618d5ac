import { binAmplitudes, silentBin } from '../../../service/src/core/mu-law.js';
import type { Fetch } from './peaks.js';
import { parsePresent } from './pyramid.js';

/** A stretch of a take's sound, one mu-law bin a step. */
export interface Steps {
  readonly bins: Uint8Array<ArrayBuffer>;
  /** Step ranges that are really there. */
  readonly present: readonly (readonly [from: number, to: number])[];
}

/** @throws Error when the service has no such sound. */
export async function fetchSteps(
  fetch: Fetch,
  session: string,
  take: string,
  from: number,
  to: number,
  signal: AbortSignal,
): Promise<Steps> {
  const path = `takes/${encodeURIComponent(session)}/${encodeURIComponent(take)}/steps?from=${from}&to=${to}`;
  const response = await fetch(path, signal);
  const present = parsePresent(response.headers.get('simmer-present'));
  const bins = new Uint8Array(await response.arrayBuffer());
  if (!response.ok || present === undefined || bins.length !== to - from) throw new Error('No such sound.');
  return { bins, present };
}

/** Bins to amplitudes within ±1. */
export function decodeBins(bins: Uint8Array): Float32Array<ArrayBuffer> {
  const amplitudes = new Float32Array(bins.length);
  const silence = binAmplitudes[silentBin] ?? 0;
  for (let at = 0; at < bins.length; at += 1) amplitudes[at] = binAmplitudes[bins[at] ?? silentBin] ?? silence;
  return amplitudes;
}
