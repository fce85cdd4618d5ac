// From logits to a bin: temperature, the guide's pull, softmax, inverse CDF, entropy (docs/models.md, "The draw").
import { exp4, ln } from './maths';

/** Bytes of 256 floats, one a bin. */
const binBytes: usize = 1024;
const lowestTemperature: f32 = 1e-4;
const bitsPerNat: f32 = Mathf.LOG2E;

/** What the last call of `draw` found, besides the bin: one thread runs one instance, so globals are its registers. */
let total: f32 = 0;
let scoreSum: f32 = 0;

/** Adds strength · weight · max(−(k − guide)² / (2 width²), −deepest) to 256 scores. */
export function pullToGuide(scores: usize, guide: f32, factor: f32, curve: f32, deepest: f32): void {
  const curves = f32x4.splat(curve);
  const floor = f32x4.splat(-deepest);
  const factors = f32x4.splat(factor);
  const four = f32x4.splat(4);
  let away = f32x4.sub(f32x4(0, 1, 2, 3), f32x4.splat(guide));
  for (let at = scores; at < scores + binBytes; at += 16) {
    const bowl = f32x4.pmax(f32x4.mul(f32x4.mul(away, away), curves), floor);
    v128.store(at, f32x4.add(v128.load(at), f32x4.mul(factors, bowl)));
    away = f32x4.add(away, four);
  }
}

/** Divides 256 logits by max(T, 1e-4), in place. */
export function cool(logits: usize, temperature: f32): void {
  const reciprocal = f32x4.splat(<f32>1 / (temperature > lowestTemperature ? temperature : lowestTemperature));
  for (let at = logits; at < logits + binBytes; at += 16) v128.store(at, f32x4.mul(v128.load(at), reciprocal));
}

/**
 * Draws from 256 scores: the first bin whose running sum of e^(score − highest) is beyond u times the whole. The running
 * sum has two levels: 16 sums of 16 bins each, ((0+1)+(2+3)) of four lanes of ((0+1)+(2+3)) vectors, and inside one of
 * them bin by bin. A bin whose e^(score − highest) is below `tailFloor` is not drawn; 0 leaves out none. `weights` is room for
 * 256 floats, `sums` for 16; the scores become scores − highest.
 */
export function draw(scores: usize, weights: usize, sums: usize, uniform: f32, tailFloor: f32): i32 {
  let highest = v128.load(scores);
  for (let at: usize = 16; at < binBytes; at += 16) highest = f32x4.pmax(highest, v128.load(scores + at));
  highest = f32x4.pmax(highest, v128.shuffle<i32>(highest, highest, 2, 3, 0, 1));
  highest = f32x4.pmax(highest, v128.shuffle<i32>(highest, highest, 1, 0, 3, 2));
  weigh(scores, weights, sums, f32x4.splat(f32x4.extract_lane(highest, 0)), f32x4.splat(tailFloor));

  let whole: f32 = 0;
  for (let at: usize = 0; at < 64; at += 4) {
    whole += load<f32>(sums + at);
    store<f32>(sums + at, whole);
  }
  total = whole;
  const threshold = uniform * whole;
  let group = 0;
  while (group < 15 && load<f32>(sums + ((<usize>group) << 2)) <= threshold) group++;
  let running: f32 = group > 0 ? load<f32>(sums + ((<usize>(group - 1)) << 2)) : 0;
  let chosen = group * 16;
  // Where rounding leaves the threshold beyond all 16, the last of them that can be drawn at all is.
  for (let bin = group * 16; bin < group * 16 + 16; bin++) {
    const weight = load<f32>(weights + ((<usize>bin) << 2));
    running += weight;
    if (weight > 0) chosen = bin;
    if (running > threshold) break;
  }
  return chosen;
}

/** e^(score − highest) of all bins, 0 below the floor, sums of 16, and Σ weight · (score − highest). */
function weigh(scores: usize, weights: usize, sums: usize, highest: v128, floor: v128): void {
  let scoreSums = f32x4.splat(0);
  for (let block: usize = 0; block < binBytes; block += 256) {
    for (let at = block; at < block + 256; at += 16) {
      const score = f32x4.sub(v128.load(scores + at), highest);
      const whole = exp4(score);
      const weight = v128.and(whole, f32x4.ge(whole, floor));
      scoreSums = f32x4.add(scoreSums, f32x4.mul(weight, score));
      v128.store(scores + at, score);
      v128.store(weights + at, weight);
    }
    const a = quarter(weights + block);
    const b = quarter(weights + block + 64);
    const c = quarter(weights + block + 128);
    const d = quarter(weights + block + 192);
    const ab0 = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const ab1 = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cd0 = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const cd1 = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    const first = f32x4.add(v128.shuffle<i32>(ab0, cd0, 0, 1, 4, 5), v128.shuffle<i32>(ab0, cd0, 2, 3, 6, 7));
    const second = f32x4.add(v128.shuffle<i32>(ab1, cd1, 0, 1, 4, 5), v128.shuffle<i32>(ab1, cd1, 2, 3, 6, 7));
    v128.store(sums + (block >> 4), f32x4.add(first, second));
  }
  scoreSum =
    f32x4.extract_lane(scoreSums, 0) +
    f32x4.extract_lane(scoreSums, 1) +
    (f32x4.extract_lane(scoreSums, 2) + f32x4.extract_lane(scoreSums, 3));
}

/** Four vectors added, (0 + 1) + (2 + 3). */
function quarter(at: usize): v128 {
  return f32x4.add(f32x4.add(v128.load(at), v128.load(at, 16)), f32x4.add(v128.load(at, 32), v128.load(at, 48)));
}

/** Bits of the distribution last drawn from. */
export function entropyBits(): f32 {
  return max<f32>(0, (ln(total) - scoreSum / total) * bitsPerNat);
}

/** −log2 of the probability of a bin in the distribution last drawn from, whose scores − highest these are. */
export function surpriseBits(scores: usize, bin: i32): f32 {
  return (ln(total) - load<f32>(scores + ((<usize>bin) << 2))) * bitsPerNat;
}
