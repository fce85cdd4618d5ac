import { limits } from '../../core/limits.js';
import type { SegmentStore } from '../../store/segment-store.js';
import type { SegmentKey } from '../../take/segment.js';
import type { TakeBook } from '../../take/take-book.js';
import type { TakeRecord } from '../../take/take-record.js';

export interface RecipeKeeperOptions {
  readonly takes: TakeBook;
  /** Who holds what is kept, in the store. */
  readonly owner: string;
  readonly store: SegmentStore;
  readonly encode: (takes: TakeBook) => Uint8Array;
  readonly send: (recipe: Uint8Array) => void;
}

/** Writing a recipe down takes at most this share of the time: that of a song of many hours is sent less often. */
const writingShare = 1 / 50;

/** Sends the shim the recipe of the takes whenever it has changed, and has the store hold the segments that are kept. */
export class RecipeKeeper {
  readonly #options: RecipeKeeperOptions;
  #sentVersion: number;
  #held = '';
  #restUntilMillis = 0;

  constructor(options: RecipeKeeperOptions) {
    this.#options = options;
    this.#sentVersion = options.takes.version;
    this.#hold();
  }

  /** Sends what is new, if anything is and it is time again. */
  update(): void {
    if (performance.now() >= this.#restUntilMillis) this.updateNow();
  }

  /** Sends what is new, if anything is. */
  updateNow(): void {
    const { takes, encode, send } = this.#options;
    if (takes.version === this.#sentVersion) return;
    this.#sentVersion = takes.version;
    const startedMillis = performance.now();
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
