import type { Step } from '../../core/units.js';
import { pairSteps } from './peaks.js';

/** Lowest and highest of each pairSteps steps, in 1/127. */
export interface PeakStretch {
  /** A multiple of pairSteps. */
  readonly firstStep: Step;
  readonly low: number[];
  readonly high: number[];
}

/** More than a tick brings, however fast a bounce is drawn: a minute at 16 kHz. Beyond it the oldest is left out. */
const pairsMax = 15_000;

/** Makes peaks of values that come in the order of their steps, and gives out what is new of them. */
export class PeakRun {
  #pair = 0;
  #low: number[] = [];
  #high: number[] = [];
  #lastStep: Step = Number.NaN;
  #isNew = false;
  /** Stretches that ended since the last call: the song went on elsewhere. */
  #ended: PeakStretch[] = [];

  /** Whether `step` goes on where the last one was. */
  follows(step: Step): boolean {
    return step === this.#lastStep || step === this.#lastStep + 1;
  }

  /** Lowest and highest amplitude of a step, or of some of it. */
  add(step: Step, low: number, high: number): void {
    if (!this.follows(step)) this.#begin(step);
    this.#lastStep = step;
    this.#isNew = true;
    const at = Math.floor(step / pairSteps) - this.#pair;
    this.#low[at] = Math.min(this.#low[at] ?? 127, inPeakUnits(low));
    this.#high[at] = Math.max(this.#high[at] ?? -127, inPeakUnits(high));
  }

  /** What is new since the last call; the last pair as far as it goes, and again when it has grown. */
  take(): PeakStretch[] {
    const ended = this.#ended;
    this.#ended = [];
    if (!this.#isNew) return ended;
    this.#isNew = false;
    const { length } = this.#low;
    const from = Math.max(0, length - pairsMax);
    const firstStep = (this.#pair + from) * pairSteps;
    const stretch = { firstStep, low: this.#low.slice(from), high: this.#high.slice(from) };
    this.#pair += length - 1;
    this.#low = this.#low.slice(-1);
    this.#high = this.#high.slice(-1);
    return [...ended, stretch];
  }

  #begin(step: Step): void {
    this.#ended = this.take();
    this.#pair = Math.floor(step / pairSteps);
    this.#low = [];
    this.#high = [];
  }
}

function inPeakUnits(amplitude: number): number {
  return Number.isFinite(amplitude) ? Math.round(127 * Math.min(1, Math.max(-1, amplitude))) : 0;
}
