import type { DrawnPoints } from './drawn-lane.js';
import { changed, type History, historyOf, redone, undone } from './history.js';

export interface LaneStorage {
  load(): DrawnPoints;
  save(points: DrawnPoints): void;
}

/** The lane that is being drawn for one instance: its points, which of them is chosen, and what can be undone. */
export class Drawing {
  private history: History<DrawnPoints>;
  private preview: DrawnPoints | undefined;
  private readonly listeners = new Set<() => void>();
  /** Whether it is on view and can be edited. */
  private shown = false;
  private index: number | undefined;

  constructor(private readonly storage: LaneStorage) {
    this.history = historyOf(storage.load());
  }

  get points(): DrawnPoints {
    return this.preview ?? this.history.present;
  }

  get open(): boolean {
    return this.shown;
  }

  get chosen(): number | undefined {
    return this.index !== undefined && this.index < this.points.length ? this.index : undefined;
  }

  get canUndo(): boolean {
    return this.history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.history.future.length > 0;
  }

  watch(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  setOpen(open: boolean): void {
    this.shown = open;
    this.notify();
  }

  choose(index: number | undefined): void {
    this.index = index;
    this.notify();
  }

  /** Shows points that are on their way; one `set` makes one step of the history of them. */
  show(points: DrawnPoints): void {
    this.preview = points;
    this.notify();
  }

  /** What was only shown is forgotten. */
  abandon(): void {
    this.preview = undefined;
    this.notify();
  }

  set(points: DrawnPoints): void {
    this.preview = undefined;
    this.become(changed(this.history, points));
  }

  undo(): void {
    this.become(undone(this.history));
  }

  redo(): void {
    this.become(redone(this.history));
  }

  private become(history: History<DrawnPoints>): void {
    const before = this.history.present;
    this.history = history;
    if (history.present !== before) this.storage.save(history.present);
    this.notify();
  }

  private notify(): void {
    for (const listener of this.listeners) listener();
  }
}
