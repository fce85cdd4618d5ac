import type { Clock, SongFrame } from '../core/units.js';
import type { DrawInputs, DrawnBlocks } from '../model/engine.js';
import type { SegmentStore } from '../store/segment-store.js';
import type { TakeBook } from '../take/take-book.js';
import type { TakeRecord } from '../take/take-record.js';
import type { PlayableModel } from './playable-model.js';

/** Draws blocks: bound by the caller to a model, a worker and a deadline. */
export type DrawBlocks = (inputs: DrawInputs) => Promise<DrawnBlocks>;

/**
 * What a passage has to do with the takes there are: go on with the one that covers its beginning, root one there (the
 * same root and lane again are the same take), or root one and follow nothing that was heard before.
 */
export type StartMode = 'continue' | 'fresh' | 'exactly';

export interface PassageOptions {
  readonly model: PlayableModel;
  readonly clock: Clock;
  readonly seed: number;
  /** Where the passage begins; may be negative, but audio exists from song frame 0 on. */
  readonly rootFrame: SongFrame;
  /** Nothing is predicted: audio is rendered as far as its inputs are delivered, and is whole. */
  readonly offline: boolean;
  readonly startMode: StartMode;
  /** The transport rolled on to rootFrame: what was heard before it was cut off by something else. */
  readonly resumes: boolean;
  readonly takes: TakeBook;
  readonly store: SegmentStore;
  readonly draw: DrawBlocks;
  /** The very take that this passage is, whatever is delivered and as far as it goes; left out: what `startMode` finds. */
  readonly follow?: TakeRecord;
}
