import type { Experiment } from '../../../service/src/core/experiment.js';
import { experimentLane } from '../../../service/src/core/experiment.js';
import type { LanePoint } from '../../../service/src/core/lane.js';

/** The temperatures that takes are compared at. */
const temperatures = [0.5, 0.65, 0.75, 0.85, 0.95, 1, 1.1, 1.25, 1.5];
/** The levels that a lane holds over the guide, and for how long each. */
const levels = [0.75, 0.8, 0.85, 0.9, 0.95, 1, 1.05, 1.1];
const levelSeconds = 5;

/** A take that the figures need. */
export interface WantedTake {
  /** Takes of a group differ in their seed alone. */
  readonly group: string;
  readonly seed: number;
  readonly seconds: number;
  readonly lane: readonly LanePoint[];
  /** How much of the guide; undefined where there is none. */
  readonly guideAmount: number | undefined;
}

export interface Extent {
  readonly seedCount: number;
  /** Length of the takes that hold a temperature. */
  readonly seconds: number;
}

/** Every take of the report, for one model at its own rate. `s1` and `s2` are the experiments of these names. */
export function wantedTakes(
  { seedCount, seconds }: Extent,
  rateHz: number,
  experiments: { readonly s1: Experiment; readonly s2: Experiment },
): WantedTake[] {
  const seeds = Array.from({ length: seedCount }, (_, index) => index + 1);
  const hold = (value: number): LanePoint[] => [{ frame: 0, value, interpolation: 'hold' }];
  const levelLane = levels.map(
    (value, place): LanePoint => ({ frame: place * levelSeconds * rateHz, value, interpolation: 'hold' }),
  );
  const { s1, s2 } = experiments;
  const of = (group: string, lane: readonly LanePoint[], length: number, guideAmount?: number) =>
    seeds.map((seed) => ({ group, seed, seconds: length, lane, guideAmount }));
  return [
    ...temperatures.flatMap((temperature) => of(`t${temperature}`, hold(temperature), seconds)),
    ...of('S1', experimentLane(s1, rateHz), s1.seconds),
    ...of('S2', experimentLane(s2, rateHz), s2.seconds),
    ...of('S3-levels', levelLane, levels.length * levelSeconds, 1),
    ...of('S3-free', levelLane, levels.length * levelSeconds),
    ...of('S3-off', experimentLane(s2, rateHz), s2.seconds, 0),
    ...of('S3-touch', experimentLane(s2, rateHz), s2.seconds, 0.01),
  ];
}
