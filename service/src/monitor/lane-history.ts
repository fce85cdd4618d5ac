import type { LanePoints } from '../core/monitor.js';
import type { LaneStretch } from '../session/observe.js';
import type { MonitorLimits } from './limits.js';

type LaneLimits = Pick<MonitorLimits, 'laneSessionsMax' | 'laneEpochsMax' | 'lanePointsKept' | 'lanePointsMax'>;

/**
 * The lane so far, for pages that open later, and what came since the last tick, for those that are open. Bounded in
 * every direction: the oldest session, the oldest passage and detail give way, in this order of keys.
 */
export class LaneHistory {
  private readonly sessions = new Map<string, Map<number, LaneStretch>>();
  private readonly listed = new Set<string>();

  constructor(private readonly limits: LaneLimits) {}

  add(stretch: LaneStretch): void {
    const passages = this.sessions.get(stretch.session) ?? new Map<number, LaneStretch>();
    // Set anew, so that the map's order is the order of last use.
    this.sessions.delete(stretch.session);
    this.sessions.set(stretch.session, passages);
    const before = passages.get(stretch.epoch);
    passages.set(stretch.epoch, {
      session: stretch.session,
      epoch: stretch.epoch,
      delivered: this.extend(before?.delivered, stretch.delivered),
      evaluated: this.extend(before?.evaluated, stretch.evaluated),
    });
    dropOldest(passages, this.limits.laneEpochsMax);
    dropOldest(this.sessions, this.limits.laneSessionsMax);
  }

  /** Forgets sessions that were listed and are no more. One that is not listed yet is kept. */
  retain(ids: ReadonlySet<string>): void {
    for (const id of this.listed) {
      if (ids.has(id)) continue;
      this.listed.delete(id);
      this.sessions.delete(id);
    }
    for (const id of ids) this.listed.add(id);
  }

  /** Oldest first: a page that lays them over each other in this order ends with the newest on top. */
  all(): LaneStretch[] {
    return [...this.sessions.values()].flatMap((passages) => [...passages.values()]);
  }

  clear(): void {
    this.sessions.clear();
    this.listed.clear();
  }

  private extend(before: LanePoints | undefined, added: LanePoints): LanePoints {
    const joined = before === undefined ? tidy(added) : splice(before, tidy(added));
    return joined.frames.length > this.limits.lanePointsMax ? thin(joined, this.limits.lanePointsKept) : joined;
  }
}

/** Later knowledge wins: all at and after the first added frame is replaced. */
export function splice(before: LanePoints, added: LanePoints): LanePoints {
  const first = added.frames[0];
  if (first === undefined) return before;
  let keep = before.frames.length;
  while (keep > 0 && (before.frames[keep - 1] ?? 0) >= first) keep -= 1;
  return {
    frames: [...before.frames.slice(0, keep), ...added.frames],
    values: [...before.values.slice(0, keep), ...added.values],
  };
}

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

/** Four decimals are finer than any screen, and a fifth of the bytes. Unequal lengths are cut to the shorter. */
function tidy(points: LanePoints): LanePoints {
  const length = Math.min(points.frames.length, points.values.length);
  return {
    frames: points.frames.slice(0, length),
    values: points.values.slice(0, length).map((value) => Math.round(value * 10_000) / 10_000),
  };
}

function dropOldest<Key>(map: Map<Key, unknown>, sizeMax: number): void {
  for (const key of map.keys()) {
    if (map.size <= sizeMax) return;
    map.delete(key);
  }
}
