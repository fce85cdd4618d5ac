import type { LanePoints } from '../../../service/src/core/monitor.js';

/** One passage of the song in one epoch, in song frames. */
export interface LaneSpan {
  readonly epoch: number;
  readonly frames: readonly number[];
  readonly values: readonly number[];
}

/**
 * A lane as a page remembers it: over the song, not over the clock. What comes lies over what was there: within an
 * epoch a span replaces everything at and after its first frame, and it covers older epochs where it lies. So a
 * loop draws over itself, and the lane stays to be seen when the transport stops.
 */
export type LaneMemory = readonly LaneSpan[];

const pointsMax = 4_096;
const spansMax = 24;

export function remember(memory: LaneMemory, epoch: number, points: LanePoints): LaneMemory {
  const first = points.frames[0];
  const last = points.frames.at(-1);
  if (first === undefined || last === undefined) return memory;
  const before = memory.find((span) => span.epoch === epoch);
  const kept = before === undefined ? undefined : cut(before, Number.NEGATIVE_INFINITY, first);
  const joined = thinned({
    epoch,
    frames: [...(kept?.frames ?? []), ...points.frames],
    values: [...(kept?.values ?? []), ...points.values.slice(0, points.frames.length)],
  });
  const older = memory
    .filter((span) => span.epoch !== epoch)
    .flatMap((span) => [cut(span, Number.NEGATIVE_INFINITY, first), cut(span, last + 1, Number.POSITIVE_INFINITY)])
    .filter((span) => span.frames.length > 1);
  return [...older, joined].slice(-spansMax);
}

/** The points from `from` (included) to `to` (excluded). */
function cut(span: LaneSpan, from: number, to: number): LaneSpan {
  const start = lowerBound(span.frames, from);
  const end = lowerBound(span.frames, to);
  return { epoch: span.epoch, frames: span.frames.slice(start, end), values: span.values.slice(start, end) };
}

/** The first index whose frame is not below `frame`. */
export function lowerBound(frames: readonly number[], frame: number): number {
  let low = 0;
  let high = frames.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((frames[middle] ?? 0) < frame) low = middle + 1;
    else high = middle;
  }
  return low;
}

/**
 * First, lowest, highest and last of each column: what a line through all points would show there. `columnOf` must
 * not fall from one point to the next.
 */
export function decimate(span: LaneSpan, columnOf: (frame: number) => number): LaneSpan {
  const frames: number[] = [];
  const values: number[] = [];
  let from = 0;
  while (from < span.frames.length) {
    const column = columnOf(span.frames[from] ?? 0);
    let to = from;
    let lowest = from;
    let highest = from;
    for (; to < span.frames.length && columnOf(span.frames[to] ?? 0) === column; to += 1) {
      const value = span.values[to] ?? 0;
      if (value < (span.values[lowest] ?? 0)) lowest = to;
      if (value > (span.values[highest] ?? 0)) highest = to;
    }
    for (const index of [...new Set([from, lowest, highest, to - 1])].sort((left, right) => left - right)) {
      frames.push(span.frames[index] ?? 0);
      values.push(span.values[index] ?? 0);
    }
    from = to;
  }
  return { epoch: span.epoch, frames, values };
}

function thinned(span: LaneSpan): LaneSpan {
  if (span.frames.length <= pointsMax) return span;
  const first = span.frames[0] ?? 0;
  const framesPerColumn = Math.max(1, ((span.frames.at(-1) ?? 0) - first) / (pointsMax / 8));
  return decimate(span, (frame) => Math.floor((frame - first) / framesPerColumn));
}

/** The value of one epoch's lane at a frame, if the lane is known there. At a corner: what it has after it. */
export function valueAt(memory: LaneMemory, epoch: number, frame: number): number | undefined {
  const span = memory.find((candidate) => candidate.epoch === epoch);
  if (span === undefined) return undefined;
  const after = lowerBound(span.frames, frame + Number.EPSILON * Math.abs(frame) + 1e-9);
  const [leftFrame, left] = [span.frames[after - 1], span.values[after - 1]];
  const [rightFrame, right] = [span.frames[after], span.values[after]];
  if (leftFrame === undefined || left === undefined) return undefined;
  if (rightFrame === undefined || right === undefined) return leftFrame === frame ? left : undefined;
  return left + ((right - left) * (frame - leftFrame)) / (rightFrame - leftFrame);
}

/** The frames and values that a memory covers, or nothing. */
export function extentOf(memory: LaneMemory): { frames: [number, number]; values: [number, number] } | undefined {
  let found: { frames: [number, number]; values: [number, number] } | undefined;
  for (const { frames, values } of memory) {
    const first = frames[0];
    const last = frames.at(-1);
    if (first === undefined || last === undefined) continue;
    found ??= { frames: [first, last], values: [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY] };
    found.frames = [Math.min(found.frames[0], first), Math.max(found.frames[1], last)];
    for (const value of values) {
      found.values[0] = Math.min(found.values[0], value);
      found.values[1] = Math.max(found.values[1], value);
    }
  }
  return found;
}
