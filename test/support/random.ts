import { uniformOfStep } from '../../service/src/core/philox.js';

/** Repeatable numbers for tests: whole ones from min to max, one after another. */
export function randomWholes(seed: number): (min: number, max: number) => number {
  let drawn = 0;
  return (min, max) => {
    drawn += 1;
    return min + Math.floor(uniformOfStep(seed, drawn) * (max - min + 1));
  };
}

/** Bytes of a Float32Array, to compare bits rather than values. */
export function bitsOf(values: Float32Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
