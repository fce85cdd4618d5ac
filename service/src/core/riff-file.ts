import { Failure } from './failure.js';
import { type FileAudio, readValues, type ValueFormat } from './pcm-values.js';

/** A size that says: not known, or in `ds64`. */
const unknownSize = 0xffffffff;
/** W64: sixteen bytes name a chunk, of which the first four are the name of RIFF (or of its own, in small letters). */
const w64HeadBytes = 24;
const w64RiffTail = '2e91cf11a5d628db04c10000';

interface Chunk {
  readonly name: string;
  /** Of its content. */
  readonly start: number;
  /** As it is said, which may be more than there is. */
  readonly size: number;
  /** Where the next one begins. */
  readonly end: number;
}

/**
 * Reads WAV, RIFX, RF64, BW64 or W64. A file whose size is not known (of a recorder that was cut off, of a pipe) is read to its end.
 * Undefined where it is none of these.
 * @throws Failure `invalid` saying what is wrong with the file
 */
export function parseRiffFile(bytes: Uint8Array): FileAudio | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const form = text(bytes, 0, 4);
  if (form === 'riff' && hex(bytes, 4, 12) === w64RiffTail) return parseChunks(view, true, w64Chunks(bytes, view));
  if (text(bytes, 8, 4) !== 'WAVE' || !['RIFF', 'RIFX', 'RF64', 'BW64'].includes(form)) return undefined;
  const littleEndian = form !== 'RIFX';
  return parseChunks(view, littleEndian, riffChunks(bytes, view, littleEndian));
}

function parseChunks(view: DataView, littleEndian: boolean, chunks: readonly Chunk[]): FileAudio {
  const format = chunks.find(({ name, start, size }) => name === 'fmt ' && size >= 14 && start + 14 <= view.byteLength);
  const data = chunks.find(({ name }) => name === 'data');
  if (data === undefined) throw new Failure('invalid', 'The WAV file has no data.');
  if (format === undefined) throw new Failure('invalid', 'The WAV file has no format before its data.');
  const { start } = format;
  const field = (offset: number) =>
    start + offset + 2 <= view.byteLength && offset + 2 <= format.size
      ? view.getUint16(start + offset, littleEndian)
      : 0;
  const said = field(0);
  // WAVE_FORMAT_EXTENSIBLE keeps the real tag in the first two bytes of its sub-format.
  const tag = said === 0xfffe ? field(24) : said;
  const channelCount = field(2);
  const sampleRateHz = view.getUint32(start + 4, littleEndian);
  return readValues(view, {
    sampleRateHz,
    channelCount,
    value: valueFormat(tag, field(14), channelCount > 0 ? field(12) / channelCount : 0, littleEndian),
    start: data.start,
    byteCount: Math.min(data.size, view.byteLength - data.start),
  });
}

function valueFormat(tag: number, bits: number, saidBytes: number, littleEndian: boolean): ValueFormat {
  const least = Math.ceil(bits / 8);
  const bytes = Number.isInteger(saidBytes) && saidBytes >= least && saidBytes > 0 ? saidBytes : least;
  if (tag === 6) return { kind: 'alaw', bytes: 1, bits: 8, littleEndian };
  if (tag === 7) return { kind: 'ulaw', bytes: 1, bits: 8, littleEndian };
  if (tag === 3 && (bytes === 4 || bytes === 8)) return { kind: 'float', bytes, bits, littleEndian };
  if (tag === 1 && bits >= 1 && bytes <= 8) {
    return { kind: bytes === 1 ? 'unsigned' : 'signed', bytes, bits, littleEndian };
  }
  throw new Failure(
    'invalid',
    `The WAV file is neither PCM nor float (format ${tag}, ${bits} bits): export it as WAV of 16 or 24 bits.`,
  );
}

function riffChunks(bytes: Uint8Array, view: DataView, littleEndian: boolean): Chunk[] {
  const chunks: Chunk[] = [];
  let longDataSize: number | undefined;
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const name = text(bytes, offset, 4);
    const start = offset + 8;
    const said = view.getUint32(offset + 4, littleEndian);
    if (name === 'ds64' && start + 16 <= bytes.length)
      longDataSize = Number(view.getBigUint64(start + 8, littleEndian));
    let size = said;
    if (name === 'data' && said === unknownSize) size = longDataSize ?? said;
    if (name === 'data' && size === 0 && !isChain(bytes, view, littleEndian, start)) size = bytes.length - start;
    offset = start + size + (size % 2);
    chunks.push({ name, start, size, end: offset });
  }
  return chunks;
}

/** True when nothing but whole chunks lie from `offset` on: then data of size 0 is empty, and not of unknown size. */
function isChain(bytes: Uint8Array, view: DataView, littleEndian: boolean, offset: number): boolean {
  let place = offset;
  while (place + 8 <= bytes.length && /^[ -~]{4}$/.test(text(bytes, place, 4))) {
    const size = view.getUint32(place + 4, littleEndian);
    place += 8 + size + (size % 2);
  }
  return place === bytes.length || place === bytes.length + 1;
}

function w64Chunks(bytes: Uint8Array, view: DataView): Chunk[] {
  const chunks: Chunk[] = [];
  for (let offset = w64HeadBytes + 16; offset + w64HeadBytes <= bytes.length; ) {
    const said = Number(view.getBigUint64(offset + 16, true));
    const start = offset + w64HeadBytes;
    const isOpen = said < w64HeadBytes || said > bytes.length - offset;
    const size = isOpen ? bytes.length - start : said - w64HeadBytes;
    const end = Math.ceil((start + size) / 8) * 8;
    chunks.push({ name: text(bytes, offset, 4), start, size, end });
    offset = end;
  }
  return chunks;
}

function text(bytes: Uint8Array, offset: number, length: number): string {
  return String.fromCharCode(...bytes.subarray(offset, offset + length));
}

function hex(bytes: Uint8Array, offset: number, length: number): string {
  return Array.from(bytes.subarray(offset, offset + length), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
