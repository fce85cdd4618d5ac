import { Deemphasis, type Emphasis } from '../core/emphasis.js';
import { Resampler } from '../core/resampler.js';
import type { Clock, SongFrame, Step } from '../core/units.js';
import type { TakeHead } from './take-head.js';
import type { TakeSteps, TakeTail } from './take-steps.js';

/** Frames that follow on those given out before: mono, within ±1. */
export interface OutputFrames {
  readonly startFrame: SongFrame;
  readonly values: Float32Array;
  /** Frames just before startFrame that were given up. */
  readonly gapFrameCount: number;
}

/** Steps in which the last amplitude of a take fades where a bounce goes over to the next: 2 ms, as the plugin's own fade. */
const joinFadeSteps = 32;

/** The way from steps to frames at the host's rate, and how far frames have been given out. */
export class FrameOutput {
  readonly #clock: Clock;
  readonly #resampler: Resampler;
  readonly #deemphasis: Deemphasis;
  #renderedFrame: SongFrame;
  #gapFrameCount = 0;

  constructor(clock: Clock, emphasis: Emphasis, rootFrame: SongFrame) {
    this.#clock = clock;
    this.#resampler = new Resampler(clock.modelRateHz, clock.hostRateHz);
    this.#deemphasis = new Deemphasis(emphasis);
    this.#renderedFrame = Math.max(0, rootFrame);
  }

  /** The song frame up to which audio has been given out. */
  get renderedFrame(): SongFrame {
    return this.#renderedFrame;
  }

  /** The filter's delay in steps. */
  get delaySteps(): number {
    return this.#resampler.delayInputs;
  }

  /** Steps that one frame is heard from: those of the filter, and the past of the first of them. */
  get heardSteps(): number {
    return this.#resampler.tapCount + this.#deemphasis.pastSteps;
  }

  /** The number of steps (from the start of the song) that frames before `frame` depend on. */
  stepsFor(frame: SongFrame): number {
    return frame <= 0 ? 0 : this.#clock.lastStepAt(frame - 1) + 1;
  }

  /** Gives up the frames before `frame` that have not been given out. */
  skipTo(frame: SongFrame): void {
    this.#gapFrameCount += Math.max(0, frame - this.#renderedFrame);
    this.#renderedFrame = Math.max(this.#renderedFrame, frame);
  }

  /** Goes on from another frame: what was given out from there on is replaced, or stays after all. */
  goOnFrom(frame: SongFrame): void {
    this.#renderedFrame = frame;
  }

  /** Gives out the frames up to `endFrame`, all of whose steps must be there. */
  next(endFrame: SongFrame, steps: TakeSteps): OutputFrames {
    const startFrame = this.#renderedFrame;
    const gapFrameCount = this.#gapFrameCount;
    const values = this.#resample(startFrame, endFrame, steps);
    this.#renderedFrame = endFrame;
    this.#gapFrameCount = 0;
    return { startFrame, values, gapFrameCount };
  }

  #resample(startFrame: SongFrame, endFrame: SongFrame, { head, tail }: TakeSteps): Float32Array {
    const first = this.#clock.lastStepAt(startFrame) - this.#resampler.tapCount + 1;
    const end = this.stepsFor(endFrame);
    const amplitudes = head === undefined ? new Float32Array(end - first) : this.#heard(head, first, end);
    if (tail !== undefined) this.#overlay(tail, first, amplitudes);
    const values = new Float32Array(endFrame - startFrame);
    this.#resampler.fill(startFrame, values, amplitudes, first);
    // The filter rings a little beyond full scale; the wire promises ±1.
    for (let index = 0; index < values.length; index += 1) {
      values[index] = Math.min(1, Math.max(-1, values[index] ?? 0));
    }
    return values;
  }

  /**
   * Puts the end of a take before the beginning of the next, into what is heard of steps from `first` on; the step between the
   * two fades. Each is heard by itself, as it was when it was played: nothing of one's past reaches into the other.
   */
  #overlay({ head, endStep }: TakeTail, first: Step, amplitudes: Float32Array): void {
    if (first >= endStep + joinFadeSteps) return;
    const from = Math.min(first, endStep - 1);
    const own = this.#heard(head, from, endStep);
    amplitudes.set(own.subarray(first - from, first - from + amplitudes.length));
    const last = own.at(-1) ?? 0;
    for (let index = Math.max(0, endStep - first); index < amplitudes.length; index += 1) {
      const since = first + index - endStep;
      if (since >= joinFadeSteps) break;
      amplitudes[index] = (amplitudes[index] ?? 0) + last * (1 - (since + 1) / (joinFadeSteps + 1));
    }
  }

  /** What is heard of the steps [from, end) of a take alone. */
  #heard(head: TakeHead, from: Step, end: Step): Float32Array {
    const drawn = new Float32Array(end - from + this.#deemphasis.pastSteps);
    head.amplitudes(from - this.#deemphasis.pastSteps, drawn);
    const heard = new Float32Array(end - from);
    this.#deemphasis.fill(heard, drawn);
    return heard;
  }
}
