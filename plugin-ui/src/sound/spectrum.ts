import { Fft, hannWindow } from '../../../service/src/core/fft.js';

/** Steps of one analysis window and from one to the next; at 16 kHz 64 ms and 16 ms. */
export const windowSteps = 1024;
export const hopSteps = 256;
/** Columns of one tile of a spectrogram, and its rows, spaced evenly in pitch. */
export const spectrumColumns = 256;
export const spectrumRows = 96;
export const spectrumTileSteps = hopSteps * spectrumColumns;

/** What is quieter than this below full scale is black. */
const floorDb = -84;
const lowestHz = 50;

const fft = new Fft(windowSteps);
const hann = Float32Array.from(hannWindow(windowSteps));

/**
 * Loudness of every row and column, 0 to 255, columns one after another, lowest pitch first. `amplitudes` holds
 * `windowSteps - hopSteps` steps more than the columns' hops.
 */
export function spectrumOf(amplitudes: Float32Array, rateHz: number): Uint8Array<ArrayBuffer> {
  const columns = Math.max(0, Math.floor((amplitudes.length - windowSteps) / hopSteps) + 1);
  const levels = new Uint8Array(columns * spectrumRows);
  const real = new Float32Array(windowSteps);
  const imaginary = new Float32Array(windowSteps);
  const edges = rowEdges(rateHz);
  for (let column = 0; column < columns; column += 1) {
    for (let at = 0; at < windowSteps; at += 1) {
      real[at] = (amplitudes[column * hopSteps + at] ?? 0) * (hann[at] ?? 0);
    }
    imaginary.fill(0);
    fft.transform(real, imaginary);
    for (let row = 0; row < spectrumRows; row += 1) {
      levels[column * spectrumRows + row] = levelOf(real, imaginary, edges[row] ?? 0, edges[row + 1] ?? 0);
    }
  }
  return levels;
}

/** Bins at which the rows begin: evenly spaced in pitch from `lowestHz` to half the rate. */
export function rowEdges(rateHz: number): number[] {
  const top = windowSteps / 2;
  const bottom = (lowestHz * windowSteps) / rateHz;
  return Array.from({ length: spectrumRows + 1 }, (_, row) => bottom * (top / bottom) ** (row / spectrumRows));
}

function levelOf(real: Float32Array, imaginary: Float32Array, from: number, to: number): number {
  let power = 0;
  const first = Math.floor(from);
  const last = Math.max(first, Math.ceil(to) - 1);
  for (let bin = first; bin <= last; bin += 1) {
    power = Math.max(power, (real[bin] ?? 0) ** 2 + (imaginary[bin] ?? 0) ** 2);
  }
  // A sine of full scale reaches a quarter of the window's length in its bin.
  const decibels = 10 * Math.log10(Math.max(1e-12, power / (windowSteps / 4) ** 2));
  return Math.round(255 * Math.min(1, Math.max(0, 1 - decibels / floorDb)));
}
