import { Failure } from './failure.js';

/** Real or imaginary parts, in either precision: every intermediate value is rounded to that of its array. */
export type FftValues = Float32Array | Float64Array;

/** exp(−2πik / size), for k from 0 to size / 2 − 1. */
export interface HalfCircle {
  readonly cosines: Float64Array;
  readonly sines: Float64Array;
}

/** The fast Fourier transform of one size, a power of two. Made once; a transform allocates nothing. */
export class Fft {
  /** exp(−2πik / size) for the first half of the circle; shorter transforms read it in larger steps. */
  private readonly cosines: Float64Array;
  private readonly sines: Float64Array;

  /** `circle`: where its values must be the same on every machine; left out, this one's sine and cosine make it. */
  constructor(
    readonly size: number,
    circle?: HalfCircle,
  ) {
    if (!Number.isInteger(Math.log2(size))) throw new Failure('internal', `${size} is not a power of two.`);
    ({ cosines: this.cosines, sines: this.sines } = circle ?? halfCircle(size));
  }

  /** Replaces `size` complex values by their spectrum, X[k] = Σ x[n] exp(−2πikn / size). */
  transform(real: FftValues, imaginary: FftValues): void {
    if (real.length !== this.size || imaginary.length !== this.size) {
      throw new Failure('internal', `A transform of ${this.size} values got ${real.length} and ${imaginary.length}.`);
    }
    reverseBits(real, imaginary);
    // Cooley and Tukey 1965, decimation in time: spectra of 1, 2, 4… values are joined two by two.
    for (let length = 2; length <= this.size; length *= 2) this.join(real, imaginary, length);
  }

  private join(real: FftValues, imaginary: FftValues, length: number): void {
    const half = length / 2;
    const stride = this.size / length;
    for (let offset = 0; offset < half; offset += 1) {
      const cosine = this.cosines[offset * stride] ?? 0;
      const sine = this.sines[offset * stride] ?? 0;
      for (let low = offset; low < this.size; low += length) {
        const high = low + half;
        const re = (real[high] ?? 0) * cosine - (imaginary[high] ?? 0) * sine;
        const im = (real[high] ?? 0) * sine + (imaginary[high] ?? 0) * cosine;
        real[high] = (real[low] ?? 0) - re;
        imaginary[high] = (imaginary[low] ?? 0) - im;
        real[low] = (real[low] ?? 0) + re;
        imaginary[low] = (imaginary[low] ?? 0) + im;
      }
    }
  }
}

function halfCircle(size: number): HalfCircle {
  const angles = Float64Array.from({ length: size / 2 }, (_, index) => (-2 * Math.PI * index) / size);
  return { cosines: angles.map(Math.cos), sines: angles.map(Math.sin) };
}

/** Swaps every value with the one whose index has the same bits in reverse. */
function reverseBits(real: FftValues, imaginary: FftValues): void {
  for (let index = 1, reversed = 0; index < real.length; index += 1) {
    let bit = real.length >> 1;
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit;
    reversed ^= bit;
    if (index >= reversed) continue;
    swap(real, index, reversed);
    swap(imaginary, index, reversed);
  }
}

function swap(values: FftValues, left: number, right: number): void {
  const kept = values[left] ?? 0;
  values[left] = values[right] ?? 0;
  values[right] = kept;
}

/** Hann's window, periodic: the sum of windows that lie half of one apart is 1. */
export function hannWindow(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, index) => 0.5 - 0.5 * Math.cos((2 * Math.PI * index) / size));
}
