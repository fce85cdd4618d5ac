import type { Range } from '../geometry/axis.js';
import { heatColour, heatOf } from '../geometry/heat.js';
import { type LaneMemory, type LaneSpan, lowerBound } from '../state/lane-memory.js';

/** So many colours from cold to hot: finer steps cannot be told apart in a waveform. */
const heatSteps = 28;

/** The lane at so many frames, evenly spaced; NaN where it is not known. */
export function valuesAlong(span: LaneSpan, fromFrame: number, framesPerColumn: number, width: number): Float32Array {
  const values = new Float32Array(width).fill(Number.NaN);
  const { frames } = span;
  let after = lowerBound(frames, fromFrame);
  for (let column = 0; column < width; column += 1) {
    const frame = fromFrame + column * framesPerColumn;
    while (after < frames.length && (frames[after] ?? 0) <= frame) after += 1;
    const [left, right] = [frames[after - 1], frames[after]];
    if (left === undefined || (right === undefined && left < frame - framesPerColumn)) continue;
    const value = span.values[after - 1] ?? Number.NaN;
    const next = span.values[after] ?? value;
    values[column] = right === undefined ? value : value + ((next - value) * (frame - left)) / (right - left);
  }
  return values;
}

/** The same for what a page has received live: of an epoch, or of all of them with the newest on top. */
export function valuesOfMemory(
  memory: LaneMemory,
  epoch: number | undefined,
  fromFrame: number,
  framesPerColumn: number,
  width: number,
): Float32Array {
  const values = new Float32Array(width).fill(Number.NaN);
  for (const span of memory) {
    if (epoch !== undefined && span.epoch !== epoch) continue;
    overlay(values, valuesAlong(span, fromFrame, framesPerColumn, width));
  }
  return values;
}

/** What is known of the second covers the first. */
export function overlay(under: Float32Array, over: Float32Array): void {
  for (let column = 0; column < under.length; column += 1) {
    const value = over[column] ?? Number.NaN;
    if (!Number.isNaN(value)) under[column] = value;
  }
}

/** Runs of columns of one colour: [from, to) and its heat, 0 to 1; undefined: the temperature is not known. */
export interface HeatRun {
  readonly from: number;
  readonly to: number;
  readonly heat: number | undefined;
}

export function heatRuns(temperatures: Float32Array, useful: Range): HeatRun[] {
  const runs: HeatRun[] = [];
  const stepOf = (column: number) => {
    const value = temperatures[column] ?? Number.NaN;
    return Number.isNaN(value) ? -1 : Math.round(heatOf(value, useful) * (heatSteps - 1));
  };
  let from = 0;
  for (let column = 1; column <= temperatures.length; column += 1) {
    const step = stepOf(from);
    if (column < temperatures.length && stepOf(column) === step) continue;
    runs.push({ from, to: column, heat: step < 0 ? undefined : step / (heatSteps - 1) });
    from = column;
  }
  return runs;
}

const made = new Map<string, string>();

/** As heatColour, remembered: a painter asks for the same few again and again. */
export function cachedHeatColour(heat: number, lightness: number): string {
  const key = `${heat.toFixed(3)} ${lightness}`;
  let colour = made.get(key);
  if (colour === undefined) {
    colour = heatColour(heat, lightness);
    if (made.size > 2_000) made.clear();
    made.set(key, colour);
  }
  return colour;
}
