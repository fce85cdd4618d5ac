import { Failure } from '../core/failure.js';
import { isSongFrame, type SongFrame } from '../core/units.js';

/** An int64 as protobufjs decodes it: a Long, or a number where it fits the default 0. */
type Int64 = number | { toNumber(): number } | null | undefined;

/** An int64 as a number. Beyond 2^53 it is rounded; the checks below refuse such values anyway. */
export function numberOf(value: Int64): number {
  if (value === null || value === undefined) return 0;
  return typeof value === 'number' ? value : value.toNumber();
}

/** @throws Failure `invalid` when it is outside the song. */
export function songFrameOf(value: Int64, field: string): SongFrame {
  const frame = numberOf(value);
  if (!isSongFrame(frame)) throw new Failure('invalid', `${field} is ${frame}, which is not a place in a song.`);
  return frame;
}

/** @throws Failure `invalid` when it is not a whole number within [min, max]. */
export function wholeNumberOf(value: number | null | undefined, min: number, max: number, field: string): number {
  const number = value ?? 0;
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new Failure('invalid', `${field} is ${number}; it must be a whole number from ${min} to ${max}.`);
}

/** A count that only grows: anything that cannot be one is 0, because it is only shown. */
export function countOf(value: Int64): number {
  const number = numberOf(value);
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}
