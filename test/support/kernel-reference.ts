import type { DrawInputs } from '../../service/src/model/engine.js';
import type { KernelWeights, MatrixSection } from '../../service/src/model/kernel/weights.js';

/**
 * The network of docs/models.md in float64 and plain loops, written from that page and not from the kernel. It follows the
 * bins that another implementation drew, so that one draw on a rounding error's edge does not end the comparison.
 */

export interface ReferenceSteps {
  /** What this implementation would have drawn at each step. */
  readonly bins: Uint8Array;
  readonly entropy: Float64Array;
  /** −log2 p of the bin that was followed. */
  readonly surprise: Float64Array;
  /** Distance, as a probability, from u to the edge of the followed bin's share; 0 where u lies in it. */
  readonly beyondEdge: Float64Array;
}

type Vector = Float64Array<ArrayBuffer>;

/** Runs the network over the blocks of `inputs`, following `bins`. */
export function followReference(
  weights: KernelWeights,
  inputs: DrawInputs,
  bins: Uint8Array,
  tailFloor = 0,
): ReferenceSteps {
  const { width, hidden } = weights;
  const steps = inputs.temperature.length;
  const result = {
    bins: new Uint8Array(steps),
    entropy: new Float64Array(steps),
    surprise: new Float64Array(steps),
    beyondEdge: new Float64Array(steps),
  };
  let top = Float64Array.from(inputs.state.subarray(0, width));
  let frame = Float64Array.from(inputs.state.subarray(width, 2 * width));
  let past = Float64Array.from(inputs.state.subarray(2 * width, 2 * width + 64));
  let guide = Float64Array.from(inputs.state.subarray(2 * width + 64, 2 * width + 128));
  let strength = Float64Array.from(inputs.state.subarray(2 * width + 128));
  for (let block = 0; block < steps; block += 64) {
    const heard = past.map((bin, i) => bin + weights.pull.mix * at(strength, i) * (at(guide, i) - bin));
    const arriving = add(plain(weights.topInput, 3 * width, heard), weights.topInputBias);
    top = gru(arriving, times(weights.topRecurrent, top), top);
    const gates = times(weights.frameCondition, top);
    const known = [...past.subarray(48)];
    for (let first = 0; first < 64; first += 16) {
      const share = gates.subarray((first / 16) * 3 * width, (first / 16 + 1) * 3 * width);
      const last = Float64Array.from(known.slice(-16));
      frame = gru(add(plain(weights.frameInput, 3 * width, last), share), times(weights.frameRecurrent, frame), frame);
      const condition = times(weights.sampleCondition, frame);
      for (let place = 0; place < 16; place += 1) {
        const step = block + first + place;
        const history = known.slice(-16);
        const one = new Float64Array(hidden);
        for (let c = 0; c < hidden; c += 1) {
          let sum = 0;
          for (const [j, bin] of history.entries()) sum += at(weights.history, (j * 256 + bin) * hidden + c);
          one[c] = Math.max(0, sum * weights.historyScale + at(condition, place * hidden + c));
        }
        const two = times(weights.third, one).map((value) => Math.max(0, value));
        const logits = times(weights.output, two);
        drawReference(weights, tailFloor, logits, inputs, step, at(bins, step), result);
        known.push(at(bins, step));
      }
    }
    past = Float64Array.from(bins.subarray(block, block + 64));
    guide = Float64Array.from(inputs.guideBin.subarray(block, block + 64));
    strength = Float64Array.from(inputs.guideStrength.subarray(block, block + 64));
  }
  return result;
}

function drawReference(
  { pull }: KernelWeights,
  tailFloor: number,
  logits: Vector,
  inputs: DrawInputs,
  step: number,
  followed: number,
  into: ReferenceSteps,
): void {
  const temperature = Math.max(at(inputs.temperature, step), 1e-4);
  const strength = at(inputs.guideStrength, step);
  const scores = logits.map((logit, k) => {
    const away = k - at(inputs.guideBin, step);
    return (
      logit / temperature + strength * pull.weight * Math.max(-(away ** 2) / (2 * pull.widthBins ** 2), -pull.deepest)
    );
  });
  const highest = Math.max(...scores);
  const ofAll = scores.reduce((sum, score) => sum + Math.exp(score - highest), 0);
  const weights = scores.map((score) => (Math.exp(score - highest) < tailFloor ? 0 : Math.exp(score - highest)));
  const whole = weights.reduce((sum, weight) => sum + weight, 0);
  const uniform = at(inputs.uniform, step);
  let below = 0;
  let drawn = -1;
  let entropy = 0;
  for (const [k, score] of scores.entries()) {
    const p = at(weights, k) / whole;
    if (p > 0) entropy -= p * Math.log(p);
    if (drawn < 0 && below + p > uniform) drawn = k;
    if (k === followed) {
      // How unlikely a bin is, the model says; the guard has no say in it.
      into.surprise[step] = (Math.log(ofAll) - (score - highest)) / Math.LN2;
      into.beyondEdge[step] = Math.max(0, below - uniform, uniform - (below + p));
    }
    below += p;
  }
  into.bins[step] = drawn < 0 ? 255 : drawn;
  into.entropy[step] = entropy / Math.LN2;
}

/** A matrix of the model's precision times a vector, with its bias; 8-bit ones see the vector in 16 bits, as documented. */
function times({ rows, columns, values, scales, bias }: MatrixSection, x: Vector): Vector {
  if (scales === undefined) return add(plain(values, rows, x), bias);
  const limit = Math.min(32_767, Math.floor((2 ** 31 - 1) / (127 * columns)));
  const largest = x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const whole = x.map((value) => (largest === 0 ? 0 : roundToEven((value * limit) / largest)));
  return plain(values, rows, whole).map((sum, row) => (sum * at(scales, row) * largest) / limit + at(bias, row));
}

function plain(values: Float32Array | Int8Array, rows: number, x: Vector): Vector {
  const y = new Float64Array(rows);
  for (let row = 0; row < rows; row += 1) {
    let sum = 0;
    for (let column = 0; column < x.length; column += 1) sum += at(values, row * x.length + column) * at(x, column);
    y[row] = sum;
  }
  return y;
}

/** PyTorch's GRU cell, gates (reset, update, new). */
function gru(arriving: Vector, staying: Vector, state: Vector): Vector {
  const width = state.length;
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));
  return state.map((before, i) => {
    const reset = sigmoid(at(arriving, i) + at(staying, i));
    const update = sigmoid(at(arriving, width + i) + at(staying, width + i));
    const fresh = Math.tanh(at(arriving, 2 * width + i) + reset * at(staying, 2 * width + i));
    return (1 - update) * fresh + update * before;
  });
}

function add(a: Vector, b: Vector | Float32Array): Vector {
  return a.map((value, i) => value + at(b, i));
}

function roundToEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

function at(values: ArrayLike<number>, index: number): number {
  return values[index] ?? Number.NaN;
}
