/** A part of a number line: seconds of song, or temperature. */
export interface Range {
  readonly start: number;
  readonly end: number;
}

export function spanOf(range: Range): number {
  return range.end - range.start;
}

/** Where a value lies on a line of pixels. */
export function toPixels(value: number, range: Range, length: number): number {
  const span = spanOf(range);
  return span > 0 ? ((value - range.start) / span) * length : 0;
}

export function fromPixels(pixels: number, range: Range, length: number): number {
  return length > 0 ? range.start + (pixels / length) * spanOf(range) : range.start;
}

/** The smallest of 1, 2, 5 times a power of ten that is not below `least`. */
export function niceStep(least: number): number {
  if (!(least > 0) || !Number.isFinite(least)) return 1;
  const power = 10 ** Math.floor(Math.log10(least));
  const factor = [1, 2, 5].find((candidate) => candidate * power >= least * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** Steps that a clock has: seconds up to a half minute, then minutes. */
const timeSteps = [0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800, 3600];

export function niceTimeStep(least: number): number {
  return timeSteps.find((step) => step >= least) ?? Math.ceil(least / 3600) * 3600;
}

export function ticks(range: Range, step: number): number[] {
  if (!(step > 0) || !(spanOf(range) >= 0)) return [];
  const first = Math.ceil(range.start / step - 1e-9);
  const last = Math.floor(range.end / step + 1e-9);
  const count = Math.min(200, last - first + 1);
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * step);
}

const wholeSecondsMax = 120;
const wholeSecondsMin = 8;

/**
 * What of the song is shown. Up to two minutes: all of it, on a scale that grows in steps, so that it stands still
 * most of the time. Beyond that it follows the playhead, which then keeps to three quarters of the width.
 */
export function timeRange(content: Range, playhead: number): Range {
  const start = Math.min(content.start, playhead);
  const end = Math.max(content.end, playhead);
  if (end - start <= wholeSecondsMax) {
    const step = niceTimeStep(Math.max(wholeSecondsMin, (end - start) * 1.06) / 10);
    const from = Math.floor(start / step + 1e-9) * step;
    const length = Math.max(wholeSecondsMin, Math.ceil(((end - from) * 1.03) / step) * step);
    return { start: from, end: from + length };
  }
  const from = Math.max(start, playhead - wholeSecondsMax * 0.75);
  return { start: from, end: from + wholeSecondsMax };
}

/** Temperatures shown: the model's useful range and all that was drawn, with air, on round numbers. */
export function temperatureRange(useful: Range | undefined, content: Range | undefined): Range {
  const lows = [useful?.start, content?.start].filter((value) => value !== undefined);
  const highs = [useful?.end, content?.end].filter((value) => value !== undefined);
  const low = Math.min(...(lows.length > 0 ? lows : [0.5]));
  const high = Math.max(...(highs.length > 0 ? highs : [1.5]));
  const air = Math.max(0.02, (high - low) * 0.12);
  const step = niceStep((high - low + 2 * air) / 8);
  return {
    start: Math.max(0, round(Math.floor((low - air) / step) * step)),
    end: round(Math.ceil((high + air) / step) * step),
  };
}

function round(value: number): number {
  return Math.round(value * 1e6) / 1e6;
}
