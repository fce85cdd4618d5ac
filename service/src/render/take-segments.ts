import { soundKindOf } from '../core/sound.js';
import type { Step } from '../core/units.js';
import type { SegmentStore } from '../store/segment-store.js';
import type { Segment, SegmentKey } from '../take/segment.js';
import { nextKey } from '../take/segment-key.js';
import type { TakeRecord } from '../take/take-record.js';
import type { TakeHead } from './take-head.js';

/** The way of one passage's steps to the store and back. */
export class TakeSegments {
  readonly #store: SegmentStore;
  /** Keys that the store did not have: their steps are drawn, and put there again. */
  readonly #absent = new Set<SegmentKey>();

  constructor(store: SegmentStore) {
    this.#store = store;
  }

  /** The segment of a take that holds `step`, if it is stored and is what the take says it is. */
  async fetch(record: TakeRecord, step: Step): Promise<Segment | undefined> {
    const index = record.segmentIndex(step);
    const key = record.segmentKey(index);
    if (key === undefined || this.#absent.has(key)) return undefined;
    const segment = await this.#store.get(key);
    if (segment !== undefined && isOf(segment, record, index)) return segment;
    this.#absent.add(key);
    return undefined;
  }

  /** Stores the steps of `record` that lie in the segment of `lastStep`, up to and with it. False: they are not kept. */
  seal(record: TakeRecord, head: TakeHead, lastStep: Step): boolean {
    const index = record.segmentIndex(lastStep);
    const from = Math.max(record.origin.rootStep, index * record.segmentSteps);
    const before = record.keyBefore(index);
    if (before === undefined || !head.keeps(from)) return false;
    const segment = head.segment(from, lastStep + 1);
    const key = nextKey(before, segment.shaping);
    this.#absent.delete(key);
    record.ownerOf(lastStep).segmentKeys.set(index, key);
    void this.#store.put(key, segment);
    return true;
  }
}

/** A song's state may say anything: a key must lead to the very steps that the take describes. */
function isOf(segment: Segment, record: TakeRecord, index: number): boolean {
  const first = Math.max(record.origin.rootStep, index * record.segmentSteps);
  const end = Math.min(record.endStep, (index + 1) * record.segmentSteps);
  if (segment.firstStep !== first || segment.checkpoints[0]?.step !== first) return false;
  const { temperature, guideStrength, condition } = segment.shaping;
  if ((condition !== undefined) !== record.isConditioned) return false;
  if (soundKindOf(segment.bins) !== (record.origin.model.sound ?? 'mu-law')) return false;
  const known = Math.min(end, first + temperature.length);
  for (let step = first; step < known; step += 1) {
    const effective = record.effective(step);
    if (temperature[step - first] !== effective.temperature) return false;
    if (guideStrength[step - first] !== effective.strength) return false;
    if (condition !== undefined && condition[step - first] !== effective.condition) return false;
  }
  return true;
}
