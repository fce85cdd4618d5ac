import { closeSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { parseWav } from '../../service/src/core/wav.js';

/** A WAV file by channels. */
export interface WavFile {
  readonly sampleRateHz: number;
  readonly frameCount: number;
  readonly channels: readonly Float32Array[];
}

export function readWav(path: string): WavFile {
  const { sampleRateHz, channelCount, frameCount, values } = parseWav(readFileSync(path));
  const channels = Array.from({ length: channelCount }, (_, channel) =>
    Float32Array.from({ length: frameCount }, (_, frame) => values[frame * channelCount + channel] ?? 0),
  );
  return { sampleRateHz, frameCount, channels };
}

/** Writes float32, as short a header as there can be. */
export function writeFloatWav(path: string, sampleRateHz: number, channels: readonly Float32Array[]): void {
  const frameCount = channels[0]?.length ?? 0;
  const dataBytes = frameCount * channels.length * 4;
  const bytes = Buffer.alloc(44 + dataBytes);
  bytes.write('RIFF', 0, 'latin1');
  bytes.writeUInt32LE(36 + dataBytes, 4);
  bytes.write('WAVEfmt ', 8, 'latin1');
  bytes.writeUInt32LE(16, 16);
  bytes.writeUInt16LE(3, 20); // IEEE float
  bytes.writeUInt16LE(channels.length, 22);
  bytes.writeUInt32LE(sampleRateHz, 24);
  bytes.writeUInt32LE(sampleRateHz * channels.length * 4, 28);
  bytes.writeUInt16LE(channels.length * 4, 32);
  bytes.writeUInt16LE(32, 34);
  bytes.write('data', 36, 'latin1');
  bytes.writeUInt32LE(dataBytes, 40);
  for (const [channel, values] of channels.entries()) {
    for (const [frame, value] of values.entries())
      bytes.writeFloatLE(value, 44 + (frame * channels.length + channel) * 4);
  }
  writeFileSync(path, bytes);
}

/**
 * libsndfile, by which hosts write float WAVs, puts the time of day into a PEAK chunk. With that time set to 0 the same
 * audio is the same file.
 */
export function forgetTimeOfExport(path: string): void {
  const file = openSync(path, 'r+');
  try {
    const head = Buffer.alloc(4096);
    const length = readSync(file, head, 0, head.length, 0);
    for (let offset = 12; offset + 16 <= length; ) {
      const name = head.toString('latin1', offset, offset + 4);
      // After the name and size: version, then the seconds since 1970.
      if (name === 'PEAK') writeSync(file, Buffer.alloc(4), 0, 4, offset + 12);
      if (name === 'PEAK' || name === 'data') return;
      offset += 8 + head.readUInt32LE(offset + 4) + (head.readUInt32LE(offset + 4) % 2);
    }
  } finally {
    closeSync(file);
  }
}
