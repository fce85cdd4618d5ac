import type { Range } from '../geometry/axis.js';
import type { Drawing } from './drawing.js';

/** What a person has chosen on the page of one instance; the service knows nothing of it. */
export class Workspace {
  private range: Range | undefined;
  private take: string | undefined;
  private place: number | undefined;
  private readonly listeners = new Set<() => void>();

  constructor(readonly drawing: Drawing) {
    drawing.watch(() => this.notify());
  }

  /** The selected range of the song, in seconds. */
  get selection(): Range | undefined {
    return this.range;
  }

  /** The take in the large row; undefined: the one that plays. */
  get shownTake(): string | undefined {
    return this.take;
  }

  /** Where the page itself plays a take, in song seconds. */
  get listening(): number | undefined {
    return this.place;
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  select(range: Range | undefined): void {
    this.range = range !== undefined && range.end > range.start ? range : undefined;
    this.notify();
  }

  show(take: string | undefined): void {
    this.take = take;
    this.notify();
  }

  listen(seconds: number | undefined): void {
    this.place = seconds;
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
