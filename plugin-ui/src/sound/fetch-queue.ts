/** How many fetches run at once, how many wait, and how long one that failed is not tried again. */
export interface FetchQueueLimits {
  readonly atOnceMax: number;
  readonly waitingMax: number;
  readonly retryMillis: number;
}

/**
 * Fetches what is on view: a few at a time, the newest request first. The oldest requests are dropped when too many
 * wait: what they asked for has probably been scrolled away.
 */
export class FetchQueue {
  private readonly waiting = new Map<string, () => Promise<void>>();
  private readonly running = new Map<string, AbortController>();
  private readonly refusedUntil = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    private readonly limits: FetchQueueLimits,
  ) {}

  /** Runs `load` soon unless the same is under way. It throws when it fails. */
  request(key: string, load: (signal: AbortSignal) => Promise<void>): void {
    if (this.running.has(key) || (this.refusedUntil.get(key) ?? 0) > this.now()) return;
    this.waiting.delete(key);
    this.waiting.set(key, () => this.run(key, load));
    for (const oldest of this.waiting.keys()) {
      if (this.waiting.size <= this.limits.waitingMax) break;
      this.waiting.delete(oldest);
    }
    this.startNext();
  }

  /** Forgets all requests and aborts what is under way. */
  clear(): void {
    this.waiting.clear();
    for (const abort of this.running.values()) abort.abort();
    this.refusedUntil.clear();
  }

  private startNext(): void {
    while (this.running.size < this.limits.atOnceMax) {
      const newest = [...this.waiting.keys()].at(-1);
      if (newest === undefined) return;
      const run = this.waiting.get(newest);
      this.waiting.delete(newest);
      void run?.();
    }
  }

  private async run(key: string, load: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const abort = new AbortController();
    this.running.set(key, abort);
    try {
      await load(abort.signal);
      this.refusedUntil.delete(key);
    } catch {
      if (this.refusedUntil.size > 1_000) this.refusedUntil.clear();
      this.refusedUntil.set(key, this.now() + this.limits.retryMillis);
    } finally {
      this.running.delete(key);
      this.startNext();
    }
  }
}
