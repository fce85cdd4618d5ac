import type { BounceInfo } from '../../../service/src/bounce/bounce-info.js';

export const info: BounceInfo = {
  channelCount: 1,
  sampleRateHz: 48_000,
  frameCount: 30_000,
  startFrame: 2 ** 32 + 77,
  track: 'Köln & <Lead>',
  title: 'Warm one',
  seed: 7,
  model: 'one-song',
  modelDigest: 'ab'.repeat(32),
  engine: 'kernel-int8-2',
  tempoBpm: 120.5,
  originator: 'Simmer 0.1.0',
  madeAt: new Date(2026, 0, 31, 12, 5, 9),
};

export const sound = Float32Array.from({ length: info.frameCount }, (_, frame) => 0.9 * Math.sin(frame * frame * 1e-6));
sound[5] = 1;
sound[6] = -1;

export async function* pieces(values = sound, length = 4096): AsyncGenerator<Float32Array> {
  for (let from = 0; from < values.length; from += length) yield values.subarray(from, from + length);
}

export const quiet = () => ({ signal: new AbortController().signal, progress: () => {} });
