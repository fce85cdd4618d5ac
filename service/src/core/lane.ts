import { Failure } from './failure.js';
import type { SongFrame } from './units.js';

/** How the lane arrives at a point from the one before it: by a straight line, or by a jump at the point's own frame. */
export type Interpolation = 'linear' | 'hold';

/** A point of a lane. `frame` is a song frame, whole when it came from a host; `value` is a temperature, 0 to 2. */
export interface LanePoint {
  readonly frame: number;
  readonly value: number;
  readonly interpolation: Interpolation;
}

/** What one process block said of the lane, in song frames. `points` rise and lie within [startFrame, endFrame]. */
export interface LaneBlock {
  readonly startFrame: SongFrame;
  /** The lane's value at startFrame, before any point there. */
  readonly valueAtStart: number;
  readonly points: readonly LanePoint[];
}

/** Forgotten points are cut off in runs of this many, so that forgetting costs nothing on average. */
const forgottenPointsMax = 1024;

/**
 * A temperature lane that grows at its end. Two points at the same frame are a jump; at that frame the later one
 * counts. Before its first point the lane holds the first value backwards, after its last point the last one.
 */
export class Lane {
  #points: LanePoint[] = [];
  /** Points before this index are forgotten. */
  #first = 0;

  static from(points: Iterable<LanePoint>): Lane {
    const lane = new Lane();
    for (const point of points) lane.append(point);
    return lane;
  }

  /** The points that are still known, by rising frame. */
  get points(): readonly LanePoint[] {
    return this.#points.slice(this.#first);
  }

  get last(): LanePoint | undefined {
    return this.#points.at(-1);
  }

  /** @throws Failure `invalid` when the point lies before the last one or its value is not finite. */
  append(point: LanePoint): void {
    const last = this.last;
    if (!Number.isFinite(point.frame) || !Number.isFinite(point.value)) {
      throw new Failure('invalid', 'A lane point is not a finite number.');
    }
    if (last !== undefined && point.frame < last.frame) {
      throw new Failure('invalid', `A lane point at frame ${point.frame} comes after one at ${last.frame}.`);
    }
    this.#points.push(point);
  }

  /** Appends what a host said of one block, and returns the points that this added. */
  appendBlock(block: LaneBlock): LanePoint[] {
    const count = this.#points.length;
    const last = this.last;
    const arrivesByLine = block.points[0]?.interpolation === 'linear';
    const jumps = last === undefined || last.value !== block.valueAtStart;
    // The value holds until the block begins: a line inside it starts there and not at the last point.
    if (jumps || (arrivesByLine && last.frame < block.startFrame)) {
      this.append({ frame: block.startFrame, value: block.valueAtStart, interpolation: 'hold' });
    }
    for (const point of block.points) this.append(point);
    return this.#points.slice(count);
  }

  /** The lane's value at a position in song frames, which need not be whole. NaN for a lane without points. */
  valueAt(frame: number): number {
    const after = this.#indexAfter(frame);
    const next = this.#points[after];
    const from = after > this.#first ? this.#points[after - 1] : next;
    if (from === undefined) return Number.NaN;
    if (next === undefined || next === from || next.interpolation === 'hold') return from.value;
    // Multiplied before divided: a ramp of representable values stays exact wherever a host cuts it.
    return from.value + ((next.value - from.value) * (frame - from.frame)) / (next.frame - from.frame);
  }

  /** The mean of the lane's values from `from` to `to`; exactly the value where it is constant. NaN for a lane without points. */
  meanOver(from: number, to: number): number {
    const start = this.valueAt(from);
    let constant = true;
    let area = 0;
    let frame = from;
    let value = start;
    for (let index = this.#indexAfter(from); frame < to; index += 1) {
      const next = this.#points[index];
      const end = Math.min(to, next?.frame ?? to);
      // Up to where it jumps a lane has the value it comes with; a line ends on it.
      const arrives = next?.interpolation !== 'linear' ? value : end === next.frame ? next.value : this.valueAt(end);
      area += ((value + arrives) / 2) * (end - frame);
      constant &&= value === start && arrives === start;
      frame = end;
      value = next !== undefined && end === next.frame ? next.value : arrives;
    }
    return constant ? start : area / (to - from);
  }

  /** Gives up the points that no value from `frame` on depends on. */
  forgetBefore(frame: number): void {
    this.#first = Math.max(this.#first, this.#indexAfter(frame) - 1);
    if (this.#first < forgottenPointsMax) return;
    this.#points = this.#points.slice(this.#first);
    this.#first = 0;
  }

  /** Index of the first known point beyond `frame`. */
  #indexAfter(frame: number): number {
    let low = this.#first;
    let high = this.#points.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#points[middle]?.frame ?? Number.POSITIVE_INFINITY) <= frame) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
