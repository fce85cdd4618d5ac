import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { Resampler } from '../core/resampler.js';
import type { Clock, SongFrame, Step } from '../core/units.js';
import type { DrawInputs, DrawnBlocks } from '../model/engine.js';
import type { VerifiedModel } from '../model/verified-model.js';
import { Score } from './score.js';
import { Take } from './take.js';

/** Draws blocks: bound by the caller to a model, a worker and a deadline. */
export type DrawBlocks = (inputs: DrawInputs) => Promise<DrawnBlocks>;

export interface PassageOptions {
  readonly model: VerifiedModel;
  readonly clock: Clock;
  readonly seed: number;
  /** Where the passage begins; may be negative, but audio exists from song frame 0 on. */
  readonly rootFrame: SongFrame;
  readonly exact: boolean;
  readonly draw: DrawBlocks;
}

/** Rendered audio for its place in the song: mono, within ±1. */
export interface RenderedChunk {
  readonly startFrame: SongFrame;
  readonly values: Float32Array;
  /** Frames just before startFrame that were given up. */
  readonly gapFrameCount: number;
  /** Steps that became final with this chunk. */
  readonly steps: SettledSteps;
}

export interface SettledSteps {
  readonly first: Step;
  readonly temperature: Float32Array;
  /** Bits. */
  readonly entropy: Float32Array;
  readonly bins: Uint8Array;
}

/**
 * A contiguous stretch of the song from one root: its score, its take, and the way from draws to frames. Both a
 * session's epoch and `simmer render` are one of these, which is why they give the same bits.
 *
 * The caller alternates `nextChunk` (what is ready) and `drawMore` (towards a target), never two at once.
 */
export class Passage {
  readonly score: Score;
  readonly #options: PassageOptions;
  readonly #resampler: Resampler;
  #take: Take;
  /** Steps before this were drawn with what is known now. */
  #settledEnd: Step;
  /** Steps before this have been reported as final. */
  #reportedEnd: Step;
  #renderedFrame: SongFrame;
  #gapFrameCount = 0;
  /** Blocks of the next draw: few at first, because somebody waits for the first frames; then more, for their price. */
  #drawBlocks = 1;

  constructor(options: PassageOptions) {
    const { clock, model, rootFrame, exact } = options;
    this.#options = options;
    this.score = new Score({ clock, startFrame: rootFrame, exact, guideFade: model.manifest.guide });
    this.#resampler = new Resampler(clock.modelRateHz, clock.hostRateHz);
    this.#take = this.#takeFrom(rootFrame);
    this.#settledEnd = this.#take.rootStep;
    this.#reportedEnd = this.#take.rootStep;
    this.#renderedFrame = Math.max(0, rootFrame);
  }

  get rootStep(): Step {
    return this.#take.rootStep;
  }

  /** The song frame up to which audio has been given out. */
  get renderedFrame(): SongFrame {
    return this.#renderedFrame;
  }

  /** The filter's delay in steps. */
  get filterDelaySteps(): number {
    return this.#resampler.delayInputs;
  }

  /** The next frames before `targetFrame` that are ready, or undefined when more must be drawn. */
  nextChunk(targetFrame: SongFrame): RenderedChunk | undefined {
    if (this.#options.exact) this.#settle();
    const readyFrame = this.#options.clock.firstFrameAt(this.#take.drawnEnd);
    const endFrame = Math.min(targetFrame, readyFrame, this.#renderedFrame + limits.chunkFramesMax);
    if (endFrame <= this.#renderedFrame) return undefined;
    const startFrame = this.#renderedFrame;
    const values = new Float32Array(endFrame - startFrame);
    const amplitude = (step: Step) => this.#take.amplitude(step);
    for (let index = 0; index < values.length; index += 1) {
      // The filter rings a little beyond full scale; the wire promises ±1.
      values[index] = Math.min(1, Math.max(-1, this.#resampler.at(startFrame + index, amplitude)));
    }
    this.#renderedFrame = endFrame;
    const gapFrameCount = this.#gapFrameCount;
    this.#gapFrameCount = 0;
    return { startFrame, values, gapFrameCount, steps: this.#reportSteps(endFrame) };
  }

  /** True when frames before `targetFrame` need draws that are not there. */
  needsDraws(targetFrame: SongFrame): boolean {
    return this.score.hasLane && this.#blocksMissing(targetFrame) > 0;
  }

  /** Draws some of the blocks that `targetFrame` needs: at most limits.drawBlocksMax, so that a caller can change its mind. */
  async drawMore(targetFrame: SongFrame): Promise<void> {
    if (!this.needsDraws(targetFrame)) return;
    const take = this.#take;
    const inputs = take.nextInputs(Math.min(this.#blocksMissing(targetFrame), this.#drawBlocks), this.score);
    this.#drawBlocks = Math.min(2 * this.#drawBlocks, limits.drawBlocksMax);
    const drawn = await this.#options.draw(inputs);
    if (take !== this.#take) return;
    take.accept(inputs, drawn);
  }

  /** Gives up everything before `frame` and begins anew there. Never in an exact passage, whose audio must be whole. */
  restartAt(frame: SongFrame): void {
    if (this.#options.exact) throw new Failure('internal', 'An exact passage cannot be given up.');
    this.#gapFrameCount += frame - this.#renderedFrame;
    this.#take = this.#takeFrom(frame);
    this.#drawBlocks = 1;
    this.#settledEnd = this.#take.rootStep;
    this.#reportedEnd = this.#take.rootStep;
    this.#renderedFrame = frame;
  }

  /** Finds the first step that was drawn under another lane or guide than is known now, and takes the draws back to it. */
  #settle(): void {
    const end = Math.min(this.#take.drawnEnd, this.score.knownEndStep);
    if (this.#settledEnd >= end) return;
    const mismatch = this.#take.firstMismatch(this.#settledEnd, end, this.score);
    if (mismatch !== undefined) this.#take.rollBackTo(mismatch);
    this.#settledEnd = Math.min(end, this.#take.drawnEnd);
  }

  #blocksMissing(targetFrame: SongFrame): number {
    const stepsNeeded = this.#options.clock.lastStepAt(targetFrame - 1) + 1 - this.#take.drawnEnd;
    return Math.max(0, Math.ceil(stepsNeeded / this.#options.model.manifest.blockSteps));
  }

  #reportSteps(endFrame: SongFrame): SettledSteps {
    const first = this.#reportedEnd;
    const end = Math.max(first, Math.min(this.#take.drawnEnd, this.#options.clock.lastStepAt(endFrame - 1) + 1));
    const steps: SettledSteps = {
      first,
      temperature: Float32Array.from({ length: end - first }, (_, index) => this.#take.temperature(first + index)),
      entropy: Float32Array.from({ length: end - first }, (_, index) => this.#take.entropy(first + index)),
      bins: Uint8Array.from({ length: end - first }, (_, index) => this.#take.bin(first + index)),
    };
    this.#reportedEnd = end;
    this.#take.promise(end);
    return steps;
  }

  #takeFrom(rootFrame: SongFrame): Take {
    const { model, clock, seed } = this.#options;
    const { blockSteps } = model.manifest;
    const rootStep = clock.rootStep(rootFrame, blockSteps);
    return new Take({ blockSteps, initialState: model.initialState, seed, rootStep });
  }
}
