/**
 * The store of rendered segments on disk.
 *
 * What is promised:
 *
 * - `get` gives the right segment or none. Each file ends with a SHA-256 of its key and its content, so a file that is
 *   torn, zeroed, changed or exchanged for another is found out, forgotten, and drawn again.
 * - A file comes into sight as a whole: written under another name, then renamed. Killing the process at any moment
 *   leaves the store consistent.
 * - What is held survives a loss of power once `hold` and `put` have settled: such files, and the holds themselves, are
 *   synced with their folders. What nobody holds is not: that spares its writes two waits for the disk, and a loss of
 *   power may cost it.
 * - Files of segments take `bytesMax` at most. Room is made before a write, by evicting what was used least recently and
 *   is not held. When held segments leave no room, writes fail, and `status` says so, with what to do.
 * - Several processes can use one folder. Each knows what the others have written since it last looked only when it looks
 *   again, after every 1/32 of `bytesMax` it has written itself; by so much for each other process the bound may be
 *   passed. What any of them holds is evicted by none: an eviction takes the file out of sight, then reads who holds
 *   what, and puts the file back if it is held. A hold that settles after that began finds the file gone already.
 * - No call throws. A disk that is full, read-only, failing or gone costs the segments that could not be written.
 *
 * Recency is brought to the files' times now and then and when the store is closed, so a process that is killed may
 * leave the latest few reads out of the order.
 *
 * Why no library. `cacache` 20 was measured: to put a segment again over a torn file reports success and leaves the torn
 * file; it swallows ENOENT of its index and then keeps nothing; it never syncs, and the paths of its index, which would
 * have to be synced, are not public; it has no order of eviction, no count of bytes, and its garbage collection may not
 * run beside another process. `write-file-atomic` 8, measured as well, and `atomically` take what one write(2) accepts
 * for the whole: on a disk that is just full they put half a file in the place of a good one and report success. The
 * databases that are safe against crashes either block the thread (better-sqlite3) or map the file without checking its
 * pages (lmdb), and with all of them one damaged page can cost everything. What is left to do without them is writeWhole
 * in store-files.ts.
 */
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { Segment, SegmentKey } from '../take/segment.js';
import { decodeSegment, encodeSegment } from '../take/segment-codec.js';
import { isSegmentKey } from '../take/segment-key.js';
import { DiskRoom } from './disk-room.js';
import { checkedHold } from './held-keys.js';
import { HoldFolder } from './hold-folder.js';
import { SegmentFolder } from './segment-folder.js';
import { SegmentIndex } from './segment-index.js';
import { bytesOf, ownCopy, refuseUnfit, SegmentMemory } from './segment-memory.js';
import type { SegmentStore, StoreStatus } from './segment-store.js';
import { Slots } from './slots.js';
import { type StoreFiles, storeFiles } from './store-files.js';
import { troubleOf } from './store-trouble.js';
import { UseOrder } from './use-order.js';

export interface DiskStoreOptions {
  /** Made where it is missing. Nothing else should lie in it. */
  readonly folder: string;
  /** Bytes of all segments on disk. */
  readonly bytesMax: number;
  /** Bytes of decoded segments that are kept in memory in front of the disk. */
  readonly memoryBytesMax: number;
  /** The file system. */
  readonly files: StoreFiles;
}

const defaults = {
  bytesMax: limits.storeGibDefault * 2 ** 30,
  memoryBytesMax: limits.storeMemoryBytesDefault,
  files: storeFiles,
};

/** Writes and reads at once: enough to keep a disk busy, and few open files. */
const writeSlots = 4;
const readSlots = 8;

export class DiskStore implements SegmentStore {
  readonly #folder: string;
  readonly #bytesMax: number;
  readonly #segments: SegmentFolder;
  readonly #holds: HoldFolder;
  readonly #index = new SegmentIndex();
  readonly #memory: SegmentMemory;
  readonly #uses: UseOrder;
  readonly #room: DiskRoom;
  readonly #writeSlots = new Slots(writeSlots);
  readonly #readSlots = new Slots(readSlots);
  readonly #holdSlot = new Slots(1);
  readonly #putting = new Map<SegmentKey, { readonly segment: Segment; readonly settled: Promise<void> }>();
  readonly #reading = new Map<SegmentKey, Promise<Segment | undefined>>();
  readonly #holding = new Set<Promise<void>>();
  /** Files that are being removed: a write of the same key waits for that. */
  readonly #leaving = new Map<SegmentKey, Promise<void>>();
  #closed = false;
  #waitingBytes = 0;
  #damagedCount = 0;
  #failedWriteCount = 0;
  #trouble: string | undefined;

  private constructor({ folder, bytesMax, memoryBytesMax, files }: DiskStoreOptions) {
    this.#folder = folder;
    this.#bytesMax = bytesMax;
    this.#segments = new SegmentFolder(files, folder);
    this.#holds = new HoldFolder(files, this.#segments.holds);
    this.#memory = new SegmentMemory(memoryBytesMax);
    this.#uses = new UseOrder(this.#index, this.#segments);
    this.#room = new DiskRoom({
      ...{ bytesMax, segments: this.#segments, holds: this.#holds, index: this.#index, memory: this.#memory },
      ...{ uses: this.#uses, leaving: this.#leaving, isBeingWritten: (key) => this.#putting.has(key) },
    });
  }

  /** Opens a store. Never rejects: where the folder cannot be used, `status` says why, and each write tries again. */
  static async open(options: Partial<DiskStoreOptions> & Pick<DiskStoreOptions, 'folder'>): Promise<DiskStore> {
    const store = new DiskStore({ ...defaults, ...options });
    await store.#attempt(() => store.#room.prepare());
    return store;
  }

