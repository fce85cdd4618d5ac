/** Draws one picture; true: it is still moving, and wants the next frame too. */
export type Paint = (nowMillis: number) => boolean;

export interface FrameClock {
  request(run: (nowMillis: number) => void): number;
  cancel(id: number): void;
}

/** Asks the browser for a frame only when something has changed or is moving. */
export class FrameScheduler {
  private readonly dirty = new Set<Paint>();
  private pending: number | undefined;

  constructor(private readonly clock: FrameClock) {}

  invalidate(paint: Paint): void {
    this.dirty.add(paint);
    this.pending ??= this.clock.request((now) => this.run(now));
  }

  forget(paint: Paint): void {
    this.dirty.delete(paint);
    if (this.dirty.size > 0 || this.pending === undefined) return;
    this.clock.cancel(this.pending);
    this.pending = undefined;
  }

  private run(now: number): void {
    this.pending = undefined;
    const due = [...this.dirty];
    this.dirty.clear();
    for (const paint of due) if (paint(now)) this.invalidate(paint);
  }
}
