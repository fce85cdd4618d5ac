import { Failure } from '../core/failure.js';
import type { BounceInfo } from './bounce-info.js';
import { bextData, ixmlData, riffChunk } from './broadcast-chunks.js';
import type { ByteSink, SoundFile } from './sound-file.js';

/** A broadcast wave file: float32, with its place in the song in `bext` and `iXML`. */
export async function beginWav(info: BounceInfo, sink: ByteSink): Promise<SoundFile> {
  const { sampleRateHz, channelCount, frameCount } = info;
  const frameBytes = 4 * channelCount;
  const format = new DataView(new ArrayBuffer(18));
  format.setUint16(0, 3, true); // IEEE float
  format.setUint16(2, channelCount, true);
  format.setUint32(4, sampleRateHz, true);
  format.setUint32(8, sampleRateHz * frameBytes, true);
  format.setUint16(12, frameBytes, true);
  format.setUint16(14, 32, true);
  const fact = new DataView(new ArrayBuffer(4));
  fact.setUint32(0, frameCount, true);
  const chunks = [
    riffChunk('bext', bextData(info)),
    riffChunk('iXML', ixmlData(info)),
    riffChunk('fmt ', new Uint8Array(format.buffer)),
    riffChunk('fact', new Uint8Array(fact.buffer)),
  ];
  const dataBytes = frameCount * frameBytes;
  const riffBytes = 4 + chunks.reduce((sum, chunk) => sum + chunk.length, 0) + 8 + dataBytes;
  if (riffBytes > 2 ** 32 - 1) {
    throw new Failure('usage', 'This stretch is longer than a WAV file can be: choose a shorter one, or FLAC.');
  }
  await sink.append(headOf('RIFF', riffBytes, 'WAVE'));
  for (const chunk of chunks) await sink.append(chunk);
  await sink.append(headOf('data', dataBytes, ''));
  return {
    write: (values) => sink.append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
    finish: () => Promise.resolve(),
    abandon: () => {},
  };
}

function headOf(name: string, length: number, form: string): Uint8Array {
  const bytes = new Uint8Array(8 + form.length);
  bytes.set(new TextEncoder().encode(name));
  new DataView(bytes.buffer).setUint32(4, length, true);
  bytes.set(new TextEncoder().encode(form), 8);
  return bytes;
}
