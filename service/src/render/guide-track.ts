import type { Emphasis } from '../core/emphasis.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { binOfAmplitude, silentBin } from '../core/mu-law.js';
import { halfWidthPeriods, Resampler } from '../core/resampler.js';
import type { Clock, SongFrame, Step } from '../core/units.js';
import { fadeSeconds, GuideGate, peakSeconds } from './guide-gate.js';
import { GuideLevel, levelWindowSteps } from './guide-level.js';

/** Steps after its beginning from which a guide is what it would be had it begun earlier: the past of filter, level and gate. */
export function guideWarmUpSteps(clock: Clock): number {
  const filterSeconds = (2 * halfWidthPeriods + 1) / Math.min(clock.hostRateHz, clock.modelRateHz);
  const gateSteps = Math.ceil((filterSeconds + peakSeconds + fadeSeconds) * clock.modelRateHz);
  return gateSteps + levelWindowSteps(clock.modelRateHz) + 1;
}

/** By song frame and by step, both modulo their length. */
interface Rings {
  readonly frames: Float32Array;
  readonly bins: Uint8Array;
  readonly gates: Float32Array;
}

/** The guide at the model's clock and level: appended by song frame, read by step, both bounded. */
export class GuideTrack {
  readonly #clock: Clock;
  readonly #resampler: Resampler;
  readonly #level: GuideLevel;
  readonly #gate: GuideGate;
  readonly #emphasis: Emphasis;
  #levelledBefore = 0;
  /** Made when the first audible frame comes: most passages have no guide, and a scrub makes many passages. */
  #rings: Rings | undefined;
  readonly #startFrame: SongFrame;
  #endFrame: SongFrame;
  #endStep: Step;
  /** The song frame after the last one that was not 0. */
  #audibleEndFrame = Number.NEGATIVE_INFINITY;

  /** `startFrame` is where the passage begins; before it there is no guide. */
  constructor(clock: Clock, startFrame: SongFrame, levelDbfs: number, emphasis: Emphasis) {
    this.#emphasis = emphasis;
    this.#clock = clock;
    this.#resampler = new Resampler(clock.hostRateHz, clock.modelRateHz);
    this.#level = new GuideLevel(clock.modelRateHz, levelDbfs);
    this.#gate = new GuideGate(clock.modelRateHz);
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
        const value = bounded(mono?.[index] ?? 0);
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
    const steps = Math.ceil(limits.inputSecondsKept * modelRateHz);
    return {
      frames: new Float32Array(Math.ceil(limits.inputSecondsKept * hostRateHz)),
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
      const step = firstStep + index;
      const slot = step % rings.bins.length;
      const levelled = this.#level.next(step, value);
      rings.bins[slot] = binOfAmplitude(this.#emphasised(levelled));
      rings.gates[slot] = this.#gate.next(step, value, levelled);
    }
  }

  #emphasised(levelled: number): number {
    const { coefficient, gain } = this.#emphasis;
    const value = gain * (levelled - coefficient * this.#levelledBefore);
    this.#levelledBefore = levelled;
    return value;
  }

  /** False when all that the filter sees from `step` on is silent: nothing need be computed. */
  #audibleNear(step: Step): boolean {
    return this.#clock.frameOfStep(step) - this.#resampler.tapCount - 1 < this.#audibleEndFrame;
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

/** What is not a number is silence, and nothing is beyond +40 dBFS: a level must come out of it. */
function bounded(value: number): number {
  return Number.isNaN(value) ? 0 : Math.min(100, Math.max(-100, value));
}

function modulo(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}
