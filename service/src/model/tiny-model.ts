import { createHash } from 'node:crypto';
import { binCount, silentBin } from '../core/mu-law.js';
import {
  type BlockEngine,
  type BlockShape,
  blockCount,
  type DrawInputs,
  type DrawnBins,
  drawOneByOne,
  temperatureFloor,
} from './engine.js';
import type { SampleRnnManifest } from './manifest.js';
import type { VerifiedModel } from './verified-model.js';

const shape: BlockShape = { blockSteps: 64, stateFloats: 2 };
/** Spread of the logits: entropies from about 1 bit at T = 0.5 to 7 at T = 2. */
const logitSpread = 9;
/** How fast logits fall with distance from the last bin, so that it hums instead of hissing. */
const reachBins = 24;
/** Width of the guide's pull, in bins, and how far down it can push a logit. */
const guideWidthBins = 8;
const guideDepth = 8;

/**
 * A stand-in that needs no files: logits are a hash of the last two bins. It is deterministic, causal and takes 4 ms of
 * audio per block as real models do, so every test and a first try run anywhere. It learned nothing.
 */
export class TinyModel implements BlockEngine {
  readonly shape = shape;
  readonly voicesTogetherMax = 1;
  readonly #scores = new Float64Array(binCount);
  readonly #sums = new Float64Array(binCount);
  #entropyBits = 0;

  draw(inputs: DrawInputs): Promise<DrawnBins> {
    const blocks = blockCount(inputs, shape);
    const stepCount = blocks * shape.blockSteps;
    const sound = new Uint8Array(stepCount);
    const entropy = new Float32Array(stepCount);
    const states = new Float32Array(blocks * shape.stateFloats);
    let last = inputs.state[0] ?? silentBin;
    let lastButOne = inputs.state[1] ?? silentBin;
    for (let step = 0; step < stepCount; step += 1) {
      const temperature = Math.max(inputs.temperature[step] ?? 0, temperatureFloor);
      const strength = inputs.guideStrength[step] ?? 0;
      this.#weigh(last, lastButOne, temperature, strength, inputs.guideBin[step] ?? silentBin);
      const bin = this.#pick(inputs.uniform[step] ?? 0);
      sound[step] = bin;
      entropy[step] = this.#entropyBits;
      lastButOne = last;
      last = bin;
      if ((step + 1) % shape.blockSteps === 0) {
        states.set([last, lastButOne], ((step + 1) / shape.blockSteps - 1) * shape.stateFloats);
      }
    }
    return Promise.resolve({ sound, entropy, states });
  }

  drawTogether(voices: readonly DrawInputs[]): Promise<readonly DrawnBins[]> {
    return drawOneByOne(this, voices);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Running sums of the unnormalised probabilities, and the entropy of the distribution. */
  #weigh(last: number, lastButOne: number, temperature: number, strength: number, guideBin: number): void {
    let highest = Number.NEGATIVE_INFINITY;
    for (let bin = 0; bin < binCount; bin += 1) {
      const logit = logitSpread * hash(last, lastButOne, bin) - Math.abs(bin - pulledToSilence(last)) / reachBins;
      let score = logit / temperature;
      if (strength > 0) score -= strength * Math.min(guideDepth, ((bin - guideBin) / guideWidthBins) ** 2 / 2);
      this.#scores[bin] = score;
      highest = Math.max(highest, score);
    }
    let sum = 0;
    let scoreSum = 0;
    for (let bin = 0; bin < binCount; bin += 1) {
      const score = (this.#scores[bin] ?? 0) - highest;
      const weight = Math.exp(score);
      sum += weight;
      if (weight > 0) scoreSum += weight * score;
      this.#sums[bin] = sum;
    }
    this.#entropyBits = (Math.log(sum) - scoreSum / sum) / Math.LN2;
  }

  /** Inverse CDF: how many running sums are ≤ u times the whole. */
  #pick(uniform: number): number {
    const threshold = uniform * (this.#sums[binCount - 1] ?? 0);
    let low = 0;
    let high = binCount - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#sums[middle] ?? 0) <= threshold) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The next bin is drawn around the last one, a little nearer to silence, or the walk would stick to the edges. */
function pulledToSilence(bin: number): number {
  return silentBin + 0.9 * (bin - silentBin);
}

/** A number in [0, 1) from three small ones: the finaliser of MurmurHash3 over their packed bits. */
function hash(a: number, b: number, c: number): number {
  let h = (a << 16) ^ (b << 8) ^ c;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

const manifest: SampleRnnManifest = {
  manifestVersion: 1,
  name: 'tiny',
  title: 'Tiny (a stand-in that learned nothing)',
  version: '1.0.0',
  family: 'samplernn',
  sampleRateHz: 16_000,
  ...shape,
  quantizer: { kind: 'mu-law', bins: 256 },
  // So that all that is tested with it goes through it.
  emphasis: { coefficient: 0.7, gain: 2 },
  temperature: { useful: [0.5, 1.5], default: 1 },
  guide: { temperatureLow: 0.75, temperatureHigh: 1.05, gamma: 1, levelDbfs: -15 },
  tailGuard: { floor: 0 },
  licence: 'MIT',
  provenance: 'Built into the service; made of a hash, from no audio.',
  training: { steps: 0, heldOutBitsPerStep: 0, hours: 0, hardware: '' },
  files: {},
  graph: 'tiny',
  initialState: 'tiny',
};

/** The tiny model as a loaded one. Its digest is that of its manifest, as with a folder. */
export const tinyModel: VerifiedModel & { readonly manifest: SampleRnnManifest } = {
  manifest,
  digest: createHash('sha256').update(JSON.stringify(manifest)).digest('hex'),
  initialState: Float32Array.of(silentBin, silentBin),
  graph: { kind: 'tiny' },
  kernel: undefined,
  rows: undefined,
};
