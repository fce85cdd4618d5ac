import type { Drawn } from './ardour/plan.js';
import { type EpochRecord, frameOfIndex } from './record.js';

/** How far an evaluated lane is from the drawn one. */
export interface LaneError {
  /** Largest difference from every value the drawn lane has within one step of the place (so a jump may be a step off). */
  readonly value: number;
  /** The same within the very place: what a listener of the numbers would call the error. */
  readonly valueInPlace: number;
  /** Jumps of the drawn lane: by how many steps the evaluated one is off, at most. */
  readonly jumpSteps: number;
  readonly steps: number;
}

/** A change of more than this between neighbouring points less than a step apart counts as a jump. */
const jumpMin = 0.02;

/** Drawn points joined by lines; held before the first and after the last. */
export function laneAt(points: readonly Drawn[], frame: number): number {
  const after = points.findIndex((point) => point.frame > frame);
  const next = after < 0 ? undefined : points[after];
  const last = after < 0 ? points.at(-1) : points[after - 1];
  if (last === undefined || next === undefined) return (last ?? next)?.value ?? Number.NaN;
  return last.value + ((next.value - last.value) * (frame - last.frame)) / (next.frame - last.frame);
}

/** Compares the record's temperature, step by step from song frame 0 on, with the lane that was drawn. */
export function compareLane(record: EpochRecord, points: readonly Drawn[], shiftSteps = 0): LaneError {
  const framesPerStep = record.sampleRateHz / record.modelRateHz;
  let value = 0;
  let valueInPlace = 0;
  const corners = points.map(({ frame }) => frame);
  for (const [index, evaluated] of record.temperature.entries()) {
    const frame = frameOfIndex(record, index) + shiftSteps * framesPerStep;
    const [from, to] = [frame - framesPerStep, frame + framesPerStep];
    // Between corners the lane is straight: its extremes lie at the ends of the stretch and at the corners inside.
    const inside = corners.filter((corner) => corner > from && corner < to);
    const values = [from, to, ...inside].map((place) => laneAt(points, place));
    value = Math.max(value, Math.min(...values) - evaluated, evaluated - Math.max(...values));
    valueInPlace = Math.max(valueInPlace, Math.abs(evaluated - laneAt(points, frame)));
  }
  return { value, valueInPlace, jumpSteps: jumpError(record, points, shiftSteps), steps: record.temperature.length };
}

/** For every jump that was drawn, where the evaluated lane crosses its middle. */
function jumpError(record: EpochRecord, points: readonly Drawn[], shiftSteps: number): number {
  const framesPerStep = record.sampleRateHz / record.modelRateHz;
  let worst = 0;
  for (const [index, point] of points.entries()) {
    const before = points[index - 1];
    if (before === undefined || point.frame - before.frame > framesPerStep) continue;
    if (Math.abs(point.value - before.value) < jumpMin) continue;
    const middle = (point.value + before.value) / 2;
    const expected = Math.ceil(point.frame / framesPerStep) - record.rootStep - shiftSteps;
    const rising = point.value > before.value;
    const seen = nearest(expected, record.temperature.length, (step) => {
      const value = record.temperature[step] ?? Number.NaN;
      const last = record.temperature[step - 1] ?? Number.NaN;
      return rising ? value > middle && last <= middle : value < middle && last >= middle;
    });
    worst = Math.max(worst, seen === undefined ? Number.POSITIVE_INFINITY : Math.abs(seen - expected));
  }
  return worst;
}

/** The index nearest to `from` that is as wanted. */
function nearest(from: number, count: number, wanted: (index: number) => boolean): number | undefined {
  for (let distance = 0; distance < count; distance += 1) {
    if (wanted(from + distance)) return from + distance;
    if (wanted(from - distance)) return from - distance;
  }
  return undefined;
}
