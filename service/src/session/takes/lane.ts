import type { LanePoints } from '../../core/monitor.js';
import { temperatureGrid } from '../../core/shaping.js';
import { thin } from '../../core/thin-lane.js';
import type { Clock, SongFrame, Step } from '../../core/units.js';
import type { Runs } from '../../take/runs.js';
import type { TakeRecord } from '../../take/take-record.js';

/** What a picture needs: four points for each of a thousand columns. */
const pointsMax = 4096;
/** Between two steps a lane that goes on smoothly changes by less. */
const jump = 0.01;

/** The lane that a take was delivered, and the one its draws used. */
export interface TakeLane {
  readonly delivered: LanePoints;
  readonly evaluated: LanePoints;
}

/** The lanes of `record` within song frames [from, to), thinned to what a picture can show. */
export function laneOfTake(record: TakeRecord, clock: Clock, from: SongFrame, to: SongFrame): TakeLane {
  const [first, end] = [clock.firstStepAt(from), clock.firstStepAt(to)];
  return {
    delivered: lanePoints(record, (owner) => owner.deliveredTemperature, clock, first, end),
    evaluated: lanePoints(record, (owner) => owner.effectiveTemperature, clock, first, end),
  };
}

function lanePoints(
  record: TakeRecord,
  runsOf: (owner: TakeRecord) => Runs,
  clock: Clock,
  first: Step,
  end: Step,
): LanePoints {
  let points: { frames: number[]; values: number[] } = { frames: [], values: [] };
  const add = (step: Step, value: number) => {
    points.frames.push(Math.round(clock.frameOfStep(step)));
    points.values.push(value);
    if (points.frames.length > 4 * pointsMax) points = thin(points, pointsMax);
  };
  for (const owner of chainOf(record)) {
    const ownEnd = Math.min(end, owner.endStep);
    let step = owner.record.origin.firstStep;
    for (const [count, grid] of runsOf(owner.record).entries()) {
      const [from, to] = [Math.max(step, first), Math.min(step + count, ownEnd)];
      step += count;
      if (to <= from) continue;
      const value = grid / temperatureGrid;
      const before = points.values.at(-1);
      // A held value is shown as a corner: two points at the same frame.
      if (before !== undefined && Math.abs(value - before) > jump) add(from, before);
      add(from, value);
      if (to - from > 1) add(to - 1, value);
    }
  }
  return points.frames.length > pointsMax ? thin(points, pointsMax) : points;
}

/** The records that describe a take, the first one first, each up to where the next begins. */
function chainOf(record: TakeRecord): { record: TakeRecord; endStep: Step }[] {
  const chain: { record: TakeRecord; endStep: Step }[] = [];
  let endStep = record.endStep;
  for (let owner: TakeRecord | undefined = record; owner !== undefined; owner = owner.origin.parent) {
    chain.unshift({ record: owner, endStep });
    endStep = Math.min(endStep, owner.origin.firstStep);
  }
  return chain;
}
