import { spectrogram } from './picture/spectrum.js';

/** How alike two sounds are, window after window. */
export interface Likeness {
  /** Seconds of the middle of each window, rising. */
  readonly seconds: readonly number[];
  /** −1 to 1, a value a window. */
  readonly values: readonly number[];
}

const windowSeconds = 1;
const hopSeconds = 0.25;
const framesPerSecond = 50;
const fftFrames = 4096;
const bandCount = 48;
const lowestHz = 60;
const highestHz = 7000;
/** Quieter than this is silence: a band there must not weigh. */
const floorDecibels = -80;

/**
 * The likeness of `audio` to `guide` over time, both at the same song frames: Pearson's correlation of their levels in
 * 48 bands (evenly spaced in log frequency, decibels) over windows of a second. Every band is taken relative to its mean
 * over the guide, so that a common timbre scores nothing: only the same notes at the same time do.
 */
export function likenessOverTime(audio: Float32Array, guide: Float32Array, sampleRateHz: number): Likeness {
  const frames = Math.min(audio.length, guide.length);
  const wanted = bandLevels(guide.subarray(0, frames), sampleRateHz);
  const heard = bandLevels(audio.subarray(0, frames), sampleRateHz);
  const means = Array.from(
    { length: bandCount },
    (_, band) => wanted.reduce((sum, levels) => sum + (levels[band] ?? 0), 0) / Math.max(1, wanted.length),
  );
  const [length, hop] = [windowSeconds * framesPerSecond, Math.round(hopSeconds * framesPerSecond)];
  const seconds: number[] = [];
  const values: number[] = [];
  for (let start = 0; start + length <= wanted.length; start += hop) {
    const relative = (rows: readonly Float64Array[]) =>
      rows
        .slice(start, start + length)
        .flatMap((levels) => [...levels].map((level, band) => level - (means[band] ?? 0)));
    seconds.push((start + length / 2) / framesPerSecond);
    values.push(correlation(relative(heard), relative(wanted)));
  }
  return { seconds, values };
}

/** Decibels by band, `framesPerSecond` times a second. */
function bandLevels(values: Float32Array, sampleRateHz: number): Float64Array[] {
  const count = Math.floor((values.length / sampleRateHz) * framesPerSecond);
  const { columns, hzPerBin } = spectrogram(values, sampleRateHz, count, fftFrames);
  const edge = (band: number) => (lowestHz * (highestHz / lowestHz) ** (band / bandCount)) / hzPerBin;
  return columns.map((levels) =>
    Float64Array.from({ length: bandCount }, (_, band) => {
      const from = Math.floor(edge(band));
      const to = Math.max(from + 1, Math.ceil(edge(band + 1)));
      let power = 0;
      for (let bin = from; bin < to; bin += 1) power += 10 ** ((levels[bin] ?? floorDecibels) / 10);
      return Math.max(floorDecibels, 10 * Math.log10(power / (to - from)));
    }),
  );
}

/** Pearson's; 0 where one of them does not vary. */
export function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [meanA, meanB] = [mean(a), mean(b)];
  let [product, squaresA, squaresB] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const [x, y] = [value - meanA, (b[index] ?? 0) - meanB];
    product += x * y;
    squaresA += x * x;
    squaresB += y * y;
  }
  return squaresA > 0 && squaresB > 0 ? product / Math.sqrt(squaresA * squaresB) : 0;
}
