import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { channelCountOf, type SoundValues } from '../core/sound.js';
import type { SongFrame, Step } from '../core/units.js';
import type { TakeRecord } from '../take/take-record.js';
import { Agreement } from './agreement.js';
import { FrameOutput, type OutputFrames } from './frame-output.js';
import { InputTimeline } from './input-timeline.js';
import type { PassageOptions } from './passage-options.js';
import { PassageTake } from './passage-take.js';
import { RollBack } from './roll-back.js';
import type { Splices } from './splices.js';
import { StepShapes } from './step-shapes.js';
import { type FinalSteps, TakeSteps } from './take-steps.js';

/** Rendered audio for its place in the song. */
export interface RenderedChunk extends OutputFrames {
  /** Rises where audio that was sent before is replaced from startFrame on. */
  readonly revision: number;
}

/** A block that a host has played or bounced, beside what it delivered. */
export interface PlayedBlock {
  readonly frameCount: number;
  /** The revision that it was played from. */
  readonly revision: number;
  /** The take that plays is to be kept as it is. */
  readonly keep: boolean;
  /** Only the values at its end are known. */
  readonly coarse: boolean;
}

/**
 * A contiguous stretch of the song: its inputs, the take it is, and the way from draws to frames. Both a session's epoch and
 * `simmer render` are one of these, which is why they give the same bits.
 *
 * While what is delivered agrees with what is remembered of its take (agreement.ts), the passage *is* that take: its steps come
 * from the store or are drawn under the lane they were drawn under then. From the first step that does not agree it is a
 * branch. Beyond what is remembered it draws on, in realtime under a predicted lane, and remembers what was heard.
 *
 * The caller alternates `nextChunk` (what is ready) and `drawMore` (towards a target), never two at once.
 */
export class Passage {
  readonly inputs: InputTimeline;
  readonly #options: PassageOptions;
  readonly #take: PassageTake;
  readonly #steps: TakeSteps;
  readonly #output: FrameOutput;
  /** Of one chunk. */
  readonly #framesMax: number;
  readonly #rollBack: RollBack;
  readonly #agreement: Agreement;

  constructor(options: PassageOptions) {
    const { clock, model, rootFrame, offline } = options;
    const { guideFade, labels, reference } = model;
    const { emphasis, sound } = reference;
    const channelCount = channelCountOf(sound);
    const inputs = new InputTimeline({ clock, startFrame: rootFrame, offline, guideFade, emphasis, labels });
    const take = new PassageTake(options, clock.rootStep(rootFrame, reference.blockSteps));
    const shapes = new StepShapes({ inputs, take, offline, isFollowed: options.follow !== undefined });
    const output = new FrameOutput({ clock, emphasis, channelCount, rootFrame });
    const steps = new TakeSteps({ passage: options, take, inputs, shapes, heardSteps: output.heardSteps });
    this.#options = options;
    this.inputs = inputs;
    this.#take = take;
    this.#steps = steps;
    this.#output = output;
    this.#framesMax = Math.floor(limits.chunkValuesMax / channelCount);
    this.#rollBack = new RollBack({ clock, shapes, steps, output });
    this.#agreement = new Agreement({ passage: options, take, inputs, steps, rollBack: this.#rollBack });
    this.#begin(rootFrame);
  }

  /** Where the chain of draws begins that this passage is part of. */
  get rootStep(): Step {
    return this.#take.rootStep;
  }

  /** The song frame up to which audio has been given out. */
  get renderedFrame(): SongFrame {
    return this.#output.renderedFrame;
  }

  /** The filter's delay in steps. */
  get filterDelaySteps(): number {
    return this.#output.delaySteps;
  }

  /** The step after the last one that is drawn; before the beginning is taken up, the beginning. */
  get drawnEnd(): Step {
    return this.#steps.drawnEnd;
  }

  /** The take this passage is, as far as one is known. */
  get take(): TakeRecord | undefined {
    return this.#take.current;
  }

  /** True while what plays was heard before. */
  get following(): boolean {
    const { current } = this.#take;
    return current !== undefined && this.#agreement.agreedEnd < current.endStep;
  }

  /** True while steps before the beginning are drawn again, because they are remembered and not stored. */
  get restoring(): boolean {
    return this.#steps.restoring;
  }

