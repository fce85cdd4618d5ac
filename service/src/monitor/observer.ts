import type { MonitorMessage, SessionSnapshot } from '../core/monitor.js';

/**
 * New lane of one session and epoch. Within an epoch a stretch replaces everything at and after its first frame, so
 * a rollback is told by sending the corrected stretch.
 */
export type LaneStretch = Omit<Extract<MonitorMessage, { type: 'lane' }>, 'type'>;

/** All that the page's server may ask of the sessions: it reads, and can change nothing. */
export interface SessionObserver {
  /** Peaks are counted since the last call, so there is one reader. */
  snapshots(): readonly SessionSnapshot[];
  onLane(listener: (stretch: LaneStretch) => void): () => void;
}
