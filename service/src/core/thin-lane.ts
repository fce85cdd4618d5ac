import type { LanePoints } from './monitor.js';

/**
 * First, lowest, highest and last of every stretch of equal length: at most `pointsMax` points that look the same when
 * drawn, because a jump or a spike is always one of the four.
 */
export function thin(points: LanePoints, pointsMax: number): LanePoints {
  const { frames, values } = points;
  const start = frames[0] ?? 0;
  const span = (frames.at(-1) ?? 0) - start + 1;
  const buckets = Math.max(1, Math.floor(pointsMax / 4));
  const kept: LanePoints = { frames: [], values: [] };
  let from = 0;
  for (let bucket = 0; bucket < buckets && from < frames.length; bucket += 1) {
    const end = start + (span * (bucket + 1)) / buckets;
    let to = from;
    while (to < frames.length && ((frames[to] ?? 0) < end || bucket === buckets - 1)) to += 1;
    for (const index of corners(values, from, to)) {
      kept.frames.push(frames[index] ?? 0);
      kept.values.push(values[index] ?? 0);
    }
    from = to;
  }
  return kept;
}

function corners(values: readonly number[], from: number, to: number): number[] {
  if (from >= to) return [];
  let lowest = from;
  let highest = from;
  for (let index = from; index < to; index += 1) {
    const value = values[index] ?? 0;
    if (value < (values[lowest] ?? 0)) lowest = index;
    if (value > (values[highest] ?? 0)) highest = index;
  }
  return [...new Set([from, lowest, highest, to - 1])].sort((left, right) => left - right);
}
