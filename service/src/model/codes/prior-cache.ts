/** A position of a window that a prior was run at: a row, and the labels that were in force. */
export interface PriorEntry {
  readonly codes: Int32Array;
  /** The packed condition (core/condition.ts) of the row that is drawn from this position. */
  readonly condition: number;
}

export function isSameEntry(a: PriorEntry | undefined, b: PriorEntry | undefined): boolean {
  if (a === undefined || b === undefined || a.condition !== b.condition) return false;
  return a.codes.every((code, level) => code === b.codes[level]);
}

/** Keys and values of one window of a prior: what its start token and its rows left behind in every layer. */
export interface PriorCache {
  /** The row of the take that the window begins with. */
  readonly firstRow: number;
  /** [layers, 2, heads, window, head width]; what lies beyond the entries is not looked at. */
  readonly values: Float32Array;
  /** The condition that the start token was last run with; undefined: it was not run yet. */
  start: number | undefined;
  /** Rows at positions 1, 2, … */
  readonly entries: PriorEntry[];
}

/** The windows of the voices that were drawn last, within a number of caches. */
export class PriorCaches {
  /** The one used last at the end. */
  readonly #kept: PriorCache[] = [];
  readonly #countMax: number;

  constructor(countMax: number) {
    this.#countMax = countMax;
  }

  /** Takes out the cache that begins at `firstRow` and has most of `entries`; of equals the one used last. */
  take(firstRow: number, entries: readonly PriorEntry[]): PriorCache | undefined {
    let best = -1;
    let bestCount = 0;
    for (const [index, cache] of this.#kept.entries()) {
      if (cache.firstRow !== firstRow) continue;
      const count = commonEntries(cache.entries, entries);
      if (count < bestCount || count === 0) continue;
      best = index;
      bestCount = count;
    }
    return best < 0 ? undefined : this.#kept.splice(best, 1)[0];
  }

  keep(cache: PriorCache): void {
    this.#kept.push(cache);
    if (this.#kept.length > this.#countMax) this.#kept.shift();
  }
}

/** How many entries both begin with. */
export function commonEntries(a: readonly PriorEntry[], b: readonly PriorEntry[]): number {
  const most = Math.min(a.length, b.length);
  let count = 0;
  while (count < most && isSameEntry(a[count], b[count])) count += 1;
  return count;
}
