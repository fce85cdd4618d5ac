import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { SessionSnapshot } from '../core/monitor.js';
import type { LaneStretch, SessionGaps, SessionObserver, SessionTakes, SoundStretch } from './observe.js';
import type { Session } from './session.js';

/** The sessions that are open, and the way to look at them. */
export class SessionRegistry implements SessionObserver {
  readonly #sessions = new Set<Session>();
  readonly #listeners = new Set<(stretch: LaneStretch) => void>();
  readonly #soundListeners = new Set<(stretch: SoundStretch) => void>();

  /** Adds a session for as long as it lives; returns its removal. @throws Failure `exhausted` */
  add(session: Session): () => void {
    this.checkRoom();
    this.#sessions.add(session);
    return () => this.#sessions.delete(session);
  }

  /** @throws Failure `exhausted` when no more sessions may be opened. */
  checkRoom(): void {
    if (this.#sessions.size < limits.sessionsMax) return;
    throw new Failure('exhausted', `${limits.sessionsMax} instances are open; close one first.`);
  }

  tellLane(stretch: LaneStretch): void {
    for (const listener of this.#listeners) listener(stretch);
  }

  tellSound(stretch: SoundStretch): void {
    for (const listener of this.#soundListeners) listener(stretch);
  }

  snapshots(): readonly SessionSnapshot[] {
    return [...this.#sessions].map((session) => session.snapshot());
  }

  /** @throws Failure `usage` when there is none, or no longer. */
  session(id: string): Session {
    const found = this.find(id);
    if (found !== undefined) return found;
    throw new Failure('usage', 'This instance is no longer open.');
  }

  /** The session of this id, if it is open. */
  find(id: string): Session | undefined {
    for (const session of this.#sessions) if (session.id === id) return session;
    return undefined;
  }

  /** All that are open now. */
  get sessions(): Iterable<Session> {
    return this.#sessions;
  }

  takes(): readonly SessionTakes[] {
    return [...this.#sessions].map((session) => ({
      session: session.id,
      version: session.summaries.version,
      all: () => session.summaries.all,
    }));
  }

  gaps(): readonly SessionGaps[] {
    return [...this.#sessions]
      .filter((session) => session.gaps.all.length > 0)
      .map(({ id, gaps }) => ({ session: id, version: gaps.version, all: gaps.all }));
  }

  onSound(listener: (stretch: SoundStretch) => void): () => void {
    this.#soundListeners.add(listener);
    return () => this.#soundListeners.delete(listener);
  }

  onLane(listener: (stretch: LaneStretch) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
