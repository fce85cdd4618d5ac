/**
 * Philox4x32-10 (Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2, 3", SC 2011). A counter-based
 * generator: the number of step k is a function of (seed, k), so it never matters how many were asked for before.
 */
const multiplier0 = 0xd2511f53;
const multiplier1 = 0xcd9e8d57;
const weyl0 = 0x9e3779b9;
const weyl1 = 0xbb67ae85;

/** Encrypts four 32-bit words in place under a key of two, in 10 rounds. */
export function philox4x32(counter: Uint32Array, key0: number, key1: number): void {
  let [x0 = 0, x1 = 0, x2 = 0, x3 = 0] = counter;
  let k0 = key0 >>> 0;
  let k1 = key1 >>> 0;
  for (let round = 0; round < 10; round += 1) {
    const low0 = Math.imul(multiplier0, x0) >>> 0;
    const low1 = Math.imul(multiplier1, x2) >>> 0;
    const high0 = multiplyHigh(multiplier0, x0);
    const high1 = multiplyHigh(multiplier1, x2);
    x0 = (high1 ^ x1 ^ k0) >>> 0;
    x1 = low1;
    x2 = (high0 ^ x3 ^ k1) >>> 0;
    x3 = low0;
    k0 = (k0 + weyl0) >>> 0;
    k1 = (k1 + weyl1) >>> 0;
  }
  counter[0] = x0;
  counter[1] = x1;
  counter[2] = x2;
  counter[3] = x3;
}

/** Upper 32 bits of the 64-bit product of two unsigned 32-bit words. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const middle = aHigh * bLow + (low >>> 16);
  const middleLow = (middle & 0xffff) + aLow * bHigh;
  return (aHigh * bHigh + Math.floor(middle / 0x10000) + Math.floor(middleLow / 0x10000)) >>> 0;
}

const words = new Uint32Array(4);

/**
 * The uniform of one step: the upper 23 bits of the first output word of Philox4x32-10 under key (seed, 0) and
 * counter (k mod 2^32, ⌊k / 2^32⌋, 0, 0). A multiple of 2^-23 up to 1 − 2^-23, which float32 holds exactly; 2^-24 stands
 * in for 0, at which the inverse CDF gives the lowest bin of any probability at all: at 16 kHz a click every 9 minutes.
 */
export function uniformOfStep(seed: number, step: number): number {
  encryptStep(seed, step);
  return uniformOfWord(0);
}

/** The uniform of a code that is drawn along with this step: the same of the second output word. */
export function codeUniformOfStep(seed: number, step: number): number {
  encryptStep(seed, step);
  return uniformOfWord(1);
}

/** Fills in the uniforms of steps from `first` on, and, where they are wanted, those of codes: both are words of one call. */
export function fillUniforms(
  seed: number,
  first: number,
  uniform: Float32Array,
  codeUniform: Float32Array | undefined,
): void {
  for (let index = 0; index < uniform.length; index += 1) {
    encryptStep(seed, first + index);
    uniform[index] = uniformOfWord(0);
    if (codeUniform !== undefined) codeUniform[index] = uniformOfWord(1);
  }
}

/** Leaves the output words of a step in `words`. */
function encryptStep(seed: number, step: number): void {
  words[0] = step >>> 0;
  words[1] = Math.floor(step / 2 ** 32);
  words[2] = 0;
  words[3] = 0;
  philox4x32(words, seed, 0);
}

function uniformOfWord(word: 0 | 1): number {
  const upper = (words[word] ?? 0) >>> 9;
  return upper === 0 ? 2 ** -24 : upper * 2 ** -23;
}
