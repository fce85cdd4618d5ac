import type { MissedStretch } from '../core/events.js';
import type { MonitorMessage, SessionSnapshot, TakeSummary } from '../core/monitor.js';

/**
 * New lane of one session and epoch. Within an epoch a stretch replaces everything at and after its first frame, so
 * that a block which is drawn again with a corrected lane is shown by sending the corrected stretch.
 */
export type LaneStretch = Omit<Extract<MonitorMessage, { type: 'lane' }>, 'type'>;

/** What was just heard, of a take or of the guide. */
export type SoundStretch = Extract<MonitorMessage, { type: 'peaks' | 'guide' }>;

export interface SessionGaps {
  readonly session: string;
  readonly version: number;
  readonly all: readonly MissedStretch[];
}

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
  /** Where audio was not there in time, of every open session that knows of any; `version` rises with every change. */
  gaps(): Iterable<SessionGaps>;
  /** As onLane, for what was just heard. */
  onSound(listener: (stretch: SoundStretch) => void): () => void;
  /** Calls `listener` for every stretch, on the thread that serves streams: it must return at once. Returns the unsubscribe. */
  onLane(listener: (stretch: LaneStretch) => void): () => void;
}
