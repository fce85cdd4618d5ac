import type { LanePoint } from '../../core/lane.js';
import type { LanePoints } from '../../core/monitor.js';
import type { Clock } from '../../core/units.js';
import type { FinalSteps } from '../../render/take-steps.js';
import type { LaneStretch } from '../observe.js';

/** At most this many points wait for the next stretch; more than a page can show are dropped, the oldest first. */
const waitingPointsMax = 20_000;

interface Points {
  frames: number[];
  values: number[];
}

/** Gathers what is new about one epoch's lane, thinned to what a page can draw, until it is taken. */
export class LaneFeed {
  readonly #session: string;
  readonly #epoch: number;
  readonly #clock: Clock;
  readonly #blockSteps: number;
  #delivered: Points = { frames: [], values: [] };
  #evaluated: Points = { frames: [], values: [] };
  #lastDelivered: number | undefined;

  constructor(session: string, epoch: number, clock: Clock, blockSteps: number) {
    this.#session = session;
    this.#epoch = epoch;
    this.#clock = clock;
    this.#blockSteps = blockSteps;
  }

  addDelivered(points: readonly LanePoint[]): void {
    for (const { frame, value, interpolation } of points) {
      // A held value is shown as a corner: two points at the same frame.
      if (interpolation === 'hold' && this.#lastDelivered !== undefined && this.#lastDelivered !== value) {
        push(this.#delivered, frame, this.#lastDelivered);
      }
      push(this.#delivered, frame, value);
      this.#lastDelivered = value;
    }
  }

  /** One point per model block, and one more where the lane jumps inside a block. */
  addEvaluated(steps: FinalSteps): void {
    let previous: number | undefined;
    for (const [index, value] of steps.temperature.entries()) {
      const step = steps.first + index;
      const jumped = previous !== undefined && Math.abs(value - previous) > 0.01;
      if (jumped || step % this.#blockSteps === 0)
        push(this.#evaluated, Math.round(this.#clock.frameOfStep(step)), value);
      previous = value;
    }
  }

  /** What is new since the last call; undefined: nothing. */
  take(): LaneStretch | undefined {
    if (this.#delivered.frames.length === 0 && this.#evaluated.frames.length === 0) return undefined;
    const stretch: LaneStretch = {
      session: this.#session,
      epoch: this.#epoch,
      delivered: this.#delivered satisfies LanePoints,
      evaluated: this.#evaluated satisfies LanePoints,
    };
    this.#delivered = { frames: [], values: [] };
    this.#evaluated = { frames: [], values: [] };
    return stretch;
  }
}

function push(points: Points, frame: number, value: number): void {
  points.frames.push(frame);
  points.values.push(value);
  if (points.frames.length <= waitingPointsMax) return;
  points.frames.shift();
  points.values.shift();
}
