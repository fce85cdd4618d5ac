import { parseAiffFile } from '../core/aiff-file.js';
import { Failure } from '../core/failure.js';
import type { FileAudio } from '../core/pcm-values.js';
import { parseRiffFile } from '../core/riff-file.js';
import { type Compression, decodeCompressed } from './compressed.js';

/** Of an ID3v2 tag, which any kind of file may have in front. */
const tagHeadBytes = 10;
/** Where in its first page an Ogg stream says what it is. */
const oggSearchBytes = 128;

/**
 * Reads a file of sound by what is in it, whatever its name: WAV, RIFX, RF64, BW64, W64, AIFF, AIFF-C, FLAC, OGG (Vorbis or FLAC)
 * or MP3.
 * @throws Failure `invalid` saying what is wrong with it
 */
export async function readAudioFile(bytes: Uint8Array): Promise<FileAudio> {
  const plain = parseRiffFile(bytes) ?? parseAiffFile(bytes);
  if (plain !== undefined) return plain;
  const compression = compressionOf(bytes);
  if (compression === undefined) {
    throw new Failure('invalid', 'This is not an audio file that can be read: WAV, AIFF, FLAC, OGG and MP3 can.');
  }
  // What FLAC's decoder finds before the stream it takes for the stream.
  return decodeCompressed(compression === 'flac' ? bytes.subarray(tagBytes(bytes)) : bytes, compression);
}

function compressionOf(bytes: Uint8Array): Compression | undefined {
  const at = tagBytes(bytes);
  const text = (length: number) => Buffer.from(bytes.subarray(at, at + length)).toString('latin1');
  if (text(4) === 'fLaC') return 'flac';
  if (text(4) === 'OggS') {
    const page = text(oggSearchBytes);
    if (page.includes('\x01vorbis')) return 'vorbis';
    if (page.includes('\x7fFLAC')) return 'flac';
    throw new Failure('invalid', 'This OGG file holds neither Vorbis nor FLAC: export it as WAV.');
  }
  const [first = 0, second = 0] = bytes.subarray(at, at + 2);
  // Eleven bits of sync, and a layer that there is.
  return at > 0 || (first === 0xff && (second & 0xe0) === 0xe0 && (second & 0x06) !== 0) ? 'mp3' : undefined;
}

function tagBytes(bytes: Uint8Array): number {
  if (bytes.length < tagHeadBytes || Buffer.from(bytes.subarray(0, 3)).toString('latin1') !== 'ID3') return 0;
  const [a = 0, b = 0, c = 0, d = 0] = bytes.subarray(6, tagHeadBytes);
  return tagHeadBytes + ((a & 0x7f) << 21) + ((b & 0x7f) << 14) + ((c & 0x7f) << 7) + (d & 0x7f);
}
