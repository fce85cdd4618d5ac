// What stands between two products: rectifying, quantising to 16 bits, the cell of a GRU.
import { sigmoid4, tanh4 } from './maths';

const roundingTrick: f32 = 12582912;
const roundingTrickBits: i32 = 0x4b400000;

/** A vector whose largest magnitude is below this is taken as zero: 32767 over less would overflow. */
const smallestMagnitude: f32 = 1e-30;

/** The largest 16-bit activation with which the sum over this many columns of bytes up to ±127 fits 31 bits. */
export function activationLimit(columns: i32): f32 {
  return f32(min(32767, i32.MAX_VALUE / (127 * columns)));
}

/** x = max(x, 0), also where x is not a number. */
export function rectify(x: usize, count: i32): void {
  const end = x + ((<usize>count) << 2);
  const zero = f32x4.splat(0);
  for (let at = x; at < end; at += 16) v128.store(at, f32x4.pmax(zero, v128.load(at)));
}

/**
 * count floats at x (a multiple of 8) to 16-bit whole numbers at q, and their scale, so that x ≈ scale · q and the
 * largest magnitude is `limit`. Rounded to nearest, ties to even.
 */
export function quantize(x: usize, count: i32, limit: f32, q: usize, scale: usize): void {
  const end = x + ((<usize>count) << 2);
  let largest = f32x4.splat(0);
  for (let at = x; at < end; at += 16) largest = f32x4.pmax(largest, f32x4.abs(v128.load(at)));
  largest = f32x4.pmax(largest, v128.shuffle<i32>(largest, largest, 2, 3, 0, 1));
  const highest = max<f32>(f32x4.extract_lane(largest, 0), f32x4.extract_lane(largest, 1));
  const some = highest > smallestMagnitude;
  const factor = f32x4.splat(some ? limit / highest : 0);
  store<f32>(scale, some ? highest / limit : 0);
  const trick = f32x4.splat(roundingTrick);
  const bits = i32x4.splat(roundingTrickBits);
  let out = q;
  for (let at = x; at < end; at += 32) {
    const low = i32x4.sub(f32x4.add(f32x4.mul(v128.load(at), factor), trick), bits);
    const high = i32x4.sub(f32x4.add(f32x4.mul(v128.load(at, 16), factor), trick), bits);
    // Narrowing saturates, so even what is not finite becomes 16-bit numbers.
    v128.store(out, i16x8.narrow_i32x4_s(low, high));
    out += 16;
  }
}

/**
 * PyTorch's GRU cell on a state of `width` floats, in place: h = n + z (h − n) with r, z = σ(arriving + staying) and
 * n = tanh(arriving + r · staying). Both are [reset | update | new].
 */
export function gruCell(arriving: usize, staying: usize, state: usize, width: i32): void {
  const gate = (<usize>width) << 2;
  for (let at: usize = 0; at < gate; at += 16) {
    const reset = sigmoid4(f32x4.add(v128.load(arriving + at), v128.load(staying + at)));
    const update = sigmoid4(f32x4.add(v128.load(arriving + gate + at), v128.load(staying + gate + at)));
    const kept = f32x4.mul(reset, v128.load(staying + 2 * gate + at));
    const fresh = tanh4(f32x4.add(v128.load(arriving + 2 * gate + at), kept));
    const before = v128.load(state + at);
    v128.store(state + at, f32x4.add(fresh, f32x4.mul(update, f32x4.sub(before, fresh))));
  }
}
