import type { SegmentKey } from '../take/segment.js';

export interface IndexEntry {
  readonly bytes: number;
  /** When it was used last, milliseconds since 1970; unique, so that the order is one. */
  usedAt: number;
}

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
      for (const key of [...this.#entries.keys()]) {
        if (!found.has(key) && !changed.has(key)) this.delete(key);
      }
      const now = Date.now();
      for (const [key, { bytes, usedAt }] of found) {
        if (changed.has(key)) continue;
        // A file from the future, after a clock was set back, counts as used now. Another service's use counts too.
        this.#place(key, { bytes, usedAt: Math.max(Math.min(usedAt, now), this.#entries.get(key)?.usedAt ?? 0) });
      }
      const inOrder = [...this.#entries].sort(([, a], [, b]) => a.usedAt - b.usedAt);
      this.#entries.clear();
      for (const [key, entry] of inOrder) this.#entries.set(key, entry);
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
