import type { CodesManifest } from '../manifest.js';

/**
 * The guide's pull on codes: of a level's codes those count more that bring the row's vector, as far as it is drawn, nearer to what the
 * encoder heard of the guide (docs/models.md, "The guide of a model of codes"). In double precision and a fixed order.
 */
export class CodeGuide {
  readonly #codebooks: Float32Array;
  readonly #size: number;
  readonly #latentFloats: number;
  readonly #guide: CodesManifest['guide'];
  readonly #bias: Float64Array;

  /** `codebooks`: [levels, size, latentFloats]. */
  constructor(codebooks: Float32Array, size: number, latentFloats: number, guide: CodesManifest['guide']) {
    this.#codebooks = codebooks;
    this.#size = size;
    this.#latentFloats = latentFloats;
    this.#guide = guide;
    this.#bias = new Float64Array(size);
  }

  /** What is added to a level's scores: −λ · weight · min((d − the least d) / (2 · width²), deepest), d the squared distance. */
  bias(latent: Float32Array, codes: Int32Array, level: number, strength: number): Float64Array {
    const { weight, width, deepest } = this.#guide;
    const rest = Float64Array.from(latent);
    for (let before = 0; before < level; before += 1) {
      const vector = this.#vector(before, codes[before] ?? 0);
      for (let axis = 0; axis < rest.length; axis += 1) rest[axis] = (rest[axis] ?? 0) - (vector[axis] ?? 0);
    }
    let least = Number.POSITIVE_INFINITY;
    for (let code = 0; code < this.#size; code += 1) {
      const vector = this.#vector(level, code);
      let distance = 0;
      for (let axis = 0; axis < rest.length; axis += 1) distance += ((rest[axis] ?? 0) - (vector[axis] ?? 0)) ** 2;
      this.#bias[code] = distance;
      least = Math.min(least, distance);
    }
    for (let code = 0; code < this.#size; code += 1) {
      const beyond = ((this.#bias[code] ?? 0) - least) / (2 * width * width);
      this.#bias[code] = -strength * weight * Math.min(beyond, deepest);
    }
    return this.#bias;
  }

  #vector(level: number, code: number): Float32Array {
    const at = (level * this.#size + code) * this.#latentFloats;
    return this.#codebooks.subarray(at, at + this.#latentFloats);
  }
}
