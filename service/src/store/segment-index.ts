import { setImmediate } from 'node:timers/promises';
import type { SegmentKey } from '../take/segment.js';

export interface IndexEntry {
  readonly bytes: number;
  /** When it was used last, milliseconds since 1970; unique, so that the order is one. */
  usedAt: number;
}

/** What a time loses on its way through a file system. */
const timeGrainMillis = 0.01;
/** Keys that are compared before others get their turn on the thread, which draws and serves as well. */
const turnKeys = 1000;

/** Which segments lie on the disk, as far as this process knows, with their sizes and the order of their use. */
export class SegmentIndex {
  /** Least recently used first: a Map keeps the order of insertion. */
  readonly #entries = new Map<SegmentKey, IndexEntry>();
  #bytes = 0;
  #clock = 0;
  /** Keys that were set or deleted while the disk is being looked through, which may show what was before. */
  #changed: Set<SegmentKey> | undefined;

  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: SegmentKey): IndexEntry | undefined {
    return this.#entries.get(key);
  }

  /** Takes in a segment as the one used last. */
  set(key: SegmentKey, bytes: number): void {
    this.#place(key, { bytes, usedAt: this.#now() });
  }

  /** Marks a segment as the one used last. */
  use(key: SegmentKey): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    entry.usedAt = this.#now();
    this.#entries.delete(key);
    this.#entries.set(key, entry);
  }

  delete(key: SegmentKey): void {
    this.#changed?.add(key);
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }

  /** Keys, least recently used first. */
  byUse(): Iterable<SegmentKey> {
    return this.#entries.keys();
  }

  /** Becomes what `look` finds on the disk, but for what changes while it looks. */
  async follow(look: () => Promise<ReadonlyMap<SegmentKey, IndexEntry>>): Promise<void> {
    const changed = new Set<SegmentKey>();
    this.#changed = changed;
    try {
      const found = await look();
      for (const [index, key] of [...this.#entries.keys()].entries()) {
        if (index % turnKeys === 0) await setImmediate();
        if (!found.has(key) && !changed.has(key)) this.delete(key);
      }
      const now = Date.now();
      let inOrder = true;
      let count = 0;
      for (const [key, { bytes, usedAt }] of found) {
        count += 1;
        if (count % turnKeys === 0) await setImmediate();
        if (changed.has(key)) continue;
        // A file from the future, after a clock was set back, counts as used now.
        const entry = { bytes, usedAt: Math.min(usedAt, now) };
        const known = this.#entries.get(key);
        // Another service's use counts too. Most are as they were.
        if (known !== undefined && known.bytes === bytes && entry.usedAt <= known.usedAt + timeGrainMillis) continue;
        this.#place(key, known === undefined ? entry : { bytes, usedAt: Math.max(entry.usedAt, known.usedAt) });
        inOrder = false;
      }
      if (inOrder) return;
      const ordered = [...this.#entries].sort(([, one], [, other]) => one.usedAt - other.usedAt);
      this.#entries.clear();
      for (const [key, entry] of ordered) this.#entries.set(key, entry);
    } finally {
      this.#changed = undefined;
    }
  }

  #place(key: SegmentKey, entry: IndexEntry): void {
    this.delete(key);
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes;
    this.#clock = Math.max(this.#clock, entry.usedAt);
  }

  #now(): number {
    this.#clock = Math.max(Date.now(), this.#clock + 0.001);
    return this.#clock;
  }
}
