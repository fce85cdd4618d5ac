import type { Range } from './axis.js';

/** What of the song is on view: from `start` on, in song seconds, so many of them a pixel. */
export interface SongWindow {
  readonly start: number;
  readonly secondsPerPixel: number;
}

/** From a step of 16 kHz in some pixels to two hours on a telephone. */
const secondsPerPixelMin = 0.0005;
const secondsPerPixelMax = 24;

export function rangeOf(window: SongWindow, width: number): Range {
  return { start: window.start, end: window.start + width * window.secondsPerPixel };
}

export function xOf(window: SongWindow, seconds: number): number {
  return (seconds - window.start) / window.secondsPerPixel;
}

export function secondsAt(window: SongWindow, x: number): number {
  return window.start + x * window.secondsPerPixel;
}

/** Zooms by a factor (below 1: closer) so that what lies at `x` stays there. */
export function zoomed(window: SongWindow, factor: number, x: number): SongWindow {
  const secondsPerPixel = clampScale(window.secondsPerPixel * factor);
  return { start: secondsAt(window, x) - x * secondsPerPixel, secondsPerPixel };
}

export function scrolled(window: SongWindow, pixels: number): SongWindow {
  return { ...window, start: window.start + pixels * window.secondsPerPixel };
}

/** All of a range, with a little air. */
export function fitted(range: Range, width: number): SongWindow {
  const length = Math.max(0.02, range.end - range.start);
  const secondsPerPixel = clampScale((length * 1.04) / Math.max(1, width));
  return { start: range.start - length * 0.02, secondsPerPixel };
}

/** Where the playhead turns the page, and where it then is on the next one. */
const turnAtPart = 0.92;
const turnToPart = 0.08;

/**
 * The same zoom, with the playhead in sight: it walks over the page and turns it, as in a DAW. So the picture stands
 * still while one looks at it, and is not drawn anew at every frame.
 */
export function following(window: SongWindow, playhead: number, width: number): SongWindow {
  const part = (playhead - window.start) / (width * window.secondsPerPixel);
  if (part >= 0 && part <= turnAtPart) return window;
  return { ...window, start: playhead - width * turnToPart * window.secondsPerPixel };
}

/**
 * Moves a window to a whole number of its own pixels, so that a column of the waveform always holds the same steps and
 * does not shimmer while it scrolls.
 */
export function snapped(window: SongWindow): SongWindow {
  return { ...window, start: Math.floor(window.start / window.secondsPerPixel + 1e-6) * window.secondsPerPixel };
}

/** Keeps some of the song in view, however far one scrolls. */
export function keptInView(window: SongWindow, content: Range, width: number): SongWindow {
  const span = width * window.secondsPerPixel;
  const start = Math.min(content.end - span * 0.1, Math.max(content.start - span * 0.9, window.start));
  return { ...window, start };
}

function clampScale(secondsPerPixel: number): number {
  return Math.min(secondsPerPixelMax, Math.max(secondsPerPixelMin, secondsPerPixel));
}
