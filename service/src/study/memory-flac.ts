import { beginFlac } from '../bounce/flac-file.js';

/** A sound, channels interleaved, as a FLAC file in memory, in sixteen bits: half of what it would be, and enough to listen to. */
export async function sixteenBitFlac(
  values: Float32Array,
  channelCount: number,
  sampleRateHz: number,
): Promise<Uint8Array> {
  const parts: Buffer[] = [];
  const sink = {
    append: (bytes: Uint8Array) => {
      parts.push(Buffer.from(bytes));
      return Promise.resolve();
    },
    overwrite: (offset: number, bytes: Uint8Array) => {
      const whole = Buffer.concat(parts);
      whole.set(bytes, offset);
      parts.splice(0, parts.length, whole);
      return Promise.resolve();
    },
  };
  const info = {
    sampleRateHz,
    channelCount,
    frameCount: values.length / channelCount,
    startFrame: 0,
    track: '',
    title: 'Take of a study',
    seed: 0,
    model: '',
    modelDigest: '',
    engine: '',
    tempoBpm: undefined,
    originator: 'Simmer',
    madeAt: new Date(0),
  };
  const file = await beginFlac(info, sink);
  await file.write(Float32Array.from(values, (value) => Math.round(value * 32_767) / 32_768));
  await file.finish();
  return Buffer.concat(parts);
}
