import { peakSteps } from '../../../service/src/core/monitor.js';

/** Lowest and highest values of every 64·4^level steps: what a waveform is drawn from, whatever the zoom. */
export const levelsMax = 6;
/** Pairs of one tile: what is asked for, kept and forgotten at once. */
export const tilePairs = 1024;

export function pairSteps(level: number): number {
  return peakSteps * 4 ** level;
}

export function tileSteps(level: number): number {
  return pairSteps(level) * tilePairs;
}

/** The coarsest level that still has a pair for every pixel: at most four of them are folded into one. */
export function levelFor(stepsPerPixel: number): number {
  const level = Math.floor(Math.log(stepsPerPixel / peakSteps) / Math.log(4) + 1e-9);
  return Math.min(levelsMax, Math.max(0, Number.isFinite(level) ? level : 0));
}

/** Peaks of one take at one level, from step `index · tileSteps(level)` on. */
export interface Tile {
  /** Lowest and highest, alternately, in 1/127. */
  readonly pairs: Int8Array;
  /** 1 where there is anything of a pair. */
  readonly present: Uint8Array;
  /** Something in it is newer, or less sure, than what the service would say now. */
  stale: boolean;
  loadedAtMillis: number;
}

export function emptyTile(): Tile {
  return { pairs: new Int8Array(tilePairs * 2), present: new Uint8Array(tilePairs), stale: true, loadedAtMillis: 0 };
}

/** Ranges of steps, half open: `0-64,128-256`. Undefined where the text is anything else. */
export function parsePresent(text: string | null): (readonly [from: number, to: number])[] | undefined {
  if (text === null) return undefined;
  if (text.trim() === '') return [];
  const ranges: (readonly [number, number])[] = [];
  for (const part of text.split(',')) {
    const found = /^(\d{1,15})-(\d{1,15})$/.exec(part.trim());
    const [from, to] = [Number(found?.[1]), Number(found?.[2])];
    if (found === null || to < from) return undefined;
    ranges.push([from, to]);
  }
  return ranges;
}

/** Marks every pair of a tile that has anything in one of the ranges. */
export function markPresent(tile: Tile, level: number, index: number, ranges: readonly (readonly [number, number])[]) {
  const first = index * tilePairs;
  for (const [from, to] of ranges) {
    const start = Math.max(0, Math.floor(from / pairSteps(level)) - first);
    const end = Math.min(tilePairs, Math.ceil(to / pairSteps(level)) - first);
    if (end > start) tile.present.fill(1, start, end);
  }
}

export interface Columns {
  /** In 1/127; where `present` is 0 there is no sound at all. */
  readonly low: Int8Array;
  readonly high: Int8Array;
  readonly present: Uint8Array;
}

/** Folds pairs into pixels: column k holds the steps from `fromStep + k · stepsPerPixel` on. */
export function columnsOf(
  tileAt: (index: number) => Tile | undefined,
  level: number,
  fromStep: number,
  stepsPerPixel: number,
  width: number,
): Columns {
  const columns = { low: new Int8Array(width), high: new Int8Array(width), present: new Uint8Array(width) };
  const steps = pairSteps(level);
  let index = Number.NaN;
  let tile: Tile | undefined;
  for (let column = 0; column < width; column += 1) {
    const start = fromStep + column * stepsPerPixel;
    const firstPair = Math.floor(start / steps);
    const lastPair = Math.max(firstPair, Math.ceil((start + stepsPerPixel) / steps) - 1);
    let low = 127;
    let high = -127;
    for (let pair = Math.max(0, firstPair); pair <= lastPair; pair += 1) {
      const wanted = Math.floor(pair / tilePairs);
      if (wanted !== index) {
        index = wanted;
        tile = tileAt(index);
      }
      const at = pair - index * tilePairs;
      if (tile === undefined || tile.present[at] !== 1) continue;
      low = Math.min(low, tile.pairs[2 * at] ?? 0);
      high = Math.max(high, tile.pairs[2 * at + 1] ?? 0);
      columns.present[column] = 1;
    }
    if (columns.present[column] !== 1) continue;
    columns.low[column] = low;
    columns.high[column] = high;
  }
  return columns;
}
