import { Failure } from '../core/failure.js';
import type { Segment, SegmentKey } from '../take/segment.js';
import { flawOf } from '../take/segment-codec.js';
import { isSegmentKey } from '../take/segment-key.js';

/** Segments in memory, least recently used first, within a number of bytes. */
export class SegmentMemory {
  /** Least recently used first: a Map keeps the order of insertion. */
  readonly #kept = new Map<SegmentKey, { readonly segment: Segment; readonly bytes: number }>();
  readonly #bytesMax: number;
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#kept.size;
  }

  /** The segment, which becomes the one used last. */
  get(key: SegmentKey): Segment | undefined {
    const found = this.#kept.get(key);
    if (found === undefined) return undefined;
    this.#kept.delete(key);
    this.#kept.set(key, found);
    return found.segment;
  }

  /**
   * Takes in a segment as the one used last, and lets go of those used least recently, but for the held ones, until it
   * fits. False: it does not fit, and nothing has changed.
   */
  put(key: SegmentKey, segment: Segment, held?: ReadonlyMap<SegmentKey, unknown>): boolean {
    const bytes = bytesOf(segment);
    const leaving: SegmentKey[] = [];
    let after = this.#bytes - (this.#kept.get(key)?.bytes ?? 0) + bytes;
    for (const [other, { bytes: freed }] of this.#kept) {
      if (after <= this.#bytesMax) break;
      if (other === key || held?.has(other)) continue;
      leaving.push(other);
      after -= freed;
    }
    if (after > this.#bytesMax) return false;
    for (const other of leaving) this.#kept.delete(other);
    this.#kept.delete(key);
    this.#kept.set(key, { segment, bytes });
    this.#bytes = after;
    return true;
  }

  delete(key: SegmentKey): void {
    this.#bytes -= this.#kept.get(key)?.bytes ?? 0;
    this.#kept.delete(key);
  }
}

/** Throws a Failure where this is no key, or breaks what segment.ts says of a segment. */
export function refuseUnfit(key: SegmentKey, segment: Segment): void {
  if (!isSegmentKey(key)) throw new Failure('internal', 'What is to be stored has no key of a segment.');
  const flaw = flawOf(segment);
  if (flaw !== undefined) throw new Failure('internal', `A segment cannot be stored: ${flaw}.`);
}

/**
 * The segment in arrays of its own. Views of larger buffers would keep those in memory, and an array that its owner
 * writes to again would change what is stored.
 */
export function ownCopy({ firstStep, shaping, sound, entropy, checkpoints }: Segment): Segment {
  return {
    firstStep,
    shaping: {
      temperature: shaping.temperature.slice(),
      guideStrength: shaping.guideStrength.slice(),
      guideBin: shaping.guideBin.slice(),
      ...(shaping.condition && { condition: shaping.condition.slice() }),
    },
    sound: sound.slice(),
    entropy: entropy.slice(),
    checkpoints: checkpoints.map(({ step, state }) => ({ step, state: state.slice() })),
  };
}

/** Bytes that a segment takes in memory, objects around the arrays included by estimate. */
export function bytesOf({ shaping, sound, entropy, checkpoints }: Segment): number {
  let bytes = 1024 + sound.byteLength + entropy.byteLength;
  bytes += shaping.temperature.byteLength + shaping.guideStrength.byteLength + shaping.guideBin.byteLength;
  bytes += shaping.condition?.byteLength ?? 0;
  for (const { state } of checkpoints) bytes += 256 + state.byteLength;
  return bytes;
}
