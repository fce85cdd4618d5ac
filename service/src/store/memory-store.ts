import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { Segment, SegmentKey } from '../take/segment.js';
import { checkedHold, HeldKeys } from './held-keys.js';
import { bytesOf, ownCopy, refuseUnfit, SegmentMemory } from './segment-memory.js';
import type { SegmentStore, StoreStatus } from './segment-store.js';
import { noRoom } from './store-trouble.js';

/** A store that lives as long as the process: for `simmer render`, and for tests. Least recently used goes first. */
export class MemoryStore implements SegmentStore {
  readonly #segments: SegmentMemory;
  readonly #held = new HeldKeys();
  readonly #bytesMax: number;
  #failedWriteCount = 0;
  #trouble: string | undefined;

  /** `bytesMax`: bytes of memory for segments. */
  constructor(bytesMax: number = limits.storeMemoryBytesDefault) {
    this.#bytesMax = bytesMax;
    this.#segments = new SegmentMemory(bytesMax);
  }

  async get(key: SegmentKey): Promise<Segment | undefined> {
    return this.#segments.get(key);
  }

  async put(key: SegmentKey, segment: Segment): Promise<void> {
    this.#attempt(() => {
      refuseUnfit(key, segment);
      if (this.#segments.put(key, ownCopy(segment), this.#held.keys)) return;
      throw new Failure('exhausted', noRoom(bytesOf(segment), this.#bytesMax));
    });
  }

  async hold(owner: string, keys: readonly SegmentKey[]): Promise<void> {
    this.#attempt(() => this.#held.set(owner, checkedHold(owner, keys, this.#held)));
  }

  status(): StoreStatus {
    return {
      bytes: this.#segments.bytes,
      bytesMax: this.#bytesMax,
      segmentCount: this.#segments.size,
      damagedCount: 0,
      failedWriteCount: this.#failedWriteCount,
      trouble: this.#trouble,
    };
  }

  async close(): Promise<void> {}

  #attempt(write: () => void): void {
    try {
      write();
      this.#trouble = undefined;
    } catch (thrown) {
      this.#failedWriteCount += 1;
      this.#trouble = Failure.from(thrown).message;
    }
  }
}
