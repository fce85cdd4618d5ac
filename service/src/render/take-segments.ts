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
  /** Before it everything that was drawn again is stored again. */
  #sealedAgainEnd: Step = Number.POSITIVE_INFINITY;

  constructor(store: SegmentStore) {
    this.#store = store;
  }

  /** The segment of a take that holds `step`, if it is stored and is what the take says it is. */
  async fetch(take: TakeRecord, step: Step): Promise<Segment | undefined> {
    const index = take.segmentIndex(step);
    const key = take.segmentKey(index);
    if (key === undefined || this.#absent.has(key)) return undefined;
    const segment = await this.#store.get(key);
    if (segment !== undefined && isOf(segment, take, index)) return segment;
    this.#absent.add(key);
    return undefined;
  }

  /** Stores the steps of `take` that lie in the segment of `lastStep`, up to and with it, where they are kept. */
  seal(take: TakeRecord, head: TakeHead, lastStep: Step): void {
    const index = take.segmentIndex(lastStep);
    const from = Math.max(take.origin.rootStep, index * take.segmentSteps);
    const before = take.keyBefore(index);
    if (before === undefined || !head.keeps(from)) return;
    const segment = head.segment(from, lastStep + 1);
    const key = nextKey(before, segment.shaping);
    this.#absent.delete(key);
    take.ownerOf(lastStep).segmentKeys.set(index, key);
    void this.#store.put(key, segment);
  }

  /** Nothing has been drawn again yet. */
  beginAnew(): void {
    this.#sealedAgainEnd = Number.POSITIVE_INFINITY;
  }

  /**
   * Steps that were remembered, but not stored any more, have been drawn again from `drawnBefore` on: they are stored again, once
   * all that shapes them is delivered. Ahead of that a guide that the song does not keep is still missing from them.
   */
  sealAgain(take: TakeRecord, head: TakeHead, drawnBefore: Step, knownEnd: Step): void {
    const from = Math.min(this.#sealedAgainEnd, drawnBefore);
    this.#sealedAgainEnd = from;
    const end = Math.min(head.drawnEnd, take.endStep, knownEnd);
    const { segmentSteps } = take;
    for (let step = (Math.floor(from / segmentSteps) + 1) * segmentSteps; step <= end; step += segmentSteps) {
      this.seal(take, head, step - 1);
      this.#sealedAgainEnd = step;
    }
  }
}

/** A song's state may say anything: a key must lead to the very steps that the take describes. */
function isOf(segment: Segment, take: TakeRecord, index: number): boolean {
  const first = Math.max(take.origin.rootStep, index * take.segmentSteps);
  const end = Math.min(take.endStep, (index + 1) * take.segmentSteps);
  if (segment.firstStep !== first || segment.checkpoints[0]?.step !== first) return false;
  const { temperature, guideStrength, condition } = segment.shaping;
  if ((condition !== undefined) !== take.isConditioned) return false;
  if (soundKindOf(segment.sound) !== take.origin.model.sound) return false;
  const known = Math.min(end, first + temperature.length);
  for (let step = first; step < known; step += 1) {
    const effective = take.effective(step);
    if (temperature[step - first] !== effective.temperature) return false;
    if (guideStrength[step - first] !== effective.strength) return false;
    if (condition !== undefined && condition[step - first] !== effective.condition) return false;
  }
  return true;
}
