import { type MelFrames, melFrames } from './spectrum.js';

/** What is measured of a take (docs/studies.md says how). */
export interface Measures {
  /** Bits of the distributions that were drawn from: mean and standard deviation over steps. */
  readonly entropyMean: number;
  readonly entropySd: number;
  /** 0 to 1: how little the second half resembles anything of the first. */
  readonly novelty: number;
  /** −1 to 1: how much it resembles itself at the lag where it does so most. */
  readonly repetition: number;
  readonly repetitionSeconds: number;
  readonly peak: number;
  readonly rmsDbfs: number;
  /** Share of tenths of a second below −60 dBFS. */
  readonly silentShare: number;
  readonly dc: number;
  /** Jumps between neighbouring values that stand out from all around them. */
  readonly clicks: number;
}

const silent = 1e-3;
const lagSecondsMin = 0.5;
const clickHeight = 0.25;
const clickRatio = 6;
const clickWindowSeconds = 0.002;

/** Running mean and spread of entropies, as they are drawn. */
export class EntropySum {
  #count = 0;
  #sum = 0;
  #squares = 0;

  add(bits: Float32Array): void {
    for (const value of bits) {
      this.#count += 1;
      this.#sum += value;
      this.#squares += value * value;
    }
  }

  get mean(): number {
    return this.#count === 0 ? 0 : this.#sum / this.#count;
  }

  get sd(): number {
    return this.#count === 0 ? 0 : Math.sqrt(Math.max(0, this.#squares / this.#count - this.mean ** 2));
  }
}

/** Measures a whole take, in mono: of a stereo one the mean of both channels. Returns its spectrogram as well, which pages show. */
export function measure(
  values: Float32Array,
  sampleRateHz: number,
  entropy: EntropySum,
): { measures: Measures; frames: MelFrames } {
  const frames = melFrames(values, sampleRateHz);
  const directions = centred(frames);
  const { repetition, repetitionSeconds } = repetitionOf(directions, frames);
  let [peak, sum, squares] = [0, 0, 0];
  for (const value of values) {
    peak = Math.max(peak, Math.abs(value));
    sum += value;
    squares += value * value;
  }
  const count = Math.max(1, values.length);
  return {
    frames,
    measures: {
      entropyMean: entropy.mean,
      entropySd: entropy.sd,
      novelty: noveltyOf(directions, frames),
      repetition,
      repetitionSeconds,
      peak,
      rmsDbfs: 10 * Math.log10(squares / count + 1e-12),
      silentShare: silentShareOf(values, sampleRateHz),
      dc: sum / count,
      clicks: clicksOf(values, sampleRateHz),
    },
  };
}

/** Frames as directions: without what all of them have in common, of length 1. */
function centred({ values, bands, count }: MelFrames): Float64Array {
  const mean = new Float64Array(bands);
  for (let index = 0; index < count * bands; index += 1)
    mean[index % bands] = (mean[index % bands] ?? 0) + (values[index] ?? 0) / count;
  const out = new Float64Array(count * bands);
  for (let frame = 0; frame < count; frame += 1) {
    let length = 0;
    for (let band = 0; band < bands; band += 1) {
      const value = (values[frame * bands + band] ?? 0) - (mean[band] ?? 0);
      out[frame * bands + band] = value;
      length += value * value;
    }
    const scale = length > 0 ? 1 / Math.sqrt(length) : 0;
    for (let band = 0; band < bands; band += 1) out[frame * bands + band] = (out[frame * bands + band] ?? 0) * scale;
  }
  return out;
}

function likeness(directions: Float64Array, bands: number, a: number, b: number): number {
  let sum = 0;
  for (let band = 0; band < bands; band += 1)
    sum += (directions[a * bands + band] ?? 0) * (directions[b * bands + band] ?? 0);
  return sum;
}

/** The lag, from half a second to half the take, at which frames resemble those before them most (Foote 1999). */
function repetitionOf(directions: Float64Array, { bands, count, hopSeconds }: MelFrames) {
  let repetition = -1;
  let best = 0;
  for (let lag = Math.ceil(lagSecondsMin / hopSeconds); lag <= count / 2; lag += 1) {
    let sum = 0;
    for (let frame = lag; frame < count; frame += 1) sum += likeness(directions, bands, frame, frame - lag);
    const mean = sum / (count - lag);
    if (mean <= repetition) continue;
    repetition = mean;
    best = lag;
  }
  return { repetition: best === 0 ? 0 : repetition, repetitionSeconds: best * hopSeconds };
}

function noveltyOf(directions: Float64Array, { bands, count }: MelFrames): number {
  const half = Math.floor(count / 2);
  if (half === 0) return 0;
  let sum = 0;
  for (let frame = half; frame < count; frame += 1) {
    let nearest = -1;
    for (let past = 0; past < half; past += 1) nearest = Math.max(nearest, likeness(directions, bands, frame, past));
    sum += 1 - Math.max(0, nearest);
  }
  return sum / (count - half);
}

function silentShareOf(values: Float32Array, sampleRateHz: number): number {
  const length = Math.round(sampleRateHz / 10);
  const parts = Math.floor(values.length / length);
  let found = 0;
  for (let part = 0; part < parts; part += 1) {
    let squares = 0;
    for (let index = part * length; index < (part + 1) * length; index += 1) squares += (values[index] ?? 0) ** 2;
    if (Math.sqrt(squares / length) < silent) found += 1;
  }
  return parts === 0 ? 0 : found / parts;
}

function clicksOf(values: Float32Array, sampleRateHz: number): number {
  const around = Math.round(clickWindowSeconds * sampleRateHz);
  const bend = (index: number) =>
    Math.abs((values[index + 1] ?? 0) - 2 * (values[index] ?? 0) + (values[index - 1] ?? 0));
  let clicks = 0;
  for (let index = around + 1; index < values.length - around - 1; index += 1) {
    const height = bend(index);
    if (height < clickHeight) continue;
    let others = 0;
    for (let near = index - around; near <= index + around; near += 1) {
      if (Math.abs(near - index) > 2) others = Math.max(others, bend(near));
    }
    if (height > clickRatio * others) clicks += 1;
  }
  return clicks;
}
