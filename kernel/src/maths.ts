// exp, sigmoid, tanh and ln of our own, so that every engine gives the same bits: additions and products of IEEE 754
// singles in a fixed order, nothing imported from a host. The polynomials are those of Cephes (Moshier, expf.c, logf.c).
// test/kernel/maths.test.ts holds their errors to what kernel/README.md says.

/** 1.5 · 2^23: adding it rounds a float of magnitude below 2^22 to a whole number, which is then in the low bits. */
const roundingTrick: f32 = 12582912;
const roundingTrickBits: i32 = 0x4b400000;

/** Below this exp is 0: its results stay normal numbers, so no engine's treatment of subnormals can matter. */
const exponentLowest: f32 = -87;

/** exp of four floats ≤ 88; exactly 0 below −87. */
export function exp4(x: v128): v128 {
  const low = f32x4.splat(exponentLowest);
  const inside = f32x4.pmax(low, x);
  const shifted = f32x4.add(f32x4.mul(inside, f32x4.splat(Mathf.LOG2E)), f32x4.splat(roundingTrick));
  const whole = f32x4.sub(shifted, f32x4.splat(roundingTrick));
  // ln 2 in two parts, of which the first times a whole number is exact.
  let r = f32x4.sub(inside, f32x4.mul(whole, f32x4.splat(0.693359375)));
  r = f32x4.sub(r, f32x4.mul(whole, f32x4.splat(-2.1219444e-4)));
  let p = f32x4.add(f32x4.mul(f32x4.splat(1.98756915e-4), r), f32x4.splat(1.3981999507e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(8.3334519073e-3));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(4.1665795894e-2));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(1.6666665459e-1));
  p = f32x4.add(f32x4.mul(p, r), f32x4.splat(5.0000001201e-1));
  p = f32x4.add(f32x4.add(f32x4.mul(f32x4.mul(p, r), r), r), f32x4.splat(1));
  const power = i32x4.shl(i32x4.sub(shifted, i32x4.splat(roundingTrickBits)), 23);
  return v128.and(i32x4.add(p, power), f32x4.ge(x, low));
}

/** 1 / (1 + e^−x) of four floats. */
export function sigmoid4(x: v128): v128 {
  const one = f32x4.splat(1);
  const e = exp4(f32x4.neg(f32x4.abs(x)));
  const whole = f32x4.add(one, e);
  // e/(1+e) for x < 0, 1/(1+e) otherwise: exp of a negative number never overflows.
  return f32x4.div(v128.bitselect(e, one, f32x4.lt(x, f32x4.splat(0))), whole);
}

/** tanh of four floats, as (1 − e)/(1 + e) with e = e^−2|x| and the sign of x. */
export function tanh4(x: v128): v128 {
  const one = f32x4.splat(1);
  const magnitude = f32x4.abs(x);
  const e = exp4(f32x4.neg(f32x4.add(magnitude, magnitude)));
  const size = f32x4.div(f32x4.sub(one, e), f32x4.add(one, e));
  return v128.or(size, v128.and(x, i32x4.splat(i32.MIN_VALUE)));
}

/** Natural logarithm of a positive normal float. */
export function ln(x: f32): f32 {
  const bits = reinterpret<i32>(x);
  let exponent = (bits >> 23) - 127;
  let m = reinterpret<f32>((bits & 0x007fffff) | 0x3f800000);
  if (m > Mathf.SQRT2) {
    m *= 0.5;
    exponent += 1;
  }
  const r: f32 = m - 1;
  const z: f32 = r * r;
  let p: f32 = 7.0376836292e-2;
  p = p * r - 1.151461031e-1;
  p = p * r + 1.167699874e-1;
  p = p * r - 1.2420140846e-1;
  p = p * r + 1.4249322787e-1;
  p = p * r - 1.6668057665e-1;
  p = p * r + 2.0000714765e-1;
  p = p * r - 2.4999993993e-1;
  p = p * r + 3.3333331174e-1;
  const n = f32(exponent);
  let y: f32 = p * r * z;
  y += n * <f32>-2.1219444e-4;
  y -= <f32>0.5 * z;
  return r + y + n * <f32>0.693359375;
}
