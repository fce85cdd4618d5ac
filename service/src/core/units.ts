/**
 * The clocks. A song frame is a place at the host's rate R, a step a draw at the model's rate r; step k belongs to
 * song frame k·R/r exactly.
 *
 * Why doubles are exact here: after division by gcd(R, r) every product below is an integer of magnitude at most
 * 2^34 · 384 000 + … < 2^53 (limits.songFrameMax), so it is exact. For integers a, b with |a| + b < 2^53 the rounded
 * quotient fl(a/b) has the right floor: a/b is either an integer n, and then fl(a/b) = n, or it is at least 1/b away
 * from every integer n, while rounding moves it by at most |a/b|·2^-53 < 1/b.
 */
import { Failure } from './failure.js';
import { limits } from './limits.js';

declare const unit: unique symbol;
/** A position in the song, in frames at the host's rate. A whole number within ±limits.songFrameMax. */
export type SongFrame = number & { readonly [unit]?: 'song frame' };
/** A position on the model's clock: the index of a draw from the start of the song. A whole number ≥ 0. */
export type Step = number & { readonly [unit]?: 'step' };

/** Maps song frames to steps and back for one pair of rates. */
export class Clock {
  readonly hostRateHz: number;
  readonly modelRateHz: number;
  /** hostRateHz : modelRateHz in lowest terms. */
  readonly framesPerCycle: number;
  readonly stepsPerCycle: number;

  constructor(hostRateHz: number, modelRateHz: number) {
    checkRate(hostRateHz, limits.sampleRateHzMin, limits.sampleRateHzMax, 'sample rate');
    checkRate(modelRateHz, limits.modelRateHzMin, limits.modelRateHzMax, "model's rate");
    const divisor = greatestCommonDivisor(hostRateHz, modelRateHz);
    this.hostRateHz = hostRateHz;
    this.modelRateHz = modelRateHz;
    this.framesPerCycle = hostRateHz / divisor;
    this.stepsPerCycle = modelRateHz / divisor;
  }

  /** Where step k lies, in song frames: k·R/r, rounded once to a double. The lane is evaluated there. */
  frameOfStep(step: Step): number {
    return (step * this.framesPerCycle) / this.stepsPerCycle;
  }

  /** ⌊p·r/R⌋: the last step at or before song frame p. */
  lastStepAt(frame: SongFrame): Step {
    return Math.floor((frame * this.stepsPerCycle) / this.framesPerCycle);
  }

  /** ⌈p·r/R⌉: the first step at or after song frame p, and so the number of steps ≥ 0 that lie before p. */
  firstStepAt(frame: SongFrame): Step {
    return Math.ceil((frame * this.stepsPerCycle) / this.framesPerCycle);
  }

  /** ⌈k·R/r⌉: the first song frame at or after step k. Frames before it need no step from k on. */
  firstFrameAt(step: Step): SongFrame {
    return Math.ceil((step * this.framesPerCycle) / this.stepsPerCycle);
  }

  /** The step a passage from `rootFrame` starts at: the beginning of the block of `blockSteps` that contains it. */
  rootStep(rootFrame: SongFrame, blockSteps: number): Step {
    const first = this.lastStepAt(Math.max(0, rootFrame));
    return first - (first % blockSteps);
  }
}

/** The rate that numbers of steps were chosen at, where they stand for a time. */
const customaryRateHz = 16_000;

/**
 * About as much time at `modelRateHz` as `steps` are at 16 kHz: so many times as many as the rate has whole 16 kHz. Below 32 kHz it
 * is the number itself: what was stored and remembered at 16 and 22.05 kHz stays where it is.
 */
export function customarySteps(steps: number, modelRateHz: number): number {
  return steps * Math.max(1, Math.floor(modelRateHz / customaryRateHz));
}

/** True for a whole song frame within the range that arithmetic is exact for. */
export function isSongFrame(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) <= limits.songFrameMax;
}

function checkRate(rateHz: number, min: number, max: number, what: string): void {
  if (Number.isInteger(rateHz) && rateHz >= min && rateHz <= max) return;
  throw new Failure('invalid', `The ${what} is ${rateHz} Hz; it must be a whole number from ${min} to ${max}.`);
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
