import { pastStepsOf } from '../../core/emphasis.js';
import { amplitudeOf, channelCountOf, meanAmplitudeOf, pcm16Of, type SoundValues } from '../../core/sound.js';
import type { Clock, SongFrame, Step } from '../../core/units.js';
import type { SegmentStore } from '../../store/segment-store.js';
import type { TakeBook } from '../../take/take-book.js';
import type { TakeRecord } from '../../take/take-record.js';
import { HeardAmplitudes } from '../feeds/heard-amplitudes.js';
import { type PeakPairs, pairSteps, peaksOf } from '../feeds/peaks.js';
import { laneOfTake, type TakeLane } from './lane.js';

/** What of a take is being played: its newest steps, which no store has yet. */
export type NewestSteps = (
  record: TakeRecord,
  from: Step,
  end: Step,
) => { readonly first: Step; readonly sound: SoundValues } | undefined;

/** A stretch of steps [from, end) that is there. */
export type Present = readonly [from: Step, end: Step];

/** Segments whose peaks are remembered: an hour of four takes, eight megabytes. */
const peaksKept = 16_384;

/**
 * The sound of one instance's takes, for people to look at and to listen to: from the store, and from what is being
 * played. Nothing is drawn for it: what is in neither place is absent, and said to be.
 */
export class TakeSound {
  readonly #takes: TakeBook;
  readonly #store: SegmentStore;
  readonly #newest: NewestSteps;
  readonly #clock: Clock;
  /** By segment key, the one used last at the end. */
  readonly #peaks = new Map<string, PeakPairs>();

  constructor(takes: TakeBook, store: SegmentStore, newest: NewestSteps, clock: Clock) {
    this.#clock = clock;
    this.#takes = takes;
    this.#store = store;
    this.#newest = newest;
  }

