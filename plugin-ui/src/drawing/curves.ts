import type { LanePoint } from '../../../service/src/core/lane.js';
import { clampTemperature, type DrawnPoints } from '../workspace/drawn-lane.js';

export const curveNames = ['ramp up', 'ramp down', 'sine', 'steps', 's-curve', 'random walk'] as const;
export type CurveName = (typeof curveNames)[number];

/** Points of a bent curve: enough that its lines look round at the width of a screen. */
const bentPoints = 33;
const stairs = 8;
const walkPoints = 25;

export interface CurvePlace {
  readonly fromFrame: number;
  readonly toFrame: number;
  /** The temperatures it runs between. */
  readonly low: number;
  readonly high: number;
  /** 0 to 1, for the walk. */
  readonly random: () => number;
}

/** A curve over a range of the song; fewer points where the range has not that many frames. */
export function curve(name: CurveName, { fromFrame, toFrame, low, high, random }: CurvePlace): DrawnPoints {
  const at = (count: number, part: (x: number) => number, interpolation: LanePoint['interpolation'] = 'linear') =>
    unique(
      Array.from({ length: count }, (_, index): LanePoint => {
        const x = count > 1 ? index / (count - 1) : 0;
        return {
          frame: Math.round(fromFrame + (toFrame - fromFrame) * x),
          value: clampTemperature(low + (high - low) * part(x)),
          interpolation: index === 0 ? 'hold' : interpolation,
        };
      }),
    );
  switch (name) {
    case 'ramp up':
      return at(2, (x) => x);
    case 'ramp down':
      return at(2, (x) => 1 - x);
    case 'sine':
      return at(bentPoints, (x) => 0.5 - 0.5 * Math.cos(2 * Math.PI * x));
    case 's-curve':
      return at(bentPoints, (x) => x * x * (3 - 2 * x));
    case 'steps':
      return at(stairs + 1, (x) => Math.min(1, Math.floor(x * stairs + 1e-9) / (stairs - 1)), 'hold');
    case 'random walk':
      return at(walkPoints, walk(random));
  }
}

/** Wanders, and turns back at the edges. */
function walk(random: () => number): () => number {
  let place = 0.5;
  return () => {
    place += (random() - 0.5) * 0.45;
    if (place < 0) place = -place;
    if (place > 1) place = 2 - place;
    return place;
  };
}

function unique(points: LanePoint[]): LanePoint[] {
  return points.filter((point, index) => index === 0 || point.frame > (points[index - 1]?.frame ?? 0));
}
