import { Fft, hannWindow } from '../../../service/src/core/fft.js';

/** Spectra of audio: a Hann window and a fast Fourier transform. */
export interface Spectrogram {
  /** Decibels of a full-scale sine at 0 dB, column after column from the lowest frequency up. */
  readonly columns: readonly Float64Array[];
  readonly hzPerBin: number;
}

/** `columnCount` spectra, evenly spread over the audio, each of `windowFrames` (a power of two) around its place. */
export function spectrogram(
  values: Float32Array,
  sampleRateHz: number,
  columnCount: number,
  windowFrames: number,
): Spectrogram {
  const fft = new Fft(windowFrames);
  const window = hannWindow(windowFrames);
  const fullScale = windowFrames / 4;
  const columns = Array.from({ length: columnCount }, (_, column) => {
    const start = Math.round(((column + 0.5) / columnCount) * values.length - windowFrames / 2);
    const real = window.map((weight, index) => weight * (values[start + index] ?? 0));
    const imaginary = new Float64Array(windowFrames);
    fft.transform(real, imaginary);
    return Float64Array.from({ length: windowFrames / 2 }, (_, bin) => {
      const magnitude = Math.hypot(real[bin] ?? 0, imaginary[bin] ?? 0) / fullScale;
      return 20 * Math.log10(Math.max(magnitude, 1e-9));
    });
  });
  return { columns, hzPerBin: sampleRateHz / windowFrames };
}
