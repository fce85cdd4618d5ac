const bits = new DataView(new ArrayBuffer(8));
const exponentBias = 1023;
/** 2/21, 2/19, … 2/1: the coefficients of 2 artanh, whose argument is at most 0.1716 here: what is left out is below 2^-54. */
const coefficients = Array.from({ length: 11 }, (_, index) => 2 / (21 - 2 * index));

/**
 * The natural logarithm of a positive normal number, to about 2^-52: products and sums in a fixed order, so that it is the same on
 * every machine, which `Math.log` need not be.
 */
export function naturalLogarithm(x: number): number {
  bits.setFloat64(0, x);
  const upper = bits.getUint32(0);
  let exponent = (upper >>> 20) - exponentBias;
  bits.setUint32(0, (upper & 0xfffff) | (exponentBias << 20));
  let mantissa = bits.getFloat64(0);
  if (mantissa > Math.SQRT2) {
    mantissa /= 2;
    exponent += 1;
  }
  // ln m = 2 artanh((m − 1) / (m + 1)).
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (const coefficient of coefficients) sum = sum * square + coefficient;
  return exponent * Math.LN2 + s * sum;
}
