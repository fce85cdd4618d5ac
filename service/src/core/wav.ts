/**
 * WAV, as much of it as Simmer needs: float32 out, PCM 16/24/32 and float32 in. Own code because the
 * file is written as it is rendered, hours long if need be: the header alone is asked for here, and small libraries
 * build the whole file in memory.
 */
import { Failure } from './failure.js';

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

export interface WavAudio {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly frameCount: number;
  /** Interleaved, frameCount × channelCount values. */
  readonly values: Float32Array;
}

/** @throws Failure `invalid` saying what is wrong with the file. */
export function parseWav(bytes: Uint8Array): WavAudio {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const name = (offset: number) => String.fromCharCode(...bytes.subarray(offset, offset + 4));
  if (bytes.length < 12 || name(0) !== 'RIFF' || name(8) !== 'WAVE') {
    throw new Failure('invalid', 'This is not a WAV file.');
  }
  let format: { tag: number; channelCount: number; sampleRateHz: number; bits: number } | undefined;
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (name(offset) === 'fmt ' && size >= 16 && start + size <= bytes.length) {
      const tag = view.getUint16(start, true);
      format = {
        // WAVE_FORMAT_EXTENSIBLE keeps the real tag in the first two bytes of its sub-format.
        tag: tag === 0xfffe && size >= 26 ? view.getUint16(start + 24, true) : tag,
        channelCount: view.getUint16(start + 2, true),
        sampleRateHz: view.getUint32(start + 4, true),
        bits: view.getUint16(start + 14, true),
      };
    } else if (name(offset) === 'data') {
      if (format === undefined) throw new Failure('invalid', 'The WAV file has no format before its data.');
      return readValues(view, start, Math.min(size, bytes.length - start), format);
    }
    offset = start + size + (size % 2);
  }
  throw new Failure('invalid', 'The WAV file has no data.');
}

function readValues(
  view: DataView,
  start: number,
  byteCount: number,
  format: { tag: number; channelCount: number; sampleRateHz: number; bits: number },
): WavAudio {
  const read = valueReader(view, format.tag, format.bits);
  const valueBytes = format.bits / 8;
  if (read === undefined || format.channelCount < 1 || format.sampleRateHz < 1) {
    throw new Failure(
      'invalid',
      `The WAV file is not PCM of 16, 24 or 32 bits nor float of 32 (format ${format.tag}).`,
    );
  }
  const frameCount = Math.floor(byteCount / (valueBytes * format.channelCount));
  const values = new Float32Array(frameCount * format.channelCount);
  for (let index = 0; index < values.length; index += 1) values[index] = read(start + index * valueBytes);
  return { sampleRateHz: format.sampleRateHz, channelCount: format.channelCount, frameCount, values };
}

function valueReader(view: DataView, tag: number, bits: number): ((offset: number) => number) | undefined {
  if (tag === 3 && bits === 32) return (offset) => view.getFloat32(offset, true);
  if (tag !== 1) return undefined;
  if (bits === 16) return (offset) => view.getInt16(offset, true) / 2 ** 15;
  if (bits === 24)
    return (offset) => ((view.getUint8(offset) << 8) | (view.getInt16(offset + 1, true) << 16)) / 2 ** 31;
  if (bits === 32) return (offset) => view.getInt32(offset, true) / 2 ** 31;
  return undefined;
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
