import type { CodeLimit } from '../engine-name.js';

/** Temperatures below this draw the likeliest code. */
const coldest = 1e-4;

export interface CodeDrawn {
  readonly code: number;
  /** Bits of the distribution that the draw was made from. */
  readonly entropy: number;
}

export interface CodeChance {
  /** Already multiplied by the level's own factor; ≥ 0. */
  readonly temperature: number;
  /** In [2^-24, 1 − 2^-23]. */
  readonly uniform: number;
  /** Codes less likely than so many times the likeliest are not drawn; 0 leaves out none. */
  readonly tailFloor: number;
  readonly limit: CodeLimit;
  /** What a guide adds to each score; undefined: there is none. */
  readonly guide: Float64Array | undefined;
}

/**
 * Draws one code by inverse CDF of softmax(z / T), in double precision and in a fixed order (docs/models.md, "The draw of a code");
 * training/simmer_training/vq/sample.py is the same in Python. What is left out is left out after temperature and guide.
 */
export class CodeDraw {
  readonly #weights: Float64Array;
  readonly #order: number[];

  /** `size`: how many codes there are. */
  constructor(size: number) {
    this.#weights = new Float64Array(size);
    this.#order = Array.from({ length: size }, (_, code) => code);
  }

  /** `scores`: size finite values. */
  draw(scores: Float32Array, chance: CodeChance): CodeDrawn {
    const weights = this.#weights;
    const temperature = Math.max(chance.temperature, coldest);
    let highest = Number.NEGATIVE_INFINITY;
    let likeliest = 0;
    for (let code = 0; code < weights.length; code += 1) {
      const score = (scores[code] ?? 0) / temperature + (chance.guide?.[code] ?? 0);
      weights[code] = score;
      if (score <= highest) continue;
      highest = score;
      likeliest = code;
    }
    for (let code = 0; code < weights.length; code += 1) {
      const weight = Math.exp((weights[code] ?? 0) - highest);
      weights[code] = weight < chance.tailFloor ? 0 : weight;
    }
    this.#leaveOut(chance.limit);
    let total = 0;
    for (const weight of weights) total += weight;
    const entropy = entropyBits(weights, total);
    if (chance.temperature <= coldest) return { code: likeliest, entropy };
    const read = chance.uniform * total;
    let sum = 0;
    let code = 0;
    for (; code < weights.length - 1; code += 1) {
      sum += weights[code] ?? 0;
      if (sum > read) break;
    }
    return { code, entropy };
  }

  #leaveOut({ topK, topPThousandths }: CodeLimit): void {
    if (topK === undefined && topPThousandths === undefined) return;
    const weights = this.#weights;
    // Equal ones stay in the order of their codes.
    const order = this.#order.sort((a, b) => (weights[b] ?? 0) - (weights[a] ?? 0) || a - b);
    if (topK !== undefined) for (const code of order.slice(topK)) weights[code] = 0;
    if (topPThousandths === undefined) return;
    let total = 0;
    for (const weight of weights) total += weight;
    let share = 0;
    for (const code of order) {
      const isLeft = share < (topPThousandths / 1000) * total;
      share += weights[code] ?? 0;
      if (!isLeft) weights[code] = 0;
    }
  }
}

function entropyBits(weights: Float64Array, total: number): number {
  let bits = 0;
  for (const weight of weights) {
    const share = weight / total;
    if (share > 0) bits -= share * Math.log2(share);
  }
  return bits;
}
