import { byLaneInput, type InputLanes, type LaneInput } from '../../service/src/core/input-lanes.js';
import { Lane, type LaneBlock, type LanePoint } from '../../service/src/core/lane.js';

/**
 * What a host that joins points by lines says of a lane, block by block: the value a block begins with, the points inside
 * it, and where a line goes on beyond its end, the value it has there.
 */
export class LaneDelivery {
  readonly #points: readonly LanePoint[];
  #lastValue: number;

  constructor(points: readonly LanePoint[], startFrame: number) {
    this.#points = points;
    const before = points.filter((point) => point.frame < startFrame);
    const next = points.find((point) => point.frame >= startFrame);
    const lane = Lane.from(next?.interpolation === 'linear' ? [...before, next] : before);
    this.#lastValue = before.length > 0 ? lane.valueAt(startFrame) : (next?.value ?? 1);
  }

  block(startFrame: number, frameCount: number): LaneBlock {
    const endFrame = startFrame + frameCount;
    const valueAtStart = this.#lastValue;
    const points = this.#points.filter((point) => point.frame >= startFrame && point.frame < endFrame);
    const next = this.#points.find((point) => point.frame >= endFrame);
    if (next?.interpolation === 'linear') {
      const from = points.at(-1) ?? { frame: startFrame, value: valueAtStart, interpolation: 'hold' };
      const value = Lane.from([from, next]).valueAt(endFrame);
      points.push({ frame: endFrame, value, interpolation: 'linear' });
    }
    this.#lastValue = points.at(-1)?.value ?? valueAtStart;
    return { startFrame, valueAtStart, points };
  }
}

/** What a host says of its inputs in one block; those that are not named here are at their defaults. */
export function blockLanes(startFrame: number, named: Partial<Record<LaneInput, LaneBlock>>): InputLanes {
  return byLaneInput((input, spec) => named[input] ?? { startFrame, valueAtStart: spec.default, points: [] });
}
