import { halfWidthPeriods, kernelFor, type ResamplerKernel } from './resampler-kernel.js';

export { halfWidthPeriods } from './resampler-kernel.js';

/**
 * A causal, linear-phase, polyphase resampler that is a function of position alone: output p is a weighted sum of
 * inputs k ≤ p·inRate/outRate, with weights that depend on the fraction of p·inRate/outRate only. It keeps no past, so
 * a seek or another chunking cannot change a value. Sums run in double and in a fixed order: from the newest input back.
 *
 * docs/resampling.md states what the filter does to the audio.
 */
export class Resampler {
  /** The constant delay: `halfWidthPeriods` periods of the slower rate, in inputs. */
  readonly delayInputs: number;
  /**
   * The same delay in whole numbers: periods of the slower rate are outputs where the output is the slower, else inputs.
   * Output p + `outputs`, of inputs that are read `inputs` later, is where input time p·inRate/outRate is.
   */
  readonly wholeDelay: { readonly inputs: number; readonly outputs: number };
  /** Inputs each output looks at: k − tapCount < … ≤ k, where k = ⌊p·inRate/outRate⌋. */
  readonly tapCount: number;
  readonly #kernel: ResamplerKernel;
  /** Where `#rowOf` says a row is: the kernel's rows or, where phases lie between those, one row of our own. */
  readonly #rows: Float64Array;
  /** The inputs of one `fill` as doubles, oldest first, with zeros where there is none. */
  #window = new Float64Array(0);

  /** Rates in lowest terms or not; both whole numbers (units.ts says why positions are exact). */
  constructor(inputRateHz: number, outputRateHz: number) {
    this.#kernel = kernelFor(inputRateHz, outputRateHz);
    this.delayInputs = this.#kernel.delayInputs;
    this.wholeDelay =
      inputRateHz > outputRateHz ? { inputs: 0, outputs: halfWidthPeriods } : { inputs: halfWidthPeriods, outputs: 0 };
    this.tapCount = this.#kernel.tapCount;
    this.#rows = this.#kernel.exact ? this.#kernel.rows : new Float64Array(this.#kernel.stride);
  }

  /** ⌊p·inRate/outRate⌋: the newest input that output `position` looks at. */
  newestInput(position: number): number {
    return Math.floor((position * this.#kernel.inputsPerCycle) / this.#kernel.outputsPerCycle);
  }

  /** Output `position` (whole, may be negative), from `read(k)`, which must answer 0 where there is no input. */
  at(position: number, read: (input: number) => number): number {
    const newest = this.newestInput(position);
    const offset = this.#rowOf(position * this.#kernel.inputsPerCycle - newest * this.#kernel.outputsPerCycle);
    let sum = 0;
    for (let tap = 0; tap < this.tapCount; tap += 1) sum += (this.#rows[offset + tap] ?? 0) * read(newest - tap);
    return sum;
  }

  /**
   * Outputs `startPosition` on, as many as `out` holds: to the bit what `at` gives for each, in a fraction of the time.
   * `inputs[i]` is input `firstInput + i`; every other input is 0.
   */
  fill(startPosition: number, out: Float32Array, inputs: Float32Array, firstInput: number): void {
    if (out.length === 0) return;
    const kernel = this.#kernel;
    const newest = this.newestInput(startPosition);
    const windowFirst = newest - kernel.stride + 1;
    const windowLast = this.newestInput(startPosition + out.length - 1);
    const window = this.#takeIn(inputs, firstInput, windowFirst, windowLast - windowFirst + 1);
    const phase = startPosition * kernel.inputsPerCycle - newest * kernel.outputsPerCycle;
    if (kernel.exact) {
      kernel.readyFrom(phase, out.length);
      sumAll(kernel, phase, window, out);
      return;
    }
    for (let index = 0; index < out.length; index += 1) {
      const place = this.newestInput(startPosition + index);
      const offset = this.#rowOf((startPosition + index) * kernel.inputsPerCycle - place * kernel.outputsPerCycle);
      out[index] = weightedSum(this.#rows, offset, kernel.stride, window, place - windowFirst);
    }
  }

  /** `length` inputs from `first` on, of those that are given as `inputs[i]` = input `inputsFirst + i`. */
  #takeIn(inputs: Float32Array, inputsFirst: number, first: number, length: number): Float64Array {
    if (this.#window.length < length) this.#window = new Float64Array(length);
    const window = this.#window;
    const start = Math.min(length, Math.max(0, inputsFirst - first));
    const end = Math.max(start, Math.min(length, inputsFirst + inputs.length - first));
    window.fill(0, 0, start);
    if (end > start) window.set(inputs.subarray(start + first - inputsFirst, end + first - inputsFirst), start);
    window.fill(0, end, length);
    return window;
  }

  /** Where in `#rows` the weights of a phase begin. */
  #rowOf(phase: number): number {
    const kernel = this.#kernel;
    if (kernel.exact) return kernel.ready(phase);
    const scaled = phase * kernel.rowsPerInput;
    const row = Math.floor(scaled / kernel.outputsPerCycle);
    const part = (scaled - row * kernel.outputsPerCycle) / kernel.outputsPerCycle;
    const before = kernel.ready(row);
    const after = kernel.ready(row + 1);
    for (let tap = 0; tap < this.tapCount; tap += 1) {
      const weight = kernel.rows[before + tap] ?? 0;
      this.#rows[tap] = weight + ((kernel.rows[after + tap] ?? 0) - weight) * part;
    }
    return 0;
  }
}

/** All outputs of a window whose first output looks at inputs up to `stride - 1`; the rows it needs must be there. */
function sumAll(kernel: ResamplerKernel, firstPhase: number, window: Float64Array, out: Float32Array): void {
  const { inputsPerCycle, outputsPerCycle, rows, stride } = kernel;
  const wholeInputs = Math.floor(inputsPerCycle / outputsPerCycle);
  const restPhases = inputsPerCycle - wholeInputs * outputsPerCycle;
  let place = stride - 1;
  let phase = firstPhase;
  for (let index = 0; index < out.length; index += 1) {
    out[index] = weightedSum(rows, phase * stride, stride, window, place);
    place += wholeInputs;
    phase += restPhases;
    if (phase >= outputsPerCycle) {
      phase -= outputsPerCycle;
      place += 1;
    }
  }
}

/**
 * The one sum, from `place` in the window back in time, four taps a turn but one after the other: as `at` adds them. The
 * zeros at a row's end add nothing. (`??` is never taken; by it V8 knows that there is no hole to look out for.)
 */
function weightedSum(rows: Float64Array, offset: number, stride: number, window: Float64Array, place: number): number {
  let sum = 0;
  for (let tap = 0; tap < stride; tap += 4) {
    const weight = offset + tap;
    const input = place - tap;
    sum += (rows[weight] ?? 0) * (window[input] ?? 0);
    sum += (rows[weight + 1] ?? 0) * (window[input - 1] ?? 0);
    sum += (rows[weight + 2] ?? 0) * (window[input - 2] ?? 0);
    sum += (rows[weight + 3] ?? 0) * (window[input - 3] ?? 0);
  }
  return sum;
}
