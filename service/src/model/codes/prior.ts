import { Failure } from '../../core/failure.js';
import { limits } from '../../core/limits.js';
import type { CodesManifest } from '../manifest.js';
import { floatTensor, type GraphSession, intTensor } from '../onnx/graph.js';
import { commonEntries, type PriorCache, PriorCaches, type PriorEntry } from './prior-cache.js';
import type { DrawnRow } from './state.js';

export interface PriorGraphs {
  readonly row: GraphSession;
  readonly level: GraphSession | undefined;
}

/** The transformer over rows: windows, their caches, and the scores of a row's levels. */
export class CodePrior {
  readonly #manifest: CodesManifest;
  readonly #graphs: PriorGraphs;
  readonly #cacheShape: readonly number[];
  /** Hidden values, or scores of all levels, that a run of the row graph gives. */
  readonly #outputName: 'hidden' | 'logits';
  readonly #outputFloats: number;
  readonly #caches: PriorCaches;

  /** @throws Failure `model-damaged` where a graph has other inputs and outputs than docs/models.md says */
  constructor(manifest: CodesManifest, graphs: PriorGraphs) {
    const { codes, prior } = manifest;
    this.#manifest = manifest;
    this.#graphs = graphs;
    const { row, level } = graphs;
    const hiddenFloats = level?.inputShape('hidden')?.[0] ?? -1;
    this.#outputName = level === undefined ? 'logits' : 'hidden';
    this.#outputFloats = level === undefined ? codes.levels * codes.size : hiddenFloats;
    this.#cacheShape = row.inputShape('cache') ?? [];
    const [layers = -1, , heads = -1, , headWidth = -1] = this.#cacheShape;
    row.check(
      [
        { name: 'codes', type: 'int32', shape: [codes.levels] },
        { name: 'start', type: 'float32', shape: [1] },
        { name: 'labels', type: 'int32', shape: [4] },
        { name: 'blend', type: 'float32', shape: [1] },
        { name: 'seconds', type: 'float32', shape: [2] },
        { name: 'position', type: 'int32', shape: [1] },
        { name: 'cache', type: 'float32', shape: [-1, 2, -1, prior.windowRows, -1] },
      ],
      [
        level === undefined
          ? { name: 'logits', type: 'float32', shape: [codes.levels, codes.size] }
          : { name: 'hidden', type: 'float32', shape: [hiddenFloats] },
        { name: 'cache_row', type: 'float32', shape: [layers, 2, heads, headWidth] },
      ],
      ['labels', 'blend', 'seconds', 'start'],
    );
    level?.check(
      [
        { name: 'hidden', type: 'float32', shape: [-1] },
        { name: 'codes', type: 'int32', shape: [codes.levels] },
        { name: 'level', type: 'int32', shape: [1] },
      ],
      [{ name: 'logits', type: 'float32', shape: [codes.size] }],
    );
    const floats = this.#cacheFloats;
    if (floats > limits.cacheFloatsMax) {
      throw new Failure(
        'model-damaged',
        `${prior.row} has a cache of ${floats} values; ${limits.cacheFloatsMax} are allowed.`,
      );
    }
    // A voice needs at least the window in use and the one that is being filled.
    const affordable = Math.floor(limits.cachesBytesMax / (4 * floats));
    this.#caches = new PriorCaches(Math.max(4, Math.min(limits.cachesKept, affordable)));
  }

  /**
   * Runs the rows before row `rowCount`, which is to be drawn under `condition`: gives hidden values, or the scores of all
   * levels. `rows` are the newest rows of the take, at least those of a window.
   */
  async run(rowCount: number, rows: readonly DrawnRow[], condition: number): Promise<Float32Array> {
    const { windowRows, hopRows } = this.#manifest.prior;
    const window = Math.max(0, Math.ceil((rowCount - (windowRows - 1)) / hopRows));
    let hidden: Float32Array | undefined;
    // The window in use, and those that take over from it: they are filled along the way, so that no row is held up by a whole window.
    for (let next = window; next === 0 || next * hopRows < rowCount; next += 1) {
      const firstRow = next * hopRows;
      const found = await this.#fill(firstRow, entriesFrom(firstRow, rowCount, rows, condition), condition);
      hidden ??= found;
      if (rowCount === 0) break;
    }
    if (hidden === undefined) throw new Failure('internal', 'No window of a prior was run.');
    return hidden;
  }

