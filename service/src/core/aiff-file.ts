import { Failure, printable } from './failure.js';
import { type FileAudio, readValues, type ValueFormat } from './pcm-values.js';

interface Common {
  readonly channelCount: number;
  readonly bits: number;
  readonly sampleRateHz: number;
  readonly compression: string;
}

/**
 * Reads AIFF and AIFF-C. Undefined where it is neither.
 * @throws Failure `invalid` saying what is wrong with the file
 */
export function parseAiffFile(bytes: Uint8Array): FileAudio | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const text = (offset: number) => String.fromCharCode(...bytes.subarray(offset, offset + 4));
  if (text(0) !== 'FORM' || !['AIFF', 'AIFC'].includes(text(8))) return undefined;
  let common: Common | undefined;
  let sound: { start: number; byteCount: number } | undefined;
  for (let offset = 12; offset + 8 <= bytes.length; ) {
    const size = view.getUint32(offset + 4);
    const start = offset + 8;
    if (text(offset) === 'COMM' && size >= 18 && start + size <= bytes.length) {
      common = {
        channelCount: view.getUint16(start),
        bits: view.getUint16(start + 6),
        sampleRateHz: extended(view, start + 8),
        compression: text(8) === 'AIFC' && size >= 22 ? text(start + 18) : 'NONE',
      };
    } else if (text(offset) === 'SSND' && start + 8 <= bytes.length) {
      const begin = start + 8 + view.getUint32(start);
      const rest = Math.max(0, bytes.length - begin);
      // 0: whoever wrote it did not come to say it.
      sound = { start: begin, byteCount: size === 0 ? rest : Math.min(rest, Math.max(0, start + size - begin)) };
      if (size === 0) break;
    }
    offset = start + size + (size % 2);
  }
  if (common === undefined) throw new Failure('invalid', 'The AIFF file has no format (COMM).');
  const { channelCount, sampleRateHz } = common;
  if (sound === undefined) throw new Failure('invalid', 'The AIFF file has no sound (SSND).');
  return readValues(view, { channelCount, sampleRateHz, value: valueFormat(common), ...sound });
}

function valueFormat({ bits, compression }: Common): ValueFormat {
  const bytes = Math.ceil(bits / 8);
  const littleEndian = false;
  switch (compression) {
    case 'NONE':
    case 'twos':
    case 'in24':
    case 'in32':
      return { kind: 'signed', bytes, bits, littleEndian };
    case 'sowt':
      return { kind: 'signed', bytes, bits, littleEndian: true };
    case 'raw ':
      return { kind: 'unsigned', bytes: 1, bits: 8, littleEndian };
    case 'fl32':
    case 'FL32':
      return { kind: 'float', bytes: 4, bits: 32, littleEndian };
    case 'fl64':
    case 'FL64':
      return { kind: 'float', bytes: 8, bits: 64, littleEndian };
    case 'ulaw':
    case 'ULAW':
      return { kind: 'ulaw', bytes: 1, bits: 8, littleEndian };
    case 'alaw':
    case 'ALAW':
      return { kind: 'alaw', bytes: 1, bits: 8, littleEndian };
    default:
      throw new Failure(
        'invalid',
        `The AIFF file is compressed ("${printable(compression)}"): export it as WAV of 16 or 24 bits.`,
      );
  }
}

/** A whole rate of Apple's 80-bit floats. */
function extended(view: DataView, offset: number): number {
  const exponent = (view.getUint16(offset) & 0x7fff) - 16_383;
  const mantissa = Number(view.getBigUint64(offset + 2));
  const value = mantissa * 2 ** (exponent - 63);
  return value >= 1 && value <= 2 ** 32 ? Math.round(value) : 0;
}
