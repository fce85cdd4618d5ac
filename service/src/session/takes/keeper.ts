import { limits } from '../../core/limits.js';
import type { SegmentStore } from '../../store/segment-store.js';
import type { SegmentKey } from '../../take/segment.js';
import type { TakeBook } from '../../take/take-book.js';
import type { TakeRecord } from '../../take/take-record.js';

export interface TakesKeeperOptions {
  readonly takes: TakeBook;
  /** Who holds what is kept, in the store. */
  readonly owner: string;
  readonly store: SegmentStore;
  readonly encode: (takes: TakeBook) => Uint8Array;
  readonly send: (recipe: Uint8Array) => void;
}

/** Writing a recipe down takes at most this share of the time: a song of many hours is told less often. */
const writingShare = 1 / 50;

/** Tells the shim the recipe of the takes whenever it has changed, and the store which segments are kept. */
export class TakesKeeper {
  readonly #options: TakesKeeperOptions;
  #toldVersion: number;
  #held = '';
  #restUntilMillis = 0;

  constructor(options: TakesKeeperOptions) {
    this.#options = options;
    this.#toldVersion = options.takes.version;
    this.#hold();
  }

  /** Tells what is new, if anything is and it is time again; `now`: whatever time it is. */
  tell(now = false): void {
    const { takes, encode, send } = this.#options;
    const startedMillis = performance.now();
    if (takes.version === this.#toldVersion || (!now && startedMillis < this.#restUntilMillis)) return;
    this.#toldVersion = takes.version;
    const recipe = encode(takes);
    const endedMillis = performance.now();
    this.#restUntilMillis = endedMillis + (endedMillis - startedMillis) / writingShare;
    if (recipe.length <= limits.takesBytesMax) send(recipe);
    this.#hold();
  }

  #hold(): void {
    const { takes, store, owner } = this.#options;
    const keys = takes.records.filter(({ kept }) => kept).flatMap((record) => keysOf(record));
    const held = keys.join();
    if (held === this.#held) return;
    this.#held = held;
    void store.hold(owner, keys);
  }
}

/** Every segment of a take's chain that is known by its key. */
function keysOf(record: TakeRecord): SegmentKey[] {
  const keys: SegmentKey[] = [];
  const last = record.segmentIndex(Math.max(record.origin.rootStep, record.endStep - 1));
  for (let index = record.segmentIndex(record.origin.rootStep); index <= last; index += 1) {
    const key = record.segmentKey(index);
    if (key !== undefined) keys.push(key);
  }
  return keys;
}
