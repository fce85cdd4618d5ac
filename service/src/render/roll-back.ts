import type { Clock, SongFrame, Step } from '../core/units.js';
import type { FrameOutput } from './frame-output.js';
import { Splices } from './splices.js';
import type { StepShapes } from './step-shapes.js';
import type { TakeSteps } from './take-steps.js';

export interface RollBackOptions {
  readonly clock: Clock;
  readonly shapes: StepShapes;
  readonly steps: TakeSteps;
  readonly output: FrameOutput;
}

/** Takes back what was sent ahead under a lane that is not the one that came, and puts it in again where that came too late. */
export class RollBack {
  readonly splices: Splices;
  readonly #options: RollBackOptions;
  /** The lane turned out otherwise than predicted at this step, and audio that was sent ahead is to be replaced. */
  #surprisedAt: Step | undefined;
  /** Frames of the last block. */
  #blockFrames = 1;

  constructor(options: RollBackOptions) {
    this.#options = options;
    this.splices = new Splices(options.clock.hostRateHz);
  }

  /** True from when the lane surprised until the audio that was sent ahead is replaced. */
  get surprised(): boolean {
    return this.#surprisedAt !== undefined;
  }

  /** The lane is not what was predicted, from `step` on. */
  surprise(step: Step): void {
    this.#surprisedAt ??= step;
  }

  /** Forgets what is on the way: the passage begins anew. */
  abandon(): void {
    this.#surprisedAt = undefined;
    this.splices.abandon();
  }

  /** A block of so many frames has ended at `endFrame`, played from a revision; one that came too late is taken back. */
  blockPlayed(endFrame: SongFrame, frameCount: number, revision: number): void {
    const { clock, steps, output } = this.#options;
    this.#blockFrames = frameCount;
    const refused = this.splices.played(revision, endFrame - frameCount, frameCount);
    if (refused === undefined) return;
    steps.head?.putBack(refused.taken);
    output.goOnFrom(refused.renderedFrame);
    this.surprise(clock.firstStepAt(refused.causeFrame));
  }

  /** Replaces what was sent ahead, after a surprise, from the first frame that is still in time. */
  replaceAhead(deliveredFrame: SongFrame, agreedEnd: Step): void {
    const { clock, shapes, steps, output } = this.#options;
    const { head } = steps;
    if (this.#surprisedAt === undefined || head === undefined || this.splices.pending !== undefined) return;
    const causeFrame = clock.firstFrameAt(this.#surprisedAt);
    this.#surprisedAt = undefined;
    const { renderedFrame } = output;
    const inTime = this.splices.spliceFrame(deliveredFrame, this.#blockFrames);
    const spliceFrame = Math.max(0, Math.min(inTime, renderedFrame));
    // No frame before the splice depends on this step or a later one.
    const from = Math.max(output.stepsFor(spliceFrame), agreedEnd);
    if (!shapes.wouldDiffer(head, from)) return;
    const taken = head.takeBackTo(from);
    steps.drawFew(2);
    if (renderedFrame <= spliceFrame) return;
    output.goOnFrom(spliceFrame);
    this.splices.begin({ spliceFrame, causeFrame, taken, renderedFrame });
  }

  /** True while frames up to `endFrame` are too few to begin a splice with: it ends what the plugin has. */
  holdsBack(endFrame: SongFrame, targetFrame: SongFrame): boolean {
    const lastsUntil = this.#options.output.renderedFrame + 2 * this.#blockFrames;
    return this.splices.unsent && endFrame < Math.min(targetFrame, lastsUntil);
  }
}