  get(key: SegmentKey): Promise<Segment | undefined> {
    const near = this.#putting.get(key)?.segment ?? this.#memory.get(key);
    if (near !== undefined) {
      this.#uses.use(key);
      return Promise.resolve(near);
    }
    if (!isSegmentKey(key)) return Promise.resolve(undefined);
    let reading = this.#reading.get(key);
    if (reading === undefined) {
      reading = this.#readSlots.run(() => this.#read(key)).finally(() => this.#reading.delete(key));
      this.#reading.set(key, reading);
    }
    return reading;
  }

  put(key: SegmentKey, segment: Segment): Promise<void> {
    // A key fixes its segment: what is on its way already is this one.
    const earlier = this.#putting.get(key);
    if (earlier !== undefined) return earlier.settled;
    const copy = ownCopy(segment);
    const settled = this.#attempt(() => this.#enqueue(key, copy)).finally(() => this.#putting.delete(key));
    this.#putting.set(key, { segment: copy, settled });
    return settled;
  }

  hold(owner: string, keys: readonly SegmentKey[]): Promise<void> {
    const settled = this.#attempt(async () => {
      this.#refuseWhenClosed();
      const fresh = this.#holds.set(owner, checkedHold(owner, keys, this.#holds.held));
      await this.#holdSlot.run(() => this.#bringHoldToDisk(owner, fresh));
    }).finally(() => this.#holding.delete(settled));
    this.#holding.add(settled);
    return settled;
  }

  status(): StoreStatus {
    return {
      bytes: this.#index.bytes,
      bytesMax: this.#bytesMax,
      segmentCount: this.#index.size,
      damagedCount: this.#damagedCount + this.#holds.damagedCount,
      failedWriteCount: this.#failedWriteCount,
      trouble: this.#trouble,
    };
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#holding, ...[...this.#putting.values()].map(({ settled }) => settled)]);
    await Promise.all(this.#reading.values());
    await Promise.all(this.#leaving.values());
    await this.#uses.write();
  }

  /** Runs a write. What goes wrong is counted and shown in `status`, and goes no further. */
  async #attempt(write: () => Promise<void>): Promise<void> {
    try {
      await write();
      this.#trouble = undefined;
    } catch (thrown) {
      this.#failedWriteCount += 1;
      this.#trouble = troubleOf(thrown, this.#folder);
    }
  }

  #refuseWhenClosed(): void {
    if (this.#closed) throw new Failure('unavailable', 'The store is closed.');
  }

  // Reading.

  async #read(key: SegmentKey): Promise<Segment | undefined> {
    await this.#leaving.get(key);
    const entry = this.#index.get(key);
    let bytes: Uint8Array | 'absent' | 'unfit';
    try {
      bytes = await this.#segments.read(key);
    } catch {
      // Nothing is known of the file, such as when no more files can be opened: it stays, and is drawn again this time.
      return undefined;
    }
    // A write, or another read, may have changed what is there since; then this is about a file that is there no more.
    const same = this.#index.get(key) === entry && !this.#putting.has(key);
    if (bytes === 'absent') {
      if (same) this.#index.delete(key);
      return undefined;
    }
    const segment = bytes === 'unfit' ? undefined : decodeSegment(bytes, key);
    if (segment === undefined || bytes === 'unfit') {
      this.#damagedCount += 1;
      if (same) await this.#forget(key);
      return undefined;
    }
    // Another process may have written it.
    if (entry === undefined && same) this.#index.set(key, bytes.length);
    this.#memory.put(key, segment);
    this.#uses.use(key);
    return segment;
  }

  #forget(key: SegmentKey): Promise<void> {
    this.#index.delete(key);
    // What cannot be removed is found damaged again; there is nothing else to do about it.
    const leaving = this.#segments
      .remove(key)
      .catch(() => {})
      .finally(() => this.#leaving.delete(key));
    this.#leaving.set(key, leaving);
    return leaving;
  }

  // Writing.

  async #enqueue(key: SegmentKey, segment: Segment): Promise<void> {
    this.#refuseWhenClosed();
    refuseUnfit(key, segment);
    this.#memory.put(key, segment);
    const bytes = bytesOf(segment);
    if (this.#waitingBytes + bytes > limits.storeWaitingBytesMax) {
      throw new Failure(
        'exhausted',
        `The disk of the store in ${this.#folder} is slower than what is to be kept. Choose a folder on a faster one.`,
      );
    }
    this.#waitingBytes += bytes;
    try {
      await this.#writeSlots.run(() => this.#write(key, segment));
    } finally {
      this.#waitingBytes -= bytes;
    }
  }

  async #write(key: SegmentKey, segment: Segment): Promise<void> {
    // Encoded only now, when its turn has come: many at once would block the thread.
    const bytes = encodeSegment(segment, key);
    await this.#room.inFolder(async () => {
      await this.#leaving.get(key);
      await this.#room.reserve(key, bytes.length);
      try {
        const durable = this.#holds.held.keys.has(key);
        await this.#segments.write(key, bytes, durable);
        this.#index.set(key, bytes.length);
        this.#uses.use(key);
        // It may have come to be held while it was being written.
        if (durable) await this.#segments.syncShards([key]);
        else if (this.#holds.held.keys.has(key)) await this.#room.keepFromPowerLoss([key]);
      } finally {
        this.#room.release(bytes.length);
      }
    });
    this.#room.countWritten(bytes.length);
  }

  // Holding.

  async #bringHoldToDisk(owner: string, fresh: readonly SegmentKey[]): Promise<void> {
    await this.#room.inFolder(async () => {
      await this.#holds.save(owner);
      await this.#room.keepFromPowerLoss(fresh.filter((key) => this.#index.get(key) !== undefined));
    });
  }
}
