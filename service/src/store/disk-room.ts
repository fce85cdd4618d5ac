import { Failure } from '../core/failure.js';
import type { SegmentKey } from '../take/segment.js';
import type { HoldFolder } from './hold-folder.js';
import type { SegmentFolder } from './segment-folder.js';
import type { SegmentIndex } from './segment-index.js';
import type { SegmentMemory } from './segment-memory.js';
import { Slots } from './slots.js';
import { codeOf } from './store-files.js';
import { noRoom } from './store-trouble.js';
import type { UseOrder } from './use-order.js';

export interface DiskRoomOptions {
  readonly bytesMax: number;
  readonly segments: SegmentFolder;
  readonly holds: HoldFolder;
  readonly index: SegmentIndex;
  readonly memory: SegmentMemory;
  readonly uses: UseOrder;
  /** Files that are being removed: a write of the same key waits for that. */
  readonly leaving: Map<SegmentKey, Promise<void>>;
  readonly isBeingWritten: (key: SegmentKey) => boolean;
}

/** Share of the bound that is written before the folder is looked through for what other processes have written. */
const lookShare = 1 / 32;
/** Share of the bound that one eviction frees, so that a full store does not evict at every write. */
const evictShare = 1 / 64;

/** The room in a store's folder: what lies there, which of it goes, and what must survive a loss of power. */
export class DiskRoom {
  readonly #options: DiskRoomOptions;
  /** Making room, looking through the folder: one at a time, since each relies on what the index says. */
  readonly #roomSlot = new Slots(1);
  #ready = false;
  /** Bytes that writes have been given room for and that are not in the index yet. */
  #reservedBytes = 0;
  #bytesSinceLook = 0;

  constructor(options: DiskRoomOptions) {
    this.#options = options;
  }

  /** Gives back what was reserved for a write: it is in the index now, or has failed. */
  release(bytes: number): void {
    this.#reservedBytes -= bytes;
  }

  /** So many bytes have been written. */
  countWritten(bytes: number): void {
    this.#bytesSinceLook += bytes;
  }

  /** Makes the folder fit for use, or learns what lies there. */
  async prepare(): Promise<void> {
    if (this.#ready) return;
    await this.#roomSlot.run(async () => {
      if (this.#ready) return;
      await this.#options.segments.make();
      await this.#settleEvictions(await this.#options.segments.aside());
      await this.#look();
      this.#ready = true;
    });
  }

  async #look(): Promise<void> {
    await this.#options.index.follow(() => this.#options.segments.look());
    this.#bytesSinceLook = 0;
  }

  /** Runs what needs the folders; where they have vanished it makes them anew and tries once more. */
  async inFolder<T>(job: () => Promise<T>): Promise<T> {
    await this.prepare();
    try {
      return await job();
    } catch (thrown) {
      if (codeOf(thrown) !== 'ENOENT') throw thrown;
      this.#ready = false;
      await this.prepare();
      return await job();
    }
  }

  /** Settles when a file of `bytes` for `key` fits within the bound, and reserves that. Rejects when it cannot. */
  reserve(key: SegmentKey, bytes: number): Promise<void> {
    return this.#roomSlot.run(async () => {
      if (this.#bytesSinceLook > this.#options.bytesMax * lookShare) {
        await this.#options.uses.write();
        await this.#look();
      }
      const excess = () => {
        const replaced = this.#options.index.get(key)?.bytes ?? 0;
        return this.#options.index.bytes - replaced + this.#reservedBytes + bytes - this.#options.bytesMax;
      };
      // What another process has begun to hold comes back, so that one round may not be enough.
      while (bytes <= this.#options.bytesMax && excess() > 0 && (await this.#evict(key, excess())));
      if (excess() > 0) throw new Failure('exhausted', noRoom(bytes, this.#options.bytesMax));
      this.#reservedBytes += bytes;
    });
  }

  /** Frees `bytes` or somewhat more, as far as there are segments that may go; false: there are none. */
  async #evict(except: SegmentKey, bytes: number): Promise<boolean> {
    const wanted = Math.max(bytes, Math.floor(this.#options.bytesMax * evictShare));
    // What other services hold is known only as of the last time; what they hold meanwhile comes back and is passed over.
    await this.#options.holds.refresh();
    const victims: SegmentKey[] = [];
    let freed = 0;
    for (const key of this.#options.index.byUse()) {
      if (freed >= wanted) break;
      if (key === except || this.#options.isBeingWritten(key) || this.#options.holds.held.keys.has(key)) continue;
      victims.push(key);
      freed += this.#options.index.get(key)?.bytes ?? 0;
    }
    let settle = () => {};
    const leaving = new Promise<void>((resolve) => {
      settle = resolve;
    });
    for (const key of victims) this.#options.leaving.set(key, leaving);
    const aside: SegmentKey[] = [];
    try {
      for (const key of victims) {
        if (await this.#options.segments.setAside(key)) aside.push(key);
        // Only now: if that has failed, it is still there.
        this.#options.index.delete(key);
        this.#options.memory.delete(key);
      }
    } finally {
      try {
        // If this fails, the next write begins with what is still out of sight.
        this.#ready = false;
        await this.#settleEvictions(aside);
        this.#ready = true;
      } finally {
        for (const key of victims) this.#options.leaving.delete(key);
        settle();
      }
    }
    return victims.length > 0;
  }

  /** Ends the eviction of segments that are out of sight: those that are held after all come back. */
  async #settleEvictions(keys: readonly SegmentKey[]): Promise<void> {
    await this.#options.holds.refresh();
    const back: SegmentKey[] = [];
    for (const key of keys) {
      if (!this.#options.holds.held.keys.has(key)) await this.#options.segments.discard(key);
      else if (await this.#options.segments.putBack(key)) back.push(key);
    }
    await this.keepFromPowerLoss(back);
    // Their sizes are what the disk says.
    if (back.length > 0) await this.#look();
  }

  /** Syncs files that are held. */
  async keepFromPowerLoss(keys: readonly SegmentKey[]): Promise<void> {
    const synced: SegmentKey[] = [];
    for (const key of keys) {
      try {
        await this.#options.segments.sync(key);
        synced.push(key);
      } catch (thrown) {
        // Another service has evicted it before this hold could be seen: it is drawn again.
        if (codeOf(thrown) !== 'ENOENT') throw thrown;
        this.#options.index.delete(key);
      }
    }
    await this.#options.segments.syncShards(synced);
  }
}
