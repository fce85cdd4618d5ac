import { FLACDecoder } from '@wasm-audio-decoders/flac';
import { OggVorbisDecoder } from '@wasm-audio-decoders/ogg-vorbis';
import { MPEGDecoder } from 'mpg123-decoder';
import { Failure } from '../core/failure.js';
import type { FileAudio } from '../core/pcm-values.js';

export type Compression = 'flac' | 'vorbis' | 'mp3';

interface Decoded {
  readonly channelData: readonly Float32Array[];
  readonly samplesDecoded: number;
  readonly sampleRate: number;
}

/** More can only be the reading of what is no audio. */
const channelsMax = 255;

/**
 * Decodes a file whole, up to where it ends or breaks.
 * @throws Failure `invalid` where nothing in it can be decoded
 */
export async function decodeCompressed(bytes: Uint8Array, compression: Compression): Promise<FileAudio> {
  const name = { flac: 'FLAC', vorbis: 'Ogg Vorbis', mp3: 'MP3' }[compression];
  const decoder = decoderOf(compression);
  try {
    await decoder.ready;
    const { channelData, samplesDecoded, sampleRate } = await decoder.decode(bytes);
    if (samplesDecoded === 0 || sampleRate === 0 || channelData.length > channelsMax) {
      throw new Failure('invalid', `This ${name} file holds nothing that can be decoded.`);
    }
    return { sampleRateHz: sampleRate, ...interleaved(channelData, samplesDecoded) };
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('invalid', `This ${name} file is damaged: export it again, or as WAV.`, thrown);
  } finally {
    decoder.free();
  }
}

interface Decoder {
  readonly ready: Promise<void>;
  readonly decode: (bytes: Uint8Array) => Decoded | Promise<Decoded>;
  readonly free: () => void;
}

function decoderOf(compression: Compression): Decoder {
  if (compression === 'mp3') return new MPEGDecoder();
  const decoder = compression === 'flac' ? new FLACDecoder() : new OggVorbisDecoder();
  return {
    ready: decoder.ready,
    decode: (bytes) => decoder.decodeFile(bytes),
    free: () => decoder.free(),
  };
}

function interleaved(channels: readonly Float32Array[], frameCount: number) {
  const channelCount = channels.length;
  const values = new Float32Array(channelCount * frameCount);
  for (const [channel, own] of channels.entries())
    for (let frame = 0; frame < frameCount; frame += 1) values[frame * channelCount + channel] = own[frame] ?? 0;
  return { channelCount, frameCount, values };
}
