import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeUniformOfStep, uniformOfStep } from '../../service/src/core/philox.js';
import type { DrawInputs, DrawnBins } from '../../service/src/model/engine.js';
import { type CodedSizes, codedShape, codedStart } from './coded-weights.js';
import { lively } from './kernel-models.js';
import { type RandomNetwork, randomNetwork } from './kernel-weights.js';

/** 30 s at 16 kHz: 7500 blocks of 64 steps. */
const blocks = 7500;

/** The tail guard of the committed hashes: that of one-song. */
export const goldenTailFloor = 0.01;

/** The network of the committed hashes: the size of one-song, of weights that Philox gives on every machine. */
export function goldenNetwork(): RandomNetwork {
  return randomNetwork(256, 128, 2026);
}

export function goldenInputs(network: RandomNetwork): DrawInputs {
  return lively(network, blocks, 77, true);
}

/** What is hashed: bins, entropies, the last state, as scripts/engines/draw-case.mjs gives them. */
export function goldenBytes({ sound, entropy, states }: DrawnBins, stateFloats: number): Uint8Array {
  const last = states.slice(-stateFloats);
  return Buffer.concat([sound, Buffer.from(entropy.buffer), Buffer.from(last.buffer)]);
}

/** Sizes of the network under codes: its prior is that of a trained one. */
export const goldenCodedSizes: CodedSizes = {
  ...{ width: 256, hidden: 128, levels: 3, priorWidth: 384, entered: 192, bands: 80 },
};

/** 4 s of it: 125 rows, under a lane and a guide that let go and come again. */
export function goldenCodedInputs(): DrawInputs {
  const steps = 125 * 512;
  const each = (value: (step: number) => number) => Float32Array.from({ length: steps }, (_, step) => value(step));
  const isGuided = (step: number) => step % 20_000 > 6000;
  return {
    state: codedStart(goldenCodedSizes),
    temperature: each((step) => (step % 3000 < 200 ? 0 : Math.abs(((step * 7) % 8000) / 2000 - 2))),
    uniform: each((step) => uniformOfStep(78, step)),
    codeUniform: each((step) => codeUniformOfStep(78, step)),
    guideStrength: each((step) => (isGuided(step) ? ((step * 3) % 100) / 99 : 0)),
    guideBin: each((step) => (isGuided(step) ? 128 + ((step * 37) % 90) - 45 : 128)),
  };
}

/** What is hashed: bins, entropies, and of the last state what is recurrent and the codes. */
export function goldenCodedBytes({ sound, entropy, states }: DrawnBins): Uint8Array {
  const guidePast = 2048;
  const { stateFloats } = codedShape(goldenCodedSizes);
  const last = states.slice(-stateFloats, -guidePast);
  return Buffer.concat([sound, Buffer.from(entropy.buffer), Buffer.from(last.buffer)]);
}

/** The committed hashes. */
export function goldenHashes(): Readonly<Record<'int8' | 'float32' | 'codedInt8' | 'codedFloat32', string>> {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../kernel/golden.json'), 'utf8'));
}
