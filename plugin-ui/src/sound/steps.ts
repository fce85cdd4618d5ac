import type { Fetch } from './peaks.js';
import { parsePresent } from './pyramid.js';

/** A part of a take's sound. */
export interface Steps {
  /** Sixteen-bit amplitudes, of a stereo model left and right of each step; 0 where there is nothing. */
  readonly values: Int16Array<ArrayBuffer>;
  /** 1, or 2. */
  readonly channelCount: number;
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
  const channelCount = bytes.byteLength / (2 * (to - from));
  const isSound = response.ok && (channelCount === 1 || channelCount === 2);
  if (!isSound || present === undefined) throw new Error('No such sound.');
  return { values: new Int16Array(bytes), channelCount, present };
}

/** Sixteen-bit values to amplitudes within ±1. */
export function amplitudesOf(values: Int16Array): Float32Array<ArrayBuffer> {
  return Float32Array.from(values, (value) => value / 32_767);
}

/** The values of one channel. */
export function channelOf(
  { values, channelCount }: Pick<Steps, 'values' | 'channelCount'>,
  channel: number,
): Int16Array {
  return channelCount === 1 ? values : values.filter((_, index) => index % channelCount === channel);
}

/** One value a step: the mean of its channels, rounded towards 0. */
export function meanOf({ values, channelCount }: Pick<Steps, 'values' | 'channelCount'>): Int16Array {
  if (channelCount === 1) return values;
  return Int16Array.from({ length: values.length / 2 }, (_, step) => {
    return ((values[2 * step] ?? 0) + (values[2 * step + 1] ?? 0)) / 2;
  });
}
