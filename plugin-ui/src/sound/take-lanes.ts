import { z } from 'zod';
import { lanePointsSchema } from '../../../service/src/core/monitor.js';
import type { Stretch } from '../state/lane-memory.js';
import { Errands } from './fetch-queue.js';
import { Recent } from './lru-cache.js';
import type { Fetch } from './peaks.js';

const laneSchema = z.object({ delivered: lanePointsSchema, evaluated: lanePointsSchema });

export interface TakeLane {
  readonly delivered: Stretch;
  readonly evaluated: Stretch;
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
  private readonly known = new Recent<Known>(lanesMax);
  private readonly errands: Errands;

  constructor(private readonly options: { fetch: Fetch; now: () => number; arrived: () => void }) {
    this.errands = new Errands(options.now, 2);
  }

  /** Of a take that reaches from one song frame to the other. */
  of(session: string, take: string, fromFrame: number, toFrame: number): TakeLane | undefined {
    if (!(toFrame > fromFrame)) return undefined;
    const key = `${session}/${take}`;
    const known = this.known.get(key);
    const old = known === undefined || (known.toFrame < toFrame && this.options.now() - known.atMillis > staleMillis);
    if (old) this.errands.wish(key, (signal) => this.load(key, session, take, fromFrame, toFrame, signal));
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
