import type { LanePoints } from '../core/monitor.js';
import { thin } from '../core/thin-lane.js';
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
