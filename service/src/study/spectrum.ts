import { Fft, hannWindow } from '../core/fft.js';

/** Frames of a log-mel spectrogram, one after another, and how long each is. */
export interface MelFrames {
  readonly bands: number;
  readonly count: number;
  /** Seconds from one frame to the next. */
  readonly hopSeconds: number;
  /** dB above the floor, count × bands. */
  readonly values: Float32Array;
}

const bandCount = 64;
const frameSeconds = 0.064;
const lowestHz = 40;
const highestHz = 10_000;
const floorDecibels = -100;

/** Log-mel frames of a sound (mel scale of O'Shaughnessy 1987; Hann window of 64 ms, half of one apart). */
export function melFrames(values: Float32Array, sampleRateHz: number): MelFrames {
  const size = 2 ** Math.round(Math.log2(frameSeconds * sampleRateHz));
  const hop = size / 2;
  const count = Math.max(0, Math.floor((values.length - size) / hop) + 1);
  const fft = new Fft(size);
  const window = hannWindow(size);
  const filters = melFilters(size, sampleRateHz);
  const out = new Float32Array(count * bandCount);
  const real = new Float64Array(size);
  const imaginary = new Float64Array(size);
  const power = new Float64Array(size / 2 + 1);
  for (let frame = 0; frame < count; frame += 1) {
    for (let index = 0; index < size; index += 1) {
      real[index] = (values[frame * hop + index] ?? 0) * (window[index] ?? 0);
    }
    imaginary.fill(0);
    fft.transform(real, imaginary);
    for (let bin = 0; bin < power.length; bin += 1) {
      power[bin] = (((real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2) * 16) / size ** 2;
    }
    for (const [band, { first, weights }] of filters.entries()) {
      let sum = 0;
      for (const [index, weight] of weights.entries()) sum += weight * (power[first + index] ?? 0);
      out[frame * bandCount + band] = Math.max(0, 10 * Math.log10(sum + 1e-12) - floorDecibels);
    }
  }
  return { bands: bandCount, count, hopSeconds: hop / sampleRateHz, values: out };
}

interface MelFilter {
  readonly first: number;
  readonly weights: readonly number[];
}

function melFilters(size: number, sampleRateHz: number): MelFilter[] {
  const mel = (hertz: number) => 2595 * Math.log10(1 + hertz / 700);
  const top = mel(Math.min(highestHz, sampleRateHz / 2));
  const low = mel(lowestHz);
  const edges = Array.from({ length: bandCount + 2 }, (_, index) => {
    const hertz = 700 * (10 ** ((low + ((top - low) * index) / (bandCount + 1)) / 2595) - 1);
    return (hertz * size) / sampleRateHz;
  });
  return Array.from({ length: bandCount }, (_, band) => {
    const [from = 0, peak = 0, to = 0] = edges.slice(band, band + 3);
    const first = Math.floor(from) + 1;
    const weights: number[] = [];
    for (let bin = first; bin < to; bin += 1) {
      weights.push(bin <= peak ? (bin - from) / (peak - from) : (to - bin) / (to - peak));
    }
    // Narrow bands lie between two bins: the nearest one stands for them.
    return weights.length === 0 ? { first: Math.round(peak), weights: [1] } : { first, weights };
  });
}
