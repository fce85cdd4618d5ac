import type { Step } from '../core/units.js';
import { SlidingPeak } from './sliding-peak.js';

/**
 * A silent guide is no guide: its strength is gated by its own level, the highest absolute value of the last 32 ms.
 * Where that is below −60 dBFS, as it came or as it was levelled, it is exactly off; fully on from −54 dBFS as it came and −48 dBFS
 * as it was levelled. Without this a quiet stretch of the guide pulls a model into silence, where it stays; and without the
 * level it came with, noise of −70 dBFS would be raised until it counts.
 */
export const peakSeconds = 0.032;
const levelOff = 1e-3;
const heardOn = 2e-3;
const levelledOn = 4e-3;
/** The gate is the mean of what it would be over the last 8 ms: a guide that comes or goes in an instant does not click. */
export const fadeSeconds = 0.008;
/** Gates are whole numbers of this, whose sum is exact in any order. */
const gateGrid = 4096;

/** How far a guide is let through by its own level, step by step. */
export class GuideGate {
  /** As it came, and as it was levelled. */
  readonly #peakHeard: SlidingPeak;
  readonly #peakLevelled: SlidingPeak;
  readonly #fadeSteps: number;
  /** What the gate would be without the fade, on its grid: of the steps that it is the mean of, and the one before. */
  readonly #openings: Uint16Array;
  #openingSum = 0;

  constructor(modelRateHz: number) {
    const peakSteps = Math.ceil(peakSeconds * modelRateHz);
    this.#peakHeard = new SlidingPeak(peakSteps);
    this.#peakLevelled = new SlidingPeak(peakSteps);
    this.#fadeSteps = Math.ceil(fadeSeconds * modelRateHz);
    this.#openings = new Uint16Array(this.#fadeSteps + 1);
  }

  /** The gate at a step, 0 to 1; steps follow on each other. */
  next(step: Step, value: number, levelled: number): number {
    const heard = opening(this.#peakHeard.next(step, Math.abs(value)), heardOn);
    const kept = opening(this.#peakLevelled.next(step, Math.abs(levelled)), levelledOn);
    const count = this.#openings.length;
    const gone = this.#openings[(step + 1) % count] ?? 0;
    const opened = Math.min(heard, kept);
    this.#openings[step % count] = opened;
    this.#openingSum += opened - gone;
    return this.#openingSum / (this.#fadeSteps * gateGrid);
  }
}

/** How far a peak opens the gate, in steps of its grid. */
function opening(peak: number, on: number): number {
  return Math.round(gateGrid * Math.min(1, Math.max(0, (peak - levelOff) / (on - levelOff))));
}
