import { join } from 'node:path';
import type { SegmentKey } from '../take/segment.js';
import { HeldKeys } from './held-keys.js';
import { decodeHold, encodeHold, holdFileBytesMax, holdFileName, isHoldFileName } from './hold-file.js';
import { codeOf, readWhole, type StoreFiles, syncFolder, writeWhole } from './store-files.js';

/** The holds of all services that use one store: in memory, and in a folder where they outlive everything. */
export class HoldFolder {
  readonly held = new HeldKeys();
  readonly #files: StoreFiles;
  readonly #folder: string;
  /** Owners that this process speaks for: what it says counts, whatever lies on the disk. */
  readonly #mine = new Map<string, { readonly fileName: string; saved: ReadonlySet<SegmentKey> | undefined }>();
  readonly #mineFiles = new Set<string>();
  /** Files as they were read: the owner, and what the file's identity was. */
  readonly #read = new Map<string, { readonly owner: string | undefined; readonly identity: string }>();
  #damagedCount = 0;

  constructor(files: StoreFiles, folder: string) {
    this.#files = files;
    this.#folder = folder;
  }

  /** Files that were found damaged. What they held is held no longer, until its owner says so again. */
  get damagedCount(): number {
    return this.#damagedCount;
  }

  /**
   * Holds `keys` from now on, in memory. Gives those that this process has not held for the owner before: those of an
   * earlier process may not have been synced when it was killed.
   */
  set(owner: string, keys: ReadonlySet<SegmentKey>): SegmentKey[] {
    const before = this.#mine.has(owner) ? this.held.of(owner) : undefined;
    if (!this.#mine.has(owner)) {
      const fileName = holdFileName(owner);
      this.#mine.set(owner, { fileName, saved: undefined });
      this.#mineFiles.add(fileName);
    }
    this.held.set(owner, keys);
    return [...keys].filter((key) => !before?.has(key));
  }

  /** Brings to disk, to stay, what is held for `owner` now; nothing is written when that has been done already. */
  async save(owner: string): Promise<void> {
    const mine = this.#mine.get(owner);
    const keys = this.held.of(owner);
    if (mine === undefined || (mine.saved === keys && keys.size > 0)) return;
    const path = join(this.#folder, mine.fileName);
    mine.saved = undefined;
    if (keys.size > 0) {
      await writeWhole(this.#files, path, encodeHold(owner, keys), true);
      await syncFolder(this.#files, this.#folder);
      mine.saved = keys;
      return;
    }
    await this.#files.unlink(path).catch((thrown: unknown) => {
      if (codeOf(thrown) !== 'ENOENT') throw thrown;
    });
    await syncFolder(this.#files, this.#folder);
    // Nothing is held and nothing lies there: the owner is as if it had never been, unless it has come back meanwhile.
    if (this.held.of(owner).size > 0) return;
    this.#mine.delete(owner);
    this.#mineFiles.delete(mine.fileName);
  }

  /** Reads what other services hold now, and at the start what was held before. */
  async refresh(): Promise<void> {
    const names = (await this.#files.readdir(this.#folder)).filter(isHoldFileName);
    for (const [name, { owner }] of this.#read) {
      if (names.includes(name)) continue;
      this.#read.delete(name);
      if (owner !== undefined && !this.#mine.has(owner)) this.held.set(owner, new Set());
    }
    for (const name of names) if (!this.#mineFiles.has(name)) await this.#refreshOne(name);
  }

  async #refreshOne(name: string): Promise<void> {
    const path = join(this.#folder, name);
    const found = await this.#files.lstat(path, { bigint: true }).catch((thrown: unknown) => {
      if (codeOf(thrown) === 'ENOENT') return undefined;
      throw thrown;
    });
    if (found === undefined) return;
    // A file that is replaced gets another inode and another time.
    const identity = [found.ino, found.size, found.mtimeNs, found.ctimeNs].join(' ');
    const before = this.#read.get(name);
    if (before?.identity === identity) return;
    const bytes = await readWhole(this.#files, path, holdFileBytesMax);
    if (bytes === 'absent') return;
    const hold = bytes === 'unfit' ? undefined : decodeHold(name, bytes);
    if (hold === undefined) this.#damagedCount += 1;
    this.#read.set(name, { owner: hold?.owner ?? before?.owner, identity });
    // What a damaged file held when it was last read goes on being held by this process. The owner may have become
    // this process's own meanwhile.
    if (hold !== undefined && !this.#mine.has(hold.owner)) this.held.set(hold.owner, hold.keys);
  }
}
