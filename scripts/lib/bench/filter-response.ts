import { Fft } from '../../../service/src/core/fft.js';
import { Resampler } from '../../../service/src/core/resampler.js';

/** What the resampler does between two rates. Frequencies in Hz of the sound, levels in decibels. */
export interface FilterFigures {
  readonly inputRateHz: number;
  readonly outputRateHz: number;
  /** Largest deviation from 0 dB below `flatShare` of the lower Nyquist frequency. */
  readonly rippleDb: number;
  /** Where it has fallen by 3 dB. */
  readonly halfPowerHz: number;
  /**
   * The highest level beyond `stopShare` of the lower Nyquist frequency: what is left of an image or an alias, at most.
   * −∞ between equal rates, where there is neither.
   */
  readonly leakDb: number;
  /** Time from an impulse to the middle of the answer to it, measured on the answer. */
  readonly delayMillis: number;
}

/** Shares of the lower of the two Nyquist frequencies between which the filter falls from flat to nothing. */
export const flatShare = 0.84;
export const stopShare = 1.06;

/** Points of the spectrum for each period of a ripple of the filter's. */
const finePoints = 8;

export interface FilterResponse {
  readonly inputRateHz: number;
  readonly outputRateHz: number;
  /** Linear gain at index · hzPerPoint, up to half of the rate at which all phases together see the input. */
  readonly gain: Float64Array;
  readonly hzPerPoint: number;
  readonly delayMillis: number;
}

/**
 * The filter's gain at every frequency, from what `at` answers to impulses: all phases of a cycle, put in order, are its
 * impulse response on a grid that is `phases` times finer than the input. A tone of f Hz comes out by the gain at f, its
 * images by the gain at f + n · inputRateHz; what of it lies beyond the output's Nyquist frequency folds back.
 */
export function responseOf(inputRateHz: number, outputRateHz: number): FilterResponse {
  const resampler = new Resampler(inputRateHz, outputRateHz);
  const phases = outputRateHz / greatestCommonDivisor(inputRateHz, outputRateHz);
  const answer = impulseAnswer(resampler, inputRateHz, outputRateHz, phases);
  let size = 1;
  while (size < answer.length * finePoints) size *= 2;
  const [real, imaginary] = [new Float64Array(size), new Float64Array(size)];
  for (const [index, value] of answer.entries()) real[index] = value / phases;
  new Fft(size).transform(real, imaginary);
  const gain = Float64Array.from({ length: size / 2 }, (_, index) =>
    Math.hypot(real[index] ?? 0, imaginary[index] ?? 0),
  );
  const gridHz = inputRateHz * phases;
  return {
    inputRateHz,
    outputRateHz,
    gain,
    hzPerPoint: gridHz / size,
    delayMillis: (middleOf(answer) * 1000) / gridHz,
  };
}

export function figuresOf(response: FilterResponse): FilterFigures {
  const { inputRateHz, outputRateHz, gain, hzPerPoint, delayMillis } = response;
  const nyquist = Math.min(inputRateHz, outputRateHz) / 2;
  const pointAt = (hz: number) => hz / hzPerPoint;
  let rippleDb = 0;
  for (let point = 0; point <= pointAt(flatShare * nyquist); point += 1) {
    rippleDb = Math.max(rippleDb, Math.abs(decibels(gain[point] ?? 0)));
  }
  let leak = 0;
  for (let point = Math.ceil(pointAt(stopShare * nyquist)); point < gain.length; point += 1) {
    leak = Math.max(leak, gain[point] ?? 0);
  }
  const halfPowerHz = fallsTo(Math.SQRT1_2, gain) * hzPerPoint;
  return { inputRateHz, outputRateHz, rippleDb, halfPowerHz, leakDb: decibels(leak), delayMillis };
}

export const decibels = (gain: number): number => 20 * Math.log10(gain);

/** The point, between two, at which the gain first falls to `level`. */
function fallsTo(level: number, gain: Float64Array): number {
  const below = gain.findIndex((value) => value < level);
  const [before = 1, after = 0] = gain.subarray(below - 1, below + 1);
  return below - 1 + (before - level) / (before - after);
}

/** The weights by distance from the output, in units of 1/phases of an input. */
function impulseAnswer(resampler: Resampler, inputRateHz: number, outputRateHz: number, phases: number): Float64Array {
  const answer = new Float64Array(phases * resampler.tapCount);
  for (let position = 0; position < phases; position += 1) {
    const newest = resampler.newestInput(position);
    const phase = ((position * inputRateHz) / outputRateHz - newest) * phases;
    for (let tap = 0; tap < resampler.tapCount; tap += 1) {
      const impulse = newest - tap;
      answer[tap * phases + Math.round(phase)] = resampler.at(position, (input) => (input === impulse ? 1 : 0));
    }
  }
  return answer;
}

/** The centre of gravity of the answer's energy. */
function middleOf(answer: Float64Array): number {
  let [energy, moment] = [0, 0];
  for (const [index, value] of answer.entries()) {
    energy += value * value;
    moment += index * value * value;
  }
  return moment / energy;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
