import { Deemphasis, type Emphasis } from '../core/emphasis.js';
import { Resampler } from '../core/resampler.js';
import { type Clock, customarySteps, type SongFrame, type Step } from '../core/units.js';
import type { TakeHead } from './take-head.js';
import type { TakeSteps, TakeTail } from './take-steps.js';

/** Frames that follow on those given out before. */
export interface OutputFrames {
  readonly startFrame: SongFrame;
  /** Interleaved, channelCount values a frame, within ±1. */
  readonly values: Float32Array;
  readonly channelCount: number;
  /** Frames just before startFrame that were given up. */
  readonly gapFrameCount: number;
}

/** Steps at 16 kHz in which the last amplitude of a take fades where a bounce goes over to the next: 2 ms, as the plugin's own fade. */
const joinFadeSteps = 32;

export interface FrameOutputOptions {
  readonly clock: Clock;
  readonly emphasis: Emphasis;
  /** Of the model, and so of the frames. */
  readonly channelCount: number;
  readonly rootFrame: SongFrame;
}

/** The way from steps to frames at the host's rate, and how far frames have been given out. */
export class FrameOutput {
  readonly #clock: Clock;
  readonly #channelCount: number;
  readonly #joinFadeSteps: number;
  readonly #resampler: Resampler;
  readonly #deemphasis: Deemphasis;
  #renderedFrame: SongFrame;
  #gapFrameCount = 0;

  constructor({ clock, emphasis, channelCount, rootFrame }: FrameOutputOptions) {
    this.#clock = clock;
    this.#channelCount = channelCount;
    this.#joinFadeSteps = customarySteps(joinFadeSteps, clock.modelRateHz);
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
    const channels = Array.from({ length: this.#channelCount }, (_, channel) => {
      return this.#resample(startFrame, endFrame, steps, channel);
    });
    this.#renderedFrame = endFrame;
    this.#gapFrameCount = 0;
    return { startFrame, values: interleaved(channels), channelCount: this.#channelCount, gapFrameCount };
  }

  /** The frames of one channel: each is what it would be if there were no other. */
  #resample(startFrame: SongFrame, endFrame: SongFrame, { head, tail }: TakeSteps, channel: number): Float32Array {
    const first = this.#clock.lastStepAt(startFrame) - this.#resampler.tapCount + 1;
    const end = this.stepsFor(endFrame);
    const amplitudes = head === undefined ? new Float32Array(end - first) : this.#heard(head, channel, first, end);
    if (tail !== undefined) this.#overlay(tail, channel, first, amplitudes);
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
  #overlay({ head, endStep }: TakeTail, channel: number, first: Step, amplitudes: Float32Array): void {
    const fadeSteps = this.#joinFadeSteps;
    if (first >= endStep + fadeSteps) return;
    const from = Math.min(first, endStep - 1);
    const own = this.#heard(head, channel, from, endStep);
    amplitudes.set(own.subarray(first - from, first - from + amplitudes.length));
    const last = own.at(-1) ?? 0;
    for (let index = Math.max(0, endStep - first); index < amplitudes.length; index += 1) {
      const since = first + index - endStep;
      if (since >= fadeSteps) break;
      amplitudes[index] = (amplitudes[index] ?? 0) + last * (1 - (since + 1) / (fadeSteps + 1));
    }
  }

  /** What is heard of a channel of the steps [from, end) of a take alone. */
  #heard(head: TakeHead, channel: number, from: Step, end: Step): Float32Array {
    const drawn = new Float32Array(end - from + this.#deemphasis.pastSteps);
    head.amplitudes(from - this.#deemphasis.pastSteps, channel, drawn);
    const heard = new Float32Array(end - from);
    this.#deemphasis.fill(heard, drawn);
    return heard;
  }
}

/** One value of each channel in turn; of one channel its own values. */
function interleaved(channels: readonly Float32Array[]): Float32Array {
  const [first = new Float32Array(0), second] = channels;
  if (second === undefined) return first;
  const values = new Float32Array(2 * first.length);
  for (let frame = 0; frame < first.length; frame += 1) {
    values[2 * frame] = first[frame] ?? 0;
    values[2 * frame + 1] = second[frame] ?? 0;
  }
  return values;
}
