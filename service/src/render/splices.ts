import type { SongFrame } from '../core/units.js';
import type { TakenBack } from './take-head.js';

/** A revision that was sent and of which nothing has been heard yet. */
export interface PendingRevision {
  readonly revision: number;
  /** Where its audio begins. */
  readonly spliceFrame: SongFrame;
  /** Where the lane turned out to be another than predicted. */
  readonly causeFrame: SongFrame;
  /** What it replaced, and how far that had been sent. */
  readonly taken: TakenBack;
  readonly renderedFrame: SongFrame;
}

/** Milliseconds from the end of a block to when audio that is drawn because of it can be in the plugin's hands. */
const marginMillisFirst = 6;
const marginMillisMin = 2;
const marginMillisMax = 60;
/** A splice that came too late widens the margin at once; one that was in time narrows it a little. */
const widenMillis = 4;
const narrowMillis = 0.05;
/** Measured reactions that the median and p99 are taken from. */
const reactionsKept = 1000;

/**
 * Where a newer audio may begin so that the plugin still has it in time, which of its revisions is on the way, and what
 * came of it. One is on the way at a time: another must not build on one that is refused.
 */
export class Splices {
  readonly #hostRateHz: number;
  #marginMillis = marginMillisFirst;
  #revision = 0;
  pending: PendingRevision | undefined;
  /** True while nothing of the pending revision has been sent. */
  unsent = false;
  revisionCount = 0;
  refusedCount = 0;
  /** Frames from where the lane changed to where that was heard, of the last revisions. */
  readonly #reactions: number[] = [];

  constructor(hostRateHz: number) {
    this.#hostRateHz = hostRateHz;
  }

  get revision(): number {
    return this.#revision;
  }

  get marginFrames(): number {
    return Math.ceil((this.#marginMillis * this.#hostRateHz) / 1000);
  }

  /** Reactions in milliseconds, in the order they were measured. */
  get reactionsMillis(): readonly number[] {
    return this.#reactions;
  }

  /**
   * The first frame that can still be replaced, after a block of `blockFrames` that ended at `deliveredFrame`: the next
   * call, one block's time from now, wants the frames from there on, the one after it those of a block further on.
   */
  spliceFrame(deliveredFrame: SongFrame, blockFrames: number): SongFrame {
    const blocks = Math.max(0, Math.ceil(this.marginFrames / blockFrames) - 1);
    return deliveredFrame + blocks * blockFrames;
  }

  begin(revision: Omit<PendingRevision, 'revision'>): void {
    this.#revision += 1;
    this.pending = { ...revision, revision: this.#revision };
    this.unsent = true;
  }

  /** Forgets what is on the way: the passage begins anew. */
  abandon(): void {
    this.pending = undefined;
    this.unsent = false;
  }

  /** Takes in which revision a block was played from. Returns the revision that was refused, if that is now known. */
  played(revision: number, startFrame: SongFrame, frameCount: number): PendingRevision | undefined {
    const { pending } = this;
    if (pending === undefined) return undefined;
    if (revision >= pending.revision) {
      this.pending = undefined;
      this.revisionCount += 1;
      this.#marginMillis = Math.max(marginMillisMin, this.#marginMillis - narrowMillis);
      this.#reactions.push(((pending.spliceFrame - pending.causeFrame) * 1000) / this.#hostRateHz);
      if (this.#reactions.length > reactionsKept) this.#reactions.shift();
      return undefined;
    }
    // The next block begins beyond the splice: whatever comes now comes too late.
    if (pending.spliceFrame >= startFrame + frameCount) return undefined;
    this.pending = undefined;
    this.unsent = false;
    this.refusedCount += 1;
    // Its number is spent: whatever carries it is refused, also what goes on from before the splice.
    this.#revision += 1;
    this.#marginMillis = Math.min(marginMillisMax, this.#marginMillis + widenMillis);
    return pending;
  }
}
