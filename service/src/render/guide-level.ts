import type { Step } from '../core/units.js';

/** A guide is measured in pieces of 16 ms, over the last 64 of them: 1.024 s. */
const hopSeconds = 0.016;
const hopCount = 64;
/** A guide is raised or lowered by 18 dB at most. */
const gainMax = 10 ** (18 / 20);
/** What lies this far below the level of the loudest pieces (10 dB, as the relative gate of ITU-R BS.1770) counts half. */
const softGate = 0.1;

/** The steps of one piece, at the model's rate. */
function hopSteps(modelRateHz: number): number {
  return Math.round(hopSeconds * modelRateHz);
}

/** Steps back from which on a gain no longer depends on the guide: the window, and the two pieces a gain moves over. */
export function levelWindowSteps(modelRateHz: number): number {
  return (hopCount + 3) * hopSteps(modelRateHz);
}

/**
 * Brings a guide to the level that the model was trained at. Gain and offset move in straight lines over a piece of 16 ms,
 * between values that depend on the last 64 whole pieces alone, the newer the more. So they are functions of song position and of a
 * bounded past, however the guide was delivered.
 *
 * The level is the RMS of what sounds: with e the mean square of a piece and w its weight by age, m = Σwe²/Σwe is about
 * that of the loudest pieces, s = e/(e + 0.1 m) says how much of a piece sounds, and level² = Σwse/Σws. Pauses do not lower it, and
 * it scales as the guide does. training/simmer_training/levels.py measures training audio in the same way.
 */
export class GuideLevel {
  readonly #hopSteps: number;
  readonly #target: number;
  /** Of the last whole pieces, by piece modulo their number: mean and mean square. */
  readonly #means = new Float64Array(hopCount);
  readonly #squares = new Float64Array(hopCount);
  /** Of the piece that is being heard. */
  #sum = 0;
  #squareSum = 0;
  /** At the beginning of the piece before, and of this one: where gain and offset come from and go to. */
  #gains: readonly [from: number, to: number] = [0, 0];
  #offsets: readonly [from: number, to: number] = [0, 0];

  /** `levelDbfs`: RMS of the training audio where it sounds. */
  constructor(modelRateHz: number, levelDbfs: number) {
    this.#hopSteps = hopSteps(modelRateHz);
    this.#target = 10 ** (levelDbfs / 20);
  }

  /** The guide's value at `step`, levelled; steps must follow each other. 0 until its level is known: 16 ms at most. */
  next(step: Step, value: number): number {
    const place = step % this.#hopSteps;
    const part = place / this.#hopSteps;
    const gain = between(this.#gains, part);
    const levelled = gain * (value - between(this.#offsets, part));
    this.#sum += value;
    this.#squareSum += value * value;
    if (place === this.#hopSteps - 1) this.#endHop((step - place) / this.#hopSteps);
    return levelled;
  }

  #endHop(hop: number): void {
    this.#means[hop % hopCount] = this.#sum / this.#hopSteps;
    this.#squares[hop % hopCount] = this.#squareSum / this.#hopSteps;
    this.#sum = 0;
    this.#squareSum = 0;
    const offset = this.#offset(hop);
    const gain = this.#gain(hop, offset);
    // From silence a gain does not rise: it is there.
    this.#gains = [this.#gains[1] === 0 ? gain : this.#gains[1], gain];
    this.#offsets = [this.#offsets[1], offset];
  }

  /** The mean of the window, in which what was not heard is silence. */
  #offset(hop: number): number {
    let sum = 0;
    for (let age = 0; age < hopCount; age += 1) sum += (hopCount - age) * this.#mean(hop - age);
    return sum / ((hopCount * (hopCount + 1)) / 2);
  }

  /** Target by level, within bounds; 0 where nothing sounded. */
  #gain(hop: number, offset: number): number {
    let energy = 0;
    let energySquare = 0;
    for (let age = 0; age < hopCount; age += 1) {
      const square = this.#squareAround(hop - age, offset);
      energy += (hopCount - age) * square;
      energySquare += (hopCount - age) * square * square;
    }
    if (!(energySquare > 0)) return 0;
    const gate = softGate * (energySquare / energy);
    let sounding = 0;
    let soundingEnergy = 0;
    for (let age = 0; age < hopCount; age += 1) {
      const square = this.#squareAround(hop - age, offset);
      const share = ((hopCount - age) * square) / (square + gate);
      sounding += share;
      soundingEnergy += share * square;
    }
    return Math.min(gainMax, Math.max(1 / gainMax, this.#target / Math.sqrt(soundingEnergy / sounding)));
  }

  /** Mean square of a piece around an offset. */
  #squareAround(hop: number, offset: number): number {
    const slot = slotOf(hop);
    const mean = this.#means[slot] ?? 0;
    const square = this.#squares[slot] ?? 0;
    // A piece before the guide began is silence, and no offset makes it sound.
    return square === 0 ? 0 : Math.max(0, square - 2 * offset * mean + offset * offset);
  }

  #mean(hop: number): number {
    return this.#means[slotOf(hop)] ?? 0;
  }
}

/** Pieces before the song's beginning are in slots like any other: nothing was written there. */
function slotOf(hop: number): number {
  return (hop + hopCount) % hopCount;
}

function between([from, to]: readonly [number, number], part: number): number {
  return from + (to - from) * part;
}
