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
  const window = Float64Array.from(
    { length: windowFrames },
    (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / windowFrames),
  );
  const fullScale = windowFrames / 4;
  const columns = Array.from({ length: columnCount }, (_, column) => {
    const start = Math.round(((column + 0.5) / columnCount) * values.length - windowFrames / 2);
    const real = window.map((weight, index) => weight * (values[start + index] ?? 0));
    const imaginary = new Float64Array(windowFrames);
    transform(real, imaginary);
    return Float64Array.from({ length: windowFrames / 2 }, (_, bin) => {
      const magnitude = Math.hypot(real[bin] ?? 0, imaginary[bin] ?? 0) / fullScale;
      return 20 * Math.log10(Math.max(magnitude, 1e-9));
    });
  });
  return { columns, hzPerBin: sampleRateHz / windowFrames };
}

/** The discrete Fourier transform in place, radix 2, decimation in time: the length must be a power of two. */
export function transform(real: Float64Array, imaginary: Float64Array): void {
  const count = real.length;
  for (let index = 1, mirrored = 0; index < count; index += 1) {
    let bit = count >> 1;
    for (; mirrored & bit; bit >>= 1) mirrored ^= bit;
    mirrored ^= bit;
    if (index >= mirrored) continue;
    swap(real, index, mirrored);
    swap(imaginary, index, mirrored);
  }
  for (let length = 2; length <= count; length *= 2) {
    const turn = (-2 * Math.PI) / length;
    for (let start = 0; start < count; start += length) butterflies(real, imaginary, start, length, turn);
  }
}

function butterflies(real: Float64Array, imaginary: Float64Array, start: number, length: number, turn: number): void {
  const half = length / 2;
  for (let offset = 0; offset < half; offset += 1) {
    const [cosine, sine] = [Math.cos(turn * offset), Math.sin(turn * offset)];
    const [low, high] = [start + offset, start + offset + half];
    const [highReal, highImaginary] = [real[high] ?? 0, imaginary[high] ?? 0];
    const turnedReal = highReal * cosine - highImaginary * sine;
    const turnedImaginary = highReal * sine + highImaginary * cosine;
    const [lowReal, lowImaginary] = [real[low] ?? 0, imaginary[low] ?? 0];
    real[low] = lowReal + turnedReal;
    imaginary[low] = lowImaginary + turnedImaginary;
    real[high] = lowReal - turnedReal;
    imaginary[high] = lowImaginary - turnedImaginary;
  }
}

function swap(values: Float64Array, left: number, right: number): void {
  const kept = values[left] ?? 0;
  values[left] = values[right] ?? 0;
  values[right] = kept;
}
