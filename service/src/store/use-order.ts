import type { SegmentKey } from '../take/segment.js';
import type { SegmentFolder } from './segment-folder.js';
import type { SegmentIndex } from './segment-index.js';

/** Segments whose use is not on disk yet, at most. */
const untouchedMax = 64;

/** The order in which segments were used last: in the index at once, on disk now and then. */
export class UseOrder {
  readonly #index: SegmentIndex;
  readonly #segments: SegmentFolder;
  readonly #untouched = new Set<SegmentKey>();

  constructor(index: SegmentIndex, segments: SegmentFolder) {
    this.#index = index;
    this.#segments = segments;
  }

  use(key: SegmentKey): void {
    if (this.#index.get(key) === undefined) return;
    this.#index.use(key);
    this.#untouched.add(key);
    if (this.#untouched.size >= untouchedMax) void this.write();
  }

  /** Brings the order to disk. It is a convenience: what fails is passed over. */
  async write(): Promise<void> {
    const keys = [...this.#untouched];
    this.#untouched.clear();
    for (const key of keys) {
      const entry = this.#index.get(key);
      if (entry !== undefined) await this.#segments.touch(key, entry.usedAt).catch(() => {});
    }
  }
}
