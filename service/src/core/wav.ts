/**
 * WAV as Simmer writes it: float32. Own code because the file is written as it is rendered, hours long if need be: the
 * header alone is asked for here, and small libraries build the whole file in memory.
 */
import { Failure } from './failure.js';
import type { FileAudio } from './pcm-values.js';
import { parseRiffFile } from './riff-file.js';

const headerBytes = 58;
/** Values of float32, of all channels, that fit the 32-bit sizes of RIFF. */
export const wavValuesMax = Math.floor((2 ** 32 - 1 - headerBytes) / 4);

export interface WavFormat {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly frameCount: number;
}

/** The 58 bytes before the data of a float32 WAV, whose channels are interleaved. */
export function wavHeader({ sampleRateHz, channelCount, frameCount }: WavFormat): Uint8Array {
  const frameBytes = 4 * channelCount;
  if (frameCount * channelCount > wavValuesMax) {
    const seconds = Math.floor(wavValuesMax / channelCount / sampleRateHz);
    throw new Failure('invalid', `A WAV file at ${sampleRateHz} Hz holds at most ${seconds} seconds.`);
  }
  const bytes = new Uint8Array(headerBytes);
  const view = new DataView(bytes.buffer);
  const dataBytes = frameCount * frameBytes;
  const name = (offset: number, text: string) => bytes.set(new TextEncoder().encode(text), offset);
  name(0, 'RIFF');
  view.setUint32(4, headerBytes - 8 + dataBytes, true);
  name(8, 'WAVE');
  name(12, 'fmt ');
  view.setUint32(16, 18, true);
  view.setUint16(20, 3, true); // IEEE float
  view.setUint16(22, channelCount, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, 32, true);
  name(38, 'fact');
  view.setUint32(42, 4, true);
  view.setUint32(46, frameCount, true);
  name(50, 'data');
  view.setUint32(54, dataBytes, true);
  return bytes;
}

/** Reads a WAV file, and what is like one (riff-file.ts). @throws Failure `invalid` saying what is wrong with the file. */
export function parseWav(bytes: Uint8Array): FileAudio {
  const audio = parseRiffFile(bytes);
  if (audio === undefined) throw new Failure('invalid', 'This is not a WAV file.');
  return audio;
}

/** Interleaved values as mono: the mean of the channels, rounded once to float32. */
export function mixToMono(values: Float32Array, channelCount: number): Float32Array {
  const mono = new Float32Array(values.length / channelCount);
  for (let frame = 0; frame < mono.length; frame += 1) {
    let sum = 0;
    for (let channel = 0; channel < channelCount; channel += 1) sum += values[frame * channelCount + channel] ?? 0;
    mono[frame] = sum / channelCount;
  }
  return mono;
}
