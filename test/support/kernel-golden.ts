import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DrawInputs, DrawnBins } from '../../service/src/model/engine.js';
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

/** The committed hashes. */
export function goldenHashes(): Readonly<Record<'int8' | 'float32', string>> {
  return JSON.parse(readFileSync(join(import.meta.dirname, '../kernel/golden.json'), 'utf8'));
}
