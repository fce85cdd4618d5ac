import { FetchQueue } from './fetch-queue.js';
import { LruCache } from './lru-cache.js';
import { emptyTile, levelsMax, markPresent, pairSteps, parsePresent, type Tile, tilePairs } from './pyramid.js';

/** Tiles kept: 3 KiB each, some 6 of them for a take on a screen. */
const tilesMax = 768;
/** A tile that is still growing is asked for again after so long. */
const staleMillis = 1_500;

export type Fetch = (path: string, signal: AbortSignal) => Promise<Response>;

export interface PeaksOptions {
  readonly fetch: Fetch;
  readonly now: () => number;
  /** Something came that may be on view. */
  readonly arrived: () => void;
}

/** Peaks of what was just drawn, or of the guide that just came, as one message brings them. */
export interface FreshPeaks {
  readonly session: string;
  readonly firstStep: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
}

/** Peaks of takes and guides: what is looked at is fetched by tiles, what is drawn now is laid over them. */
export class Peaks {
  private readonly tiles = new LruCache<Tile>(tilesMax);
  private readonly fetches: FetchQueue;

  constructor(private readonly options: PeaksOptions) {
    this.fetches = new FetchQueue(options.now, { atOnceMax: 4, waitingMax: 64, retryMillis: 4_000 });
  }

  /** What there is of a tile now; asks for it where it is not here, or no longer true. */
  tile(session: string, take: string, level: number, index: number): Tile | undefined {
    const key = `${session}/${take}/${level}/${index}`;
    const tile = this.tiles.get(key);
    if (take === '') return tile;
    const old = tile === undefined || (tile.stale && this.options.now() - tile.loadedAtMillis > staleMillis);
    if (old) this.fetches.request(key, (signal) => this.load(key, session, take, level, index, signal));
    return tile;
  }

  /** Lays fresh peaks over what is known, on every level. `take` '' is the guide, which nobody can be asked for. */
  add(take: string, { session, firstStep, low, high }: FreshPeaks): void {
    for (let level = 0; level <= levelsMax; level += 1) {
      let before = -1;
      for (let at = 0; at < low.length; at += 1) {
        const pair = Math.floor((firstStep + at * pairSteps(0)) / pairSteps(level));
        const index = Math.floor(pair / tilePairs);
        const key = `${session}/${take}/${level}/${index}`;
        let tile = this.tiles.get(key);
        if (tile === undefined) {
          tile = emptyTile();
          this.tiles.set(key, tile);
        }
        // A guide has no other source than this, so what came last of its loop stands; a take is asked for again.
        setPair(
          tile,
          pair - index * tilePairs,
          low[at] ?? 0,
          high[at] ?? 0,
          level === 0 || (take === '' && pair !== before),
        );
        tile.stale = true;
        before = pair;
      }
    }
    this.options.arrived();
  }

  /** Everything may be different now: there is another link. What is on view is fetched again. */
  markAllStale(): void {
    this.fetches.clear();
    for (const key of [...this.tiles.keys()]) {
      const tile = this.tiles.get(key);
      if (tile !== undefined) tile.stale = true;
    }
  }

  private async load(
    key: string,
    session: string,
    take: string,
    level: number,
    index: number,
    signal: AbortSignal,
  ): Promise<void> {
    const from = index * tilePairs * pairSteps(level);
    const to = from + tilePairs * pairSteps(level);
    const path = `takes/${encodeURIComponent(session)}/${encodeURIComponent(take)}/peaks?level=${level}&from=${from}&to=${to}`;
    const response = await this.options.fetch(path, signal);
    const ranges = parsePresent(response.headers.get('simmer-present'));
    const bytes = new Int8Array(await response.arrayBuffer());
    if (!response.ok || ranges === undefined || bytes.length !== tilePairs * 2) throw new Error('No such peaks.');
    const tile = emptyTile();
    tile.pairs.set(bytes);
    markPresent(tile, level, index, ranges);
    tile.loadedAtMillis = this.options.now();
    // Whole tiles do not change any more, except by a take that is drawn again, which says so itself.
    tile.stale = !tile.present.every((mark) => mark === 1);
    this.tiles.set(key, tile);
    this.options.arrived();
  }
}

function setPair(tile: Tile, at: number, low: number, high: number, replace: boolean): void {
  const known = !replace && tile.present[at] === 1;
  tile.pairs[2 * at] = known ? Math.min(tile.pairs[2 * at] ?? 0, low) : low;
  tile.pairs[2 * at + 1] = known ? Math.max(tile.pairs[2 * at + 1] ?? 0, high) : high;
  tile.present[at] = 1;
}
