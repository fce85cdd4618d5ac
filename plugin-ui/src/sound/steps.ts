import type { Fetch } from './peaks.js';
import { parsePresent } from './pyramid.js';

/** A part of a take's sound. */
export interface Steps {
  /** One sixteen-bit amplitude a step; 0 where there is nothing. */
  readonly values: Int16Array<ArrayBuffer>;
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
  const bytes = await response.arrayBuffer();
  if (!response.ok || present === undefined || bytes.byteLength !== 2 * (to - from)) throw new Error('No such sound.');
  return { values: new Int16Array(bytes), present };
}

/** Sixteen-bit values to amplitudes within ±1. */
export function amplitudesOf(values: Int16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value) => value / 32_767);
}
