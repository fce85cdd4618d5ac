import type { Drawn } from './ardour/plan.js';

/** One of the permanent demonstrations: what is drawn in the host. */
export interface Experiment {
  readonly id: string;
  readonly title: string;
  readonly model: string;
  readonly seed: number;
  readonly seconds: number;
  /** Seconds and temperatures, joined by lines. */
  readonly lane: readonly (readonly [seconds: number, temperature: number])[];
}

export const experiments: readonly Experiment[] = [
  {
    id: 'S1',
    title: 'constant temperature 1.0',
    model: 'one-song',
    seed: 1,
    seconds: 30,
    lane: [
      [0, 1],
      [30, 1],
    ],
  },
  {
    id: 'S2',
    title: 'temperature 0.75 → 1.1 → 0.75',
    model: 'one-song',
    seed: 1,
    seconds: 30,
    lane: [
      [0, 0.75],
      [15, 1.1],
      [30, 0.75],
    ],
  },
];

export function drawnLane({ lane }: Experiment, sampleRateHz: number): Drawn[] {
  return lane.map(([seconds, value]) => ({ frame: seconds * sampleRateHz, value }));
}