  /** The lane of [from, to) in song frames, as delivered and as used; undefined: there is no such take. */
  lane(take: string, from: SongFrame, to: SongFrame): TakeLane | undefined {
    const record = this.#takes.byId(take);
    return record && laneOfTake(record, this.#clock, from, to);
  }

  /**
   * Sixteen-bit amplitudes of [from, end), the channels of its model interleaved, 0 where there is nothing; undefined: there is no such
   * take.
   */
  async steps(take: string, from: Step, end: Step): Promise<{ values: Int16Array; present: Present[] } | undefined> {
    const record = this.#takes.byId(take);
    if (record === undefined) return undefined;
    const { sound } = record.origin.model;
    const channelCount = channelCountOf(sound);
    const values = new Int16Array(channelCount * (end - from));
    let present: Present[] = [];
    for (let channel = 0; channel < channelCount; channel += 1) {
      const found = await this.#amplitudes(record, from, end, (value) => amplitudeOf(sound, value, channel));
      present = found.present;
      for (const [first, last] of present) {
        for (let index = first - from; index < last - from; index += 1) {
          values[channelCount * index + channel] = pcm16Of(found.amplitudes[index] ?? 0);
        }
      }
    }
    return { values, present };
  }

  /**
   * Lowest and highest value, of stereo those of its mean, of each pairSteps · 4^level steps of [from, end), both multiples of that, as int8 in 1/127, one
   * after the other; (0, 0) where there is nothing.
   */
  async peaks(
    take: string,
    level: number,
    from: Step,
    end: Step,
  ): Promise<{ pairs: Int8Array; present: Present[] } | undefined> {
    const record = this.#takes.byId(take);
    if (record === undefined) return undefined;
    const span = pairSteps * 4 ** level;
    const pairs = new Int8Array(2 * Math.ceil((end - from) / span));
    const present: Present[] = [];
    for (const part of partsOf(record, from, end)) {
      const found = await this.#peaksIn(record, part);
      if (found === undefined) continue;
      const { first, low, high } = found;
      for (let index = 0; index < low.length; index += 1) {
        const step = first + index * pairSteps;
        if (step < from || step >= end) continue;
        const at = 2 * Math.floor((step - from) / span);
        pairs[at] = Math.min(pairs[at] ?? 0, low[index] ?? 0);
        pairs[at + 1] = Math.max(pairs[at + 1] ?? 0, high[index] ?? 0);
      }
      join(present, [Math.max(from, first), Math.min(end, found.end)]);
    }
    return { pairs, present };
  }

  async #peaksIn(record: TakeRecord, part: Part): Promise<PeakPairs | undefined> {
    const key = record.segmentKey(part.index);
    const known = key === undefined ? undefined : this.#peaks.get(key);
    if (key !== undefined && known !== undefined && known.end >= part.end) {
      this.#peaks.delete(key);
      this.#peaks.set(key, known);
      return known;
    }
    const { sound } = record.origin.model;
    const mean = (value: number) => meanAmplitudeOf(sound, value);
    const { amplitudes, present, stored } = await this.#amplitudes(record, part.wholeFirst, part.end, mean);
    const [first, end] = present[0] ?? [part.wholeFirst, part.wholeFirst];
    if (end === first) return undefined;
    const made = peaksOf(first, amplitudes.subarray(first - part.wholeFirst, end - part.wholeFirst));
    if (key !== undefined && stored) {
      this.#peaks.set(key, made);
      for (const oldest of this.#peaks.keys()) {
        if (this.#peaks.size <= peaksKept) break;
        this.#peaks.delete(oldest);
      }
    }
    return made;
  }

  /** The amplitudes of [from, end), with what came before them: an emphasis that is taken back remembers. */
  async #amplitudes(
    record: TakeRecord,
    from: Step,
    end: Step,
    amplitude: (sound: number) => number,
  ): Promise<{ amplitudes: Float32Array; present: Present[]; stored: boolean }> {
    const { emphasis } = record.origin.model;
    const begin = Math.max(0, from - pastStepsOf(emphasis));
    const amplitudes = new Float32Array(end - begin);
    const present: Present[] = [];
    let stored = true;
    let heard = new HeardAmplitudes(emphasis, amplitude);
    let heardEnd = begin;
    for (const part of partsOf(record, begin, end)) {
      const found = await this.#read(record, part.first, part.end);
      if (found === undefined) continue;
      const { first } = found;
      if (first !== heardEnd) heard = new HeardAmplitudes(emphasis, amplitude);
      heardEnd = first + found.sound.length;
      for (const [index, value] of found.sound.entries()) amplitudes[first - begin + index] = heard.next(value);
      stored &&= found.stored;
      join(present, [Math.max(from, first), heardEnd]);
    }
    return { amplitudes: amplitudes.subarray(from - begin), present, stored };
  }

  /** What there is of [first, end), which lies in one segment. */
  async #read(
    record: TakeRecord,
    first: Step,
    end: Step,
  ): Promise<{ first: Step; sound: SoundValues; stored: boolean } | undefined> {
    const playing = this.#newest(record, first, end);
    if (playing !== undefined && playing.first === first) return { ...playing, stored: false };
    const key = record.segmentKey(record.segmentIndex(first));
    const segment = key === undefined ? undefined : await this.#store.get(key);
    if (segment === undefined) return playing === undefined ? undefined : { ...playing, stored: false };
    const from = first - segment.firstStep;
    // A key that a song brought may lead to another place.
    if (from < 0 || from >= segment.sound.length) return undefined;
    return { first, sound: segment.sound.subarray(from, end - segment.firstStep), stored: true };
  }
}

/** A part of a range that lies in one segment of a take; `wholeFirst` is where that segment begins. */
interface Part {
  readonly index: number;
  readonly wholeFirst: Step;
  readonly first: Step;
  readonly end: Step;
}

function* partsOf(record: TakeRecord, from: Step, end: Step): Generator<Part> {
  const { rootStep } = record.origin;
  const last = Math.min(end, record.endStep);
  let first = Math.max(from, rootStep);
  while (first < last) {
    const index = record.segmentIndex(first);
    const partEnd = Math.min(last, (index + 1) * record.segmentSteps);
    yield { index, wholeFirst: Math.max(rootStep, index * record.segmentSteps), first, end: partEnd };
    first = partEnd;
  }
}

function join(present: Present[], [from, end]: Present): void {
  const before = present.at(-1);
  if (before?.[1] === from) present[present.length - 1] = [before[0], end];
  else if (end > from) present.push([from, end]);
}
