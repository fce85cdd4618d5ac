/** Periods of the slower of the two rates on each side of the filter's centre; its delay is exactly as long. */
export const halfWidthPeriods = 24;
/**
 * Kaiser's beta for about 80 dB (0.1102 · (80 − 8.7); Kaiser 1974). With 48 periods the transition is 0.104 of the
 * slower rate wide, centred on 0.95 of its half.
 */
const kaiserBeta = 7.857;
const cutoffOfHalfRate = 0.95;
/** Weights of at most this many phases are kept (48 doubles each); rates with more are computed as they come. */
const phasesKeptMax = 4096;

/**
 * A causal, linear-phase, polyphase resampler that is a function of position alone: output p is a weighted sum of
 * inputs k ≤ p·inRate/outRate, with weights that depend on the fraction of p·inRate/outRate only. It keeps no past, so
 * a seek or another chunking cannot change a value. Sums run in double and in a fixed order.
 */
export class Resampler {
  /** The constant delay: `halfWidthPeriods` periods of the slower rate, in inputs. */
  readonly delayInputs: number;
  /** Inputs each output looks at: k − tapCount < … ≤ k, where k = ⌊p·inRate/outRate⌋. */
  readonly tapCount: number;
  readonly #inputsPerCycle: number;
  readonly #outputsPerCycle: number;
  readonly #cutoff: number;
  readonly #rows = new Map<number, Float64Array>();

  /** Rates in lowest terms or not; both whole numbers (units.ts says why positions are exact). */
  constructor(inputRateHz: number, outputRateHz: number) {
    const divisor = greatestCommonDivisor(inputRateHz, outputRateHz);
    this.#inputsPerCycle = inputRateHz / divisor;
    this.#outputsPerCycle = outputRateHz / divisor;
    const slowdown = Math.max(1, inputRateHz / outputRateHz);
    this.delayInputs = halfWidthPeriods * slowdown;
    this.tapCount = Math.ceil(2 * this.delayInputs);
    this.#cutoff = (0.5 * cutoffOfHalfRate) / slowdown;
  }

  /** Output `position` (whole, may be negative), from `read(k)`, which must answer 0 where there is no input. */
  at(position: number, read: (input: number) => number): number {
    const scaled = position * this.#inputsPerCycle;
    const last = Math.floor(scaled / this.#outputsPerCycle);
    const weights = this.#weights(scaled - last * this.#outputsPerCycle);
    let sum = 0;
    for (let tap = 0; tap < weights.length; tap += 1) sum += (weights[tap] ?? 0) * read(last - tap);
    return sum;
  }

  #weights(phase: number): Float64Array {
    const kept = this.#rows.get(phase);
    if (kept !== undefined) return kept;
    const row = this.#computeWeights(phase / this.#outputsPerCycle);
    if (this.#outputsPerCycle <= phasesKeptMax) this.#rows.set(phase, row);
    return row;
  }

  /** Weights by distance `fraction + tap` from the output; they sum to 1, so that a constant stays constant. */
  #computeWeights(fraction: number): Float64Array {
    const row = new Float64Array(this.tapCount);
    let sum = 0;
    for (let tap = 0; tap < row.length; tap += 1) {
      const offset = fraction + tap - this.delayInputs;
      const weight = sinc(2 * this.#cutoff * offset) * kaiser(offset / this.delayInputs);
      row[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < row.length; tap += 1) row[tap] = (row[tap] ?? 0) / sum;
    return row;
  }
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

function kaiser(x: number): number {
  return Math.abs(x) > 1 ? 0 : besselI0(kaiserBeta * Math.sqrt(1 - x * x)) / besselI0(kaiserBeta);
}

/** Modified Bessel function of the first kind, order 0, by its power series. */
function besselI0(x: number): number {
  const quarter = (x * x) / 4;
  let term = 1;
  let sum = 1;
  for (let n = 1; term > sum * 1e-17; n += 1) {
    term *= quarter / (n * n);
    sum += term;
  }
  return sum;
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}
