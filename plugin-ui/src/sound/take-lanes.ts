import { z } from 'zod';
import { lanePointsSchema } from '../../../service/src/core/monitor.js';
import type { LaneSpan } from '../state/lane-memory.js';
import { FetchQueue } from './fetch-queue.js';
import { LruCache } from './lru-cache.js';
import type { Fetch } from './peaks.js';

const laneSchema = z.object({ delivered: lanePointsSchema, evaluated: lanePointsSchema });

export interface TakeLane {
  readonly delivered: LaneSpan;
  readonly evaluated: LaneSpan;
}

interface Known {
  readonly lane: TakeLane;
  readonly toFrame: number;
  readonly atMillis: number;
}

const lanesMax = 64;
const staleMillis = 3_000;

/** The lanes that takes were drawn under, as the service remembers them. */
export class TakeLanes {
  private readonly known = new LruCache<Known>(lanesMax);
  private readonly fetches: FetchQueue;

  constructor(private readonly options: { fetch: Fetch; now: () => number; arrived: () => void }) {
    this.fetches = new FetchQueue(options.now, { atOnceMax: 2, waitingMax: 64, retryMillis: 4_000 });
  }

  /** Of a take that reaches from one song frame to the other. */
  of(session: string, take: string, fromFrame: number, toFrame: number): TakeLane | undefined {
    if (!(toFrame > fromFrame)) return undefined;
    const key = `${session}/${take}`;
    const known = this.known.get(key);
    const old = known === undefined || (known.toFrame < toFrame && this.options.now() - known.atMillis > staleMillis);
    if (old) this.fetches.request(key, (signal) => this.load(key, session, take, fromFrame, toFrame, signal));
    return known?.lane;
  }

  private async load(
    key: string,
    session: string,
    take: string,
    fromFrame: number,
    toFrame: number,
    signal: AbortSignal,
  ): Promise<void> {
    const place = `takes/${encodeURIComponent(session)}/${encodeURIComponent(take)}`;
    const response = await this.options.fetch(`${place}/lane?from=${fromFrame}&to=${toFrame}`, signal);
    if (!response.ok) throw new Error('No such lane.');
    const { delivered, evaluated } = laneSchema.parse(await response.json());
    const lane = { delivered: { epoch: 0, ...delivered }, evaluated: { epoch: 0, ...evaluated } };
    this.known.set(key, { lane, toFrame, atMillis: this.options.now() });
    this.options.arrived();
  }
}
