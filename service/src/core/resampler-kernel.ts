/** Periods of the slower of the two rates on each side of the filter's centre; its delay is exactly as long. */
export const halfWidthPeriods = 24;
/**
 * Kaiser's beta for about 80 dB (0.1102 · (80 − 8.7); Kaiser 1974). With 48 periods the transition is 0.104 of the
 * slower rate wide, centred on 0.95 of its half.
 */
const kaiserBeta = 7.857;
const cutoffOfHalfRate = 0.95;
/**
 * Weights kept for one pair of rates, at most: up to here one row for every phase there is. All rates that hosts and
 * models have lie far below (22 050 to 192 000 Hz has 1280 phases of 48); what lies above is interpolated.
 */
const weightsMax = 400_000;
/** Rows for each period of the slower rate, where they are interpolated. */
const rowsPerPeriod = 4096;
/** Pairs of rates whose weights are kept: a host has one rate, and every model two pairs with it. 3.2 MB each at most. */
const kernelsKeptMax = 8;

const kept = new Map<string, ResamplerKernel>();

/** The weights for a pair of rates, shared by all who resample between them: a seek need not compute them anew. */
export function kernelFor(inputRateHz: number, outputRateHz: number): ResamplerKernel {
  const divisor = greatestCommonDivisor(inputRateHz, outputRateHz);
  const key = `${inputRateHz / divisor}:${outputRateHz / divisor}`;
  const kernel = kept.get(key) ?? new ResamplerKernel(inputRateHz / divisor, outputRateHz / divisor);
  // Set anew, so that the map's order is the order of last use.
  kept.delete(key);
  kept.set(key, kernel);
  for (const oldest of kept.keys()) {
    if (kept.size <= kernelsKeptMax) break;
    kept.delete(oldest);
  }
  return kernel;
}

/**
 * The windowed sinc, cut into rows: one row of weights for each place an output may have between two inputs. Rows are
 * computed when first needed, because all of them at once would stop the thread for many milliseconds.
 */
export class ResamplerKernel {
  /** inputRateHz : outputRateHz in lowest terms. */
  readonly inputsPerCycle: number;
  readonly outputsPerCycle: number;
  /** The constant delay, in inputs. */
  readonly delayInputs: number;
  /** Weights of a row: by distance `fraction + tap` from the output, back in time. */
  readonly tapCount: number;
  /** From one row to the next in `rows`: the taps, and zeros up to a multiple of four, which is what sums go by. */
  readonly stride: number;
  /** Rows per input: where it is `outputsPerCycle`, row n is exactly phase n; otherwise phases lie between rows. */
  readonly rowsPerInput: number;
  /** All rows in sequence. Row n is there only after `ready(n)`. */
  readonly rows: Float64Array;
  readonly #computed: Uint8Array;
  #computedCount = 0;
  readonly #cutoff: number;

  constructor(inputsPerCycle: number, outputsPerCycle: number) {
    this.inputsPerCycle = inputsPerCycle;
    this.outputsPerCycle = outputsPerCycle;
    const slowdown = Math.max(1, inputsPerCycle / outputsPerCycle);
    this.delayInputs = halfWidthPeriods * slowdown;
    this.tapCount = Math.ceil(2 * this.delayInputs);
    this.stride = Math.ceil(this.tapCount / 4) * 4;
    // Interpolated in a straight line between rows 1/4096 of a period of the slower rate apart, a weight is off by at
    // most 1/8 · (π · 0.95 / 4096)² · 1.3 < 1e-7 of the largest; but for one at the window's end, where that lies between
    // two rows: by 3e-5, which is −90 dB. A wide row has few inputs to each such period.
    this.rowsPerInput =
      (outputsPerCycle + 1) * this.stride <= weightsMax ? outputsPerCycle : Math.ceil(rowsPerPeriod / slowdown);
    this.#cutoff = (0.5 * cutoffOfHalfRate) / slowdown;
    this.rows = new Float64Array((this.rowsPerInput + 1) * this.stride);
    this.#computed = new Uint8Array(this.rowsPerInput + 1);
  }

  /** True when every phase has a row of its own. */
  get exact(): boolean {
    return this.rowsPerInput === this.outputsPerCycle;
  }

  /** Makes sure of row n, 0 to rowsPerInput inclusive, and says where in `rows` it begins. */
  ready(row: number): number {
    const offset = row * this.stride;
    if (this.#computed[row] === 0) {
      this.#compute(offset, row / this.rowsPerInput);
      this.#computed[row] = 1;
      this.#computedCount += 1;
    }
    return offset;
  }

  /** Makes sure of the rows of `count` outputs from `phase` on, where each phase has its row. */
  readyFrom(phase: number, count: number): void {
    if (this.#computedCount >= this.outputsPerCycle) return;
    const rest = this.inputsPerCycle % this.outputsPerCycle;
    let next = phase;
    for (let output = Math.min(count, this.outputsPerCycle); output > 0; output -= 1) {
      this.ready(next);
      next += rest;
      if (next >= this.outputsPerCycle) next -= this.outputsPerCycle;
    }
  }

  /** The weights sum to 1, so that a constant stays constant. */
  #compute(offset: number, fraction: number): void {
    const row = this.rows.subarray(offset, offset + this.tapCount);
    let sum = 0;
    for (let tap = 0; tap < row.length; tap += 1) {
      const distance = fraction + tap - this.delayInputs;
      const weight = sinc(2 * this.#cutoff * distance) * kaiser(distance / this.delayInputs);
      row[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < row.length; tap += 1) row[tap] = (row[tap] ?? 0) / sum;
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
