import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { binOfAmplitude, silentBin } from '../core/mu-law.js';
import { halfWidthPeriods, Resampler } from '../core/resampler.js';
import type { Clock, SongFrame, Step } from '../core/units.js';

/**
 * A silent guide is no guide: its strength is gated by its own level, the highest absolute value of the last 32 ms.
 * Below −60 dBFS it is exactly off, from −48 dBFS on fully on; without this a quiet stretch of the guide pulls a model
 * into silence, where it stays.
 */
const levelSeconds = 0.032;
const levelOff = 1e-3;
const levelOn = 4e-3;

/** Steps after its beginning from which a guide is what it would be had it begun earlier: the filter's and the level's past. */
export function guideWarmUpSteps(clock: Clock): number {
  const filterSeconds = (2 * halfWidthPeriods + 1) / Math.min(clock.hostRateHz, clock.modelRateHz);
  return Math.ceil((filterSeconds + levelSeconds) * clock.modelRateHz) + 1;
}

/** By song frame and by step, both modulo their length. */
interface Rings {
  readonly frames: Float32Array;
  readonly bins: Uint8Array;
  readonly gates: Float32Array;
}

/** The guide at the model's clock: appended by song frame, read by step, both bounded. */
export class GuideTrack {
  readonly #clock: Clock;
  readonly #resampler: Resampler;
  readonly #levelSteps: number;
  /** Made when the first audible frame comes: most passages have no guide, and a scrub makes many passages. */
  #rings: Rings | undefined;
  /** Steps and levels by falling level: the front is the highest of the window. */
  readonly #highest: { step: Step; level: number }[] = [];
  readonly #startFrame: SongFrame;
  #endFrame: SongFrame;
  #endStep: Step;
  /** The song frame after the last one that was not 0. */
  #audibleEndFrame = Number.NEGATIVE_INFINITY;

  /** `startFrame` is where the passage begins; before it there is no guide. */
  constructor(clock: Clock, startFrame: SongFrame) {
    this.#clock = clock;
    this.#resampler = new Resampler(clock.hostRateHz, clock.modelRateHz);
    this.#levelSteps = Math.ceil(levelSeconds * clock.modelRateHz);
    this.#startFrame = startFrame;
    this.#endFrame = startFrame;
    this.#endStep = Math.max(0, clock.firstStepAt(startFrame));
  }

  /** Appends `frameCount` frames of mono audio; undefined is silence. Must follow on what is there. */
  append(startFrame: SongFrame, frameCount: number, mono: Float32Array | undefined): void {
    if (startFrame !== this.#endFrame) throw new Failure('internal', 'The guide is not contiguous.');
    if (mono !== undefined) this.#rings ??= this.#makeRings();
    const rings = this.#rings;
    if (rings !== undefined) {
      for (let index = 0; index < frameCount; index += 1) {
        const value = mono?.[index] ?? 0;
        rings.frames[modulo(startFrame + index, rings.frames.length)] = value;
        if (value !== 0) this.#audibleEndFrame = startFrame + index + 1;
      }
    }
    this.#endFrame += frameCount;
    const endStep = Math.max(0, this.#clock.firstStepAt(this.#endFrame));
    if (rings !== undefined && endStep > this.#endStep) this.#appendSteps(rings, this.#endStep, endStep);
    this.#endStep = endStep;
  }

  /** How strong the guide is by its own level, 0 to 1. Beyond what was delivered it is 0. */
  gate(step: Step): number {
    const gates = this.#rings?.gates;
    return gates !== undefined && this.#known(step, gates.length) ? (gates[step % gates.length] ?? 0) : 0;
  }

  /** The guide in the model's quantizer. Silence where there is none. */
  bin(step: Step): number {
    const bins = this.#rings?.bins;
    return bins !== undefined && this.#known(step, bins.length) ? (bins[step % bins.length] ?? silentBin) : silentBin;
  }

  #makeRings(): Rings {
    const { hostRateHz, modelRateHz } = this.#clock;
    const steps = Math.ceil(limits.scoreSecondsKept * modelRateHz);
    return {
      frames: new Float32Array(Math.ceil(limits.scoreSecondsKept * hostRateHz)),
      bins: new Uint8Array(steps).fill(silentBin),
      gates: new Float32Array(steps),
    };
  }

  #appendSteps(rings: Rings, firstStep: Step, endStep: Step): void {
    const values = new Float32Array(endStep - firstStep);
    if (this.#audibleNear(firstStep)) {
      const firstFrame = this.#resampler.newestInput(firstStep) - this.#resampler.tapCount + 1;
      const frames = new Float32Array(this.#resampler.newestInput(endStep - 1) + 1 - firstFrame);
      for (let index = 0; index < frames.length; index += 1) frames[index] = this.#frame(rings, firstFrame + index);
      this.#resampler.fill(firstStep, values, frames, firstFrame);
    }
    for (const [index, value] of values.entries()) {
      const slot = (firstStep + index) % rings.bins.length;
      rings.bins[slot] = binOfAmplitude(value);
      const peak = this.#slideLevel(firstStep + index, Math.abs(value));
      rings.gates[slot] = Math.min(1, Math.max(0, (peak - levelOff) / (levelOn - levelOff)));
    }
  }

  /** False when all that the filter sees from `step` on is silent: nothing need be computed. */
  #audibleNear(step: Step): boolean {
    return this.#clock.frameOfStep(step) - this.#resampler.tapCount - 1 < this.#audibleEndFrame;
  }

  #slideLevel(step: Step, level: number): number {
    const window = this.#highest;
    while ((window.at(-1)?.level ?? Number.POSITIVE_INFINITY) <= level) window.pop();
    window.push({ step, level });
    while ((window[0]?.step ?? step) <= step - this.#levelSteps) window.shift();
    return window[0]?.level ?? 0;
  }

  #frame(rings: Rings, frame: SongFrame): number {
    if (frame < this.#startFrame || frame >= this.#endFrame) return 0;
    return rings.frames[modulo(frame, rings.frames.length)] ?? 0;
  }

  #known(step: Step, stepsKept: number): boolean {
    if (step >= this.#endStep || step < this.#endStep - stepsKept) return false;
    return this.#clock.frameOfStep(step) >= this.#startFrame;
  }
}

function modulo(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}
