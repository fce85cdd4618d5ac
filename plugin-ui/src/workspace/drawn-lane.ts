import type { Interpolation, LanePoint } from '../../../service/src/core/lane.js';
import { limits } from '../../../service/src/core/limits.js';

/** A lane drawn on the page: breakpoints by rising song frame, whole frames, temperatures of 0 to 2. */
export type DrawnPoints = readonly LanePoint[];

/** As many as a command may carry (service/src/core/page-commands.ts). */
export const drawnPointsMax = 4_096;

export function clampTemperature(value: number): number {
  return Math.round(Math.min(limits.temperatureMax, Math.max(0, value)) * 1_000) / 1_000;
}

/** Puts a point where there is none, or sets the one that is at this very frame. Says which it is. */
export function addPoint(
  points: DrawnPoints,
  frame: number,
  value: number,
  interpolation: Interpolation = 'linear',
): { points: DrawnPoints; index: number } {
  const point = { frame: Math.round(frame), value: clampTemperature(value), interpolation };
  const at = points.findIndex((other) => other.frame >= point.frame);
  const index = at < 0 ? points.length : at;
  if (points[index]?.frame === point.frame) return { points: points.with(index, point), index };
  if (points.length >= drawnPointsMax) return { points, index: Math.min(index, points.length - 1) };
  return { points: points.toSpliced(index, 0, point), index };
}

/** A point never passes its neighbours. */
export function movePoint(points: DrawnPoints, index: number, frame: number, value: number): DrawnPoints {
  const point = points[index];
  if (point === undefined) return points;
  const least = (points[index - 1]?.frame ?? Number.NEGATIVE_INFINITY) + 1;
  const most = (points[index + 1]?.frame ?? Number.POSITIVE_INFINITY) - 1;
  const placed = least > most ? point.frame : Math.min(most, Math.max(least, Math.round(frame)));
  return points.with(index, { ...point, frame: placed, value: clampTemperature(value) });
}

export function removePoint(points: DrawnPoints, index: number): DrawnPoints {
  return points[index] === undefined ? points : points.toSpliced(index, 1);
}

export function setInterpolation(points: DrawnPoints, index: number, interpolation: Interpolation): DrawnPoints {
  const point = points[index];
  return point === undefined ? points : points.with(index, { ...point, interpolation });
}

/** Puts a curve in the place of whatever was in its range. */
export function insertCurve(points: DrawnPoints, curve: DrawnPoints): DrawnPoints {
  const first = curve[0]?.frame;
  const last = curve.at(-1)?.frame;
  if (first === undefined || last === undefined) return points;
  const before = points.filter(({ frame }) => frame < first);
  const after = points.filter(({ frame }) => frame > last);
  return before.length + curve.length + after.length > drawnPointsMax ? points : [...before, ...curve, ...after];
}

/** What the lane is at a frame: before its first point that one's value, after the last that one's. */
export function drawnValueAt(points: DrawnPoints, frame: number): number | undefined {
  const after = points.findIndex((point) => point.frame > frame);
  const left = after < 0 ? points.at(-1) : points[after - 1];
  const right = after < 0 ? undefined : points[after];
  if (left === undefined) return right?.value;
  if (right === undefined || right.interpolation === 'hold') return left.value;
  return left.value + ((right.value - left.value) * (frame - left.frame)) / (right.frame - left.frame);
}

/** A lane for a command: one that reaches back to `fromFrame`. */
export function laneFor(points: DrawnPoints, fromFrame: number): DrawnPoints {
  const first = points[0];
  if (first === undefined || first.frame <= fromFrame) return points;
  const start: LanePoint = { frame: fromFrame, value: first.value, interpolation: 'hold' };
  // One that is full already gives up the start of a line that would be level.
  return points.length < drawnPointsMax ? [start, ...points] : [start, ...points.slice(1)];
}
