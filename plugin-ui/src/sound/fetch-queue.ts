/**
 * Fetches what is looked at: a few at a time, the newest wish first, and no wish for longer than it is wished. What
 * failed is not asked for again at once.
 */
export class Errands {
  private readonly wishes = new Map<string, () => Promise<void>>();
  private readonly running = new Map<string, AbortController>();
  private readonly refusedUntil = new Map<string, number>();

  constructor(
    private readonly now: () => number,
    private readonly atOnce = 4,
    private readonly restMillis = 4_000,
    private readonly wishesMax = 64,
  ) {}

  /** Runs `errand` soon unless the same is on its way. It throws when it fails. */
  wish(key: string, errand: (signal: AbortSignal) => Promise<void>): void {
    if (this.running.has(key) || (this.refusedUntil.get(key) ?? 0) > this.now()) return;
    this.wishes.delete(key);
    this.wishes.set(key, () => this.run(key, errand));
    for (const oldest of this.wishes.keys()) {
      if (this.wishes.size <= this.wishesMax) break;
      this.wishes.delete(oldest);
    }
    this.pump();
  }

  /** Forgets all wishes and ends what is on its way. */
  clear(): void {
    this.wishes.clear();
    for (const stop of this.running.values()) stop.abort();
    this.refusedUntil.clear();
  }

  private pump(): void {
    while (this.running.size < this.atOnce) {
      const newest = [...this.wishes.keys()].at(-1);
      if (newest === undefined) return;
      const run = this.wishes.get(newest);
      this.wishes.delete(newest);
      void run?.();
    }
  }

  private async run(key: string, errand: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const stop = new AbortController();
    this.running.set(key, stop);
    try {
      await errand(stop.signal);
      this.refusedUntil.delete(key);
    } catch {
      if (this.refusedUntil.size > 1_000) this.refusedUntil.clear();
      this.refusedUntil.set(key, this.now() + this.restMillis);
    } finally {
      this.running.delete(key);
      this.pump();
    }
  }
}