  /** True when nothing can be drawn, since the model is not here, and what is wanted next is not stored. */
  get blocked(): boolean {
    return this.#steps.blocked;
  }

  /** True from when the lane surprised until the audio that was sent ahead is replaced. */
  get surprised(): boolean {
    return this.#rollBack.surprised;
  }

  get splices(): Splices {
    return this.#rollBack.splices;
  }

  /**
   * For a passage that was prepared beside another one: true while the takes still say what they said when it began, as
   * far as it has drawn.
   */
  get stillHolds(): boolean {
    return this.#take.stillHolds(this.drawnEnd);
  }

  /** Takes in a block, whose inputs have been delivered. */
  blockDelivered({ frameCount, revision, keep, coarse }: PlayedBlock): void {
    const endFrame = this.inputs.deliveredFrame;
    if (coarse) this.#agreement.addCoarseBlock(endFrame - frameCount, endFrame);
    this.#take.hostKeeps(keep);
    if (this.#options.offline) return;
    this.#rollBack.blockPlayed(endFrame, frameCount, revision);
    this.#agreement.check();
  }

  /** The next frames before `targetFrame` that are ready, or undefined when more must be drawn. */
  nextChunk(targetFrame: SongFrame): RenderedChunk | undefined {
    if (this.#steps.head === undefined && this.#steps.tail === undefined) return undefined;
    this.#agreement.check();
    if (!this.#options.offline) {
      this.#rollBack.replaceAhead(this.inputs.deliveredFrame, this.#agreement.agreedEnd);
    }
    const { renderedFrame } = this.#output;
    const readyFrame = this.#options.clock.firstFrameAt(this.drawnEnd);
    const endFrame = Math.min(targetFrame, readyFrame, renderedFrame + this.#framesMax);
    if (endFrame <= renderedFrame || this.#rollBack.holdsBack(endFrame, targetFrame)) return undefined;
    this.splices.unsent = false;
    return { ...this.#output.next(endFrame, this.#steps), revision: this.splices.revision };
  }

  /** True when frames before `targetFrame` need draws that are not there. */
  needsDraws(targetFrame: SongFrame): boolean {
    return this.inputs.hasLane && this.#steps.needs(this.#output.stepsFor(targetFrame));
  }

  /** Draws or fetches some of what `targetFrame` needs: so little that a caller can change its mind. */
  async drawMore(targetFrame: SongFrame): Promise<void> {
    if (this.needsDraws(targetFrame)) await this.#steps.more(this.#output.stepsFor(targetFrame));
  }

  /** Steps that have become final since the last call; undefined: none. */
  takeFinal(): FinalSteps | undefined {
    const renderedEnd = this.#output.stepsFor(this.renderedFrame);
    return this.#steps.takeFinal(Math.min(this.#agreement.agreedEnd, renderedEnd));
  }

  /** The steps of [from, end) of `take` that are drawn and kept here; undefined: none. */
  newest(take: TakeRecord, from: Step, end: Step): { first: Step; sound: SoundValues } | undefined {
    return this.#steps.newest(take, from, end);
  }

  /** Gives up the frames before `frame` that have not been given out: they come too late. The take goes on. */
  skipTo(frame: SongFrame): void {
    if (this.#options.offline) throw new Failure('internal', 'An offline passage must be whole.');
    this.#output.skipTo(frame);
  }

  /** Gives up what there is and begins anew at `frame`. Never in an offline passage, whose audio must be whole. */
  restartAt(frame: SongFrame): void {
    const { clock, model } = this.#options;
    this.skipTo(frame);
    this.finish();
    this.#take.restartAt(clock.rootStep(frame, model.reference.blockSteps), !this.blocked);
    this.#begin(frame);
  }

  /** Stores what was heard last. The passage may go on after it. */
  finish(): void {
    this.#steps.finish(this.#agreement.agreedEnd);
  }

  /** The take is known, and what is delivered begins at `frame`. */
  #begin(frame: SongFrame): void {
    this.#rollBack.abandon();
    this.#agreement.begin(Math.max(0, this.#options.clock.firstStepAt(frame)));
    this.#steps.begin(this.#agreement.agreedEnd);
  }
}
