import type { WavFile } from '../../scripts/lib/wav-file.js';

/** Frame numbers are recorded as values: float32 holds whole numbers to 2^24, and this keeps them below 1. */
const clockScale = 2 ** 24;
/** Where Ardour starts it fades what it plays from disk in, the clock too; a tenth of a second is more than that takes. */
const hostFadeFrames = 4800;
/** The plugin fades what is around a gap over this many frames. */
const declickFrames = 64;

/** Audio whose value at each song frame tells the song frame: what is recorded beside it is known by its place. */
export function songClock(frames: number): Float32Array {
  return Float32Array.from({ length: frames }, (_, frame) => frame / clockScale);
}

/** What came out of the plugin in playback, by song frame. */
export interface Heard {
  /** From song frame 0 on. */
  readonly values: Float32Array;
  /** Song frames that count as silence: nothing was there, or it was faded. */
  readonly gaps: readonly { readonly start: number; readonly end: number }[];
  /** How many frames were missing: what the counters must know of. */
  readonly missingFrames: number;
}

/**
 * Puts a recording of audio and song clock into its place.
 *
 * @throws Error where it does not hold song frames 0 to `endFrame`, or where the clock jumps
 */
export function heardOf({ channels, frameCount }: WavFile, endFrame: number): Heard {
  const [audio, clock] = channels;
  if (audio === undefined || clock === undefined) throw new Error('The recording is not of two channels.');
  const middle = Math.floor(Math.min(frameCount, endFrame) / 2);
  /** Where song frame 0 is in the recording. */
  const origin = middle - Math.round((clock[middle] ?? 0) * clockScale);
  if (origin < 0 || origin + endFrame > frameCount)
    throw new Error(`The recording holds song frames ${-origin} to ${frameCount - origin}.`);
  for (let frame = hostFadeFrames; frame < endFrame; frame += 1) {
    const told = clock[origin + frame] ?? Number.NaN;
    if (told !== frame / clockScale) throw new Error(`At song frame ${frame} the clock says ${told * clockScale}.`);
  }
  const values = audio.slice(origin, origin + endFrame);
  return { values, ...gapsOf(values) };
}

/** Stretches of exact zeros that are longer than any audio has, with the fades at both their ends. */
function gapsOf(values: Float32Array): Pick<Heard, 'gaps' | 'missingFrames'> {
  const gaps: { start: number; end: number }[] = [];
  let missingFrames = 0;
  let zeros = 0;
  for (let frame = 0; frame <= values.length; frame += 1) {
    if (frame < values.length && values[frame] === 0) {
      zeros += 1;
      continue;
    }
    if (zeros >= declickFrames) {
      const start = Math.max(0, frame - zeros - declickFrames);
      gaps.push({ start, end: frame + declickFrames });
      missingFrames += frame - start;
    }
    zeros = 0;
  }
  return { gaps, missingFrames };
}

/** How audio compares with what was heard, over all frames that are in no gap. */
export function compareHeard(
  { values, gaps }: Pick<Heard, 'values' | 'gaps'>,
  audio: Float32Array,
): { readonly compared: number; readonly different: number; readonly first: number | undefined } {
  let [compared, different, gap] = [0, 0, 0];
  let first: number | undefined;
  for (const [frame, value] of values.entries()) {
    while (frame >= (gaps[gap]?.end ?? Number.POSITIVE_INFINITY)) gap += 1;
    if (frame >= (gaps[gap]?.start ?? Number.POSITIVE_INFINITY)) continue;
    compared += 1;
    if (value === audio[frame]) continue;
    different += 1;
    first ??= frame;
  }
  return { compared, different, first };
}

/** By how many frames audio lies late (early: below 0) against what was heard, up to 64; undefined where no shift explains it. */
export function shiftAgainst(
  { values, gaps }: Pick<Heard, 'values' | 'gaps'>,
  audio: Float32Array,
): number | undefined {
  for (let size = 0; size <= declickFrames; size += 1) {
    for (const shift of [size, -size]) {
      // The ends are another matter: there is nothing to compare them with.
      const inner = { values: values.subarray(declickFrames, values.length - declickFrames), gaps: moved(gaps) };
      if (compareHeard(inner, audio.subarray(declickFrames + shift)).different === 0) return shift;
    }
  }
  return undefined;
}

const moved = (gaps: Heard['gaps']): Heard['gaps'] =>
  gaps.map(({ start, end }) => ({ start: start - declickFrames, end: end - declickFrames }));