  /** Scores of one level, `size` values, given what `run` gave and the row's codes so far. */
  async scores(hidden: Float32Array, codes: Int32Array, level: number): Promise<Float32Array> {
    const { size } = this.#manifest.codes;
    const graph = this.#graphs.level;
    if (graph === undefined) return hidden.subarray(level * size, (level + 1) * size);
    const outputs = await graph.run({
      hidden: floatTensor(hidden),
      codes: intTensor(codes),
      level: intTensor(Int32Array.of(level)),
    });
    return graph.floats(outputs, 'logits', size);
  }

  async close(): Promise<void> {
    await this.#graphs.row.close();
    await this.#graphs.level?.close();
  }

  get #cacheFloats(): number {
    return this.#cacheShape.reduce((product, length) => product * length, 1);
  }

  /** Runs what a window lacks of `entries`; returns its output at the last position. */
  async #fill(firstRow: number, entries: readonly PriorEntry[], condition: number): Promise<Float32Array> {
    const cache = this.#caches.take(firstRow, entries) ?? this.#newCache(firstRow);
    try {
      // The last one is always run: its output is not kept.
      const common = Math.min(commonEntries(cache.entries, entries), Math.max(0, entries.length - 1));
      cache.entries.length = common;
      let hidden = entries.length === 0 ? await this.#start(cache, condition) : undefined;
      for (const entry of entries.slice(common)) {
        if (cache.start !== entry.condition) await this.#start(cache, entry.condition);
        const position = cache.entries.length + 1;
        hidden = await this.#run(cache, entry.codes, 0, entry.condition, firstRow + position - 1, position);
        cache.entries.push(entry);
      }
      if (hidden === undefined) throw new Failure('internal', 'A window of a prior has nothing to run.');
      return hidden;
    } finally {
      this.#caches.keep(cache);
    }
  }

  async #start(cache: PriorCache, condition: number): Promise<Float32Array> {
    const codes = new Int32Array(this.#manifest.codes.levels);
    const hidden = await this.#run(cache, codes, 1, condition, cache.firstRow, 0);
    cache.start = condition;
    return hidden;
  }

  async #run(
    cache: PriorCache,
    codes: Int32Array,
    start: number,
    condition: number,
    row: number,
    position: number,
  ): Promise<Float32Array> {
    const { blockSteps, sampleRateHz, timing } = this.#manifest;
    const elapsed = Math.min((row * blockSteps) / sampleRateHz, timing.holdSeconds);
    const graph = this.#graphs.row;
    const outputs = await graph.run({
      codes: intTensor(codes),
      start: floatTensor(Float32Array.of(start)),
      labels: intTensor(
        Int32Array.of(
          (condition >>> 23) & 31,
          (condition >>> 18) & 31,
          (condition >>> 13) & 31,
          (condition >>> 8) & 31,
        ),
      ),
      blend: floatTensor(Float32Array.of((condition & 255) / 128)),
      seconds: floatTensor(Float32Array.of(elapsed, timing.totalSeconds)),
      position: intTensor(Int32Array.of(position)),
      cache: floatTensor(cache.values, this.#cacheShape),
    });
    this.#keepRow(cache.values, graph.floats(outputs, 'cache_row', this.#rowFloats), position);
    return graph.floats(outputs, this.#outputName, this.#outputFloats);
  }

  get #rowFloats(): number {
    return this.#cacheFloats / this.#manifest.prior.windowRows;
  }

  /** Copies [layers, 2, heads, head width] to its position in [layers, 2, heads, window, head width]. */
  #keepRow(values: Float32Array, row: Float32Array, position: number): void {
    const headWidth = this.#cacheShape[4] ?? 1;
    const stride = this.#manifest.prior.windowRows * headWidth;
    for (let head = 0; head * headWidth < row.length; head += 1) {
      values.set(row.subarray(head * headWidth, (head + 1) * headWidth), head * stride + position * headWidth);
    }
  }

  #newCache(firstRow: number): PriorCache {
    return { firstRow, values: new Float32Array(this.#cacheFloats), start: undefined, entries: [] };
  }
}

/** What a window that begins with `firstRow` holds before row `rowCount` is drawn: each row with the condition of the one after it. */
function entriesFrom(
  firstRow: number,
  rowCount: number,
  rows: readonly DrawnRow[],
  condition: number,
): readonly PriorEntry[] {
  const oldest = rowCount - rows.length;
  if (firstRow < oldest) throw new Failure('internal', 'A window begins before the rows that are kept.');
  return rows.slice(firstRow - oldest).map(({ codes }, index, all) => {
    const next = rows[firstRow - oldest + index + 1];
    return { codes, condition: index + 1 < all.length && next !== undefined ? next.condition : condition };
  });
}
