import type { MonitorMessage, SessionSnapshot, TakeSummary } from '../core/monitor.js';

/**
 * New lane of one session and epoch. Within an epoch a stretch replaces everything at and after its first frame, so
 * that a block which is drawn again with a corrected lane is told by sending the corrected stretch.
 */
export type LaneStretch = Omit<Extract<MonitorMessage, { type: 'lane' }>, 'type'>;

export interface SessionTakes {
  readonly session: string;
  readonly version: number;
  readonly all: () => readonly TakeSummary[];
}

/** All that may be asked of the running sessions from outside: a reader that can change nothing. */
export interface SessionObserver {
  /** One entry per open session, oldest first. Peaks count since the last call, so there is one reader. */
  snapshots(): readonly SessionSnapshot[];
  /** The takes of every open session; `version` rises with every change. */
  takes(): Iterable<SessionTakes>;
  /** Calls `listener` for every stretch, on the thread that serves streams: it must return at once. Returns the unsubscribe. */
  onLane(listener: (stretch: LaneStretch) => void): () => void;
}
