import type { Heartbeat } from '../core/events.js';
import { limits } from '../core/limits.js';

export interface LinkWatchOptions {
  /** When something was last sent, on the clock of performance.now(). */
  readonly lastSentMillis: () => number;
  /** True while this side does not read on purpose: then silence proves nothing. */
  readonly paused: () => boolean;
  readonly sendHeartbeat: (heartbeat: Heartbeat) => void;
  /** Called once when the other side has been silent for too long. */
  readonly onSilence: () => void;
}

/** Looks this often, ms: silence is then noticed within silenceMillisMax and a quarter second. */
const lookMillis = 250;
/** Round trips that the shortest is taken of: an echo waits for the other side's next heartbeat, up to a second. */
const roundTripsKept = 8;

/** Keeps a quiet link alive, and notices one that is dead while TCP still believes in it. All clocks are monotonic. */
export class LinkWatch {
  readonly #options: LinkWatchOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #roundTripMillis: number[] = [];
  #lastHeardMillis = performance.now();
  #lastTheirNanos = 0;

  constructor(options: LinkWatchOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#look(), lookMillis);
  }

  /** Something arrived. */
  heard(): void {
    this.#lastHeardMillis = performance.now();
  }

  /** A heartbeat arrived; returns the shortest recent round trip in ms, 0 when there was none yet. */
  heardHeartbeat(heartbeat: Heartbeat): number {
    this.#lastTheirNanos = heartbeat.sentNanos;
    if (heartbeat.echoedNanos > 0) {
      this.#roundTripMillis.push(Math.max(0, performance.now() - heartbeat.echoedNanos / 1e6));
      if (this.#roundTripMillis.length > roundTripsKept) this.#roundTripMillis.shift();
    }
    return this.#roundTripMillis.length === 0 ? 0 : Math.min(...this.#roundTripMillis);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    if (this.#options.paused()) this.#lastHeardMillis = now;
    if (now - this.#lastHeardMillis > limits.silenceMillisMax) {
      this.stop();
      this.#options.onSilence();
      return;
    }
    if (now - this.#options.lastSentMillis() < limits.heartbeatMillis - lookMillis) return;
    this.#options.sendHeartbeat({
      type: 'heartbeat',
      sentNanos: Math.round(now * 1e6),
      echoedNanos: this.#lastTheirNanos,
    });
  }
}
