import { join } from 'node:path';
import type { SegmentKey } from '../take/segment.js';
import { encodedBytesMax } from '../take/segment-codec.js';
import { isSegmentKey } from '../take/segment-key.js';
import type { IndexEntry } from './segment-index.js';
import { Slots } from './slots.js';
import { codeOf, isTemporary, readWhole, type StoreFiles, syncFile, syncFolder, writeWhole } from './store-files.js';

/** A file that was being written is left alone for this long, milliseconds: another service may be writing it. */
const temporaryMillis = 3_600_000;
/** Calls to the file system at once while the folder is looked through. */
const lookSlots = 16;

/** Folders of some thousand files each, in a store of the default size: what every file system is quick with. */
const shardDigits = 1;
const shards = Array.from({ length: 16 ** shardDigits }, (_, index) => index.toString(16).padStart(shardDigits, '0'));

/**
 * The files of a store:
 *
 *     segments/K/KEY   a segment each, in 16 folders by the first digit of its key
 *     leaving/KEY      segments that are being evicted
 *     holds/…          who holds what (hold-folder.ts)
 */
export class SegmentFolder {
  readonly #files: StoreFiles;
  readonly #folder: string;
  readonly holds: string;

  constructor(files: StoreFiles, folder: string) {
    this.#files = files;
    this.#folder = folder;
    this.holds = join(folder, 'holds');
  }

  /** Makes the folders where they are missing, and makes them stay. */
  async make(): Promise<void> {
    const parents = [this.#folder, this.#segments, this.#leaving, this.holds];
    for (const path of parents) await this.#files.mkdir(path, { recursive: true, mode: 0o700 });
    const found = new Set(await this.#files.readdir(this.#segments));
    const missing = shards.filter((shard) => !found.has(shard));
    for (const shard of missing) {
      await this.#files.mkdir(join(this.#segments, shard), { recursive: true, mode: 0o700 });
    }
    if (missing.length === 0) return;
    await syncFolder(this.#files, this.#segments);
    await syncFolder(this.#files, this.#folder);
    // That one is not ours, and reading it may not be allowed.
    await syncFolder(this.#files, join(this.#folder, '..')).catch(() => {});
  }

  /** All segments that lie here. Clears away what writing left when it was killed. */
  async look(): Promise<ReadonlyMap<SegmentKey, IndexEntry>> {
    const found = new Map<SegmentKey, IndexEntry>();
    const slots = new Slots(lookSlots);
    for (const shard of shards) {
      const folder = join(this.#segments, shard);
      const entries = await this.#files.readdir(folder, { withFileTypes: true });
      const looking = entries.map((entry) =>
        slots
          .run(async () => {
            const ours = isSegmentKey(entry.name) && entry.name.startsWith(shard);
            if (!entry.isFile() || !(ours || isTemporary(entry.name))) return;
            const path = join(folder, entry.name);
            const { size, mtimeMs } = await this.#files.lstat(path);
            if (ours) found.set(entry.name, { bytes: size, usedAt: mtimeMs });
            else if (Date.now() - mtimeMs > temporaryMillis) await this.#files.unlink(path);
          })
          .catch(unlessGone),
      );
      await Promise.all(looking);
    }
    for (const name of await this.#files.readdir(this.holds)) {
      if (!isTemporary(name)) continue;
      await this.#clearAwayOld(join(this.holds, name)).catch(unlessGone);
    }
    return found;
  }

  /** Rejects with ENOENT where another process has put its file in place meanwhile. */
  async #clearAwayOld(path: string): Promise<void> {
    const { mtimeMs } = await this.#files.lstat(path);
    if (Date.now() - mtimeMs > temporaryMillis) await this.#files.unlink(path);
  }

  read(key: SegmentKey): Promise<Uint8Array | 'absent' | 'unfit'> {
    return readWhole(this.#files, this.#path(key), encodedBytesMax);
  }

  /** Puts a segment in place. With `durable` it survives a loss of power once `syncShards` has settled too. */
  write(key: SegmentKey, bytes: Uint8Array, durable: boolean): Promise<void> {
    return writeWhole(this.#files, this.#path(key), bytes, durable);
  }

  /** Makes up for a `write` without `durable`. */
  sync(key: SegmentKey): Promise<void> {
    return syncFile(this.#files, this.#path(key));
  }

  async syncShards(keys: Iterable<SegmentKey>): Promise<void> {
    const touched = new Set([...keys].map((key) => key.slice(0, shardDigits)));
    for (const shard of touched) await syncFolder(this.#files, join(this.#segments, shard));
  }

  async remove(key: SegmentKey): Promise<void> {
    await this.#files.unlink(this.#path(key)).catch(unlessGone);
  }

  /** Writes down when a segment was used, for the order of eviction after a restart. */
  async touch(key: SegmentKey, usedAt: number): Promise<void> {
    const when = usedAt / 1000;
    await this.#files.utimes(this.#path(key), when, when).catch(unlessGone);
  }

  /** Takes a segment out of sight; false: it is gone. */
  setAside(key: SegmentKey): Promise<boolean> {
    return this.#move(this.#path(key), join(this.#leaving, key));
  }

  /** Puts back a segment that was set aside; false: it is gone. */
  putBack(key: SegmentKey): Promise<boolean> {
    return this.#move(join(this.#leaving, key), this.#path(key));
  }

  async discard(key: SegmentKey): Promise<void> {
    await this.#files.unlink(join(this.#leaving, key)).catch(unlessGone);
  }

  /** Segments that were set aside and neither put back nor discarded. */
  async aside(): Promise<SegmentKey[]> {
    return (await this.#files.readdir(this.#leaving)).filter(isSegmentKey);
  }

  get #segments(): string {
    return join(this.#folder, 'segments');
  }

  get #leaving(): string {
    return join(this.#folder, 'leaving');
  }

  #path(key: SegmentKey): string {
    return join(this.#segments, key.slice(0, shardDigits), key);
  }

  async #move(from: string, to: string): Promise<boolean> {
    try {
      await this.#files.rename(from, to);
      return true;
    } catch (thrown) {
      unlessGone(thrown);
      return false;
    }
  }
}

function unlessGone(thrown: unknown): void {
  if (codeOf(thrown) !== 'ENOENT') throw thrown;
}
