import { Failure } from './failure.js';

/** Audio of a file, whole. */
export interface FileAudio {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly frameCount: number;
  /** Interleaved, frameCount × channelCount values; full scale is 1. */
  readonly values: Float32Array;
}

/** How one value stands in a file. */
export interface ValueFormat {
  readonly kind: 'signed' | 'unsigned' | 'float' | 'ulaw' | 'alaw';
  /** Of the container, which may be wider than what is in it. */
  readonly bytes: number;
  /** What of the container is used. */
  readonly bits: number;
  readonly littleEndian: boolean;
}

export interface StoredAudio {
  readonly sampleRateHz: number;
  readonly channelCount: number;
  readonly value: ValueFormat;
  readonly start: number;
  readonly byteCount: number;
}

/**
 * Reads values as they are stored. A frame that is cut off at the end is left out.
 * @throws Failure `invalid` where there is no such format
 */
export function readValues(view: DataView, stored: StoredAudio): FileAudio {
  const { sampleRateHz, channelCount, value, start, byteCount } = stored;
  if (channelCount < 1 || !(sampleRateHz >= 1)) throw new Failure('invalid', 'The file has no channels, or no rate.');
  const frameCount = Math.floor(byteCount / (value.bytes * channelCount));
  const read = valueReader(view, value);
  const values = new Float32Array(frameCount * channelCount);
  for (let index = 0; index < values.length; index += 1) values[index] = read(start + index * value.bytes);
  // The standard has them at the top of the container; some recorders put them at its bottom.
  if (isAtTheBottom(view, stored, values.length)) {
    const gain = 2 ** (8 * value.bytes - value.bits);
    for (let index = 0; index < values.length; index += 1) values[index] = (values[index] ?? 0) * gain;
  }
  return { sampleRateHz, channelCount, frameCount, values };
}

function valueReader(view: DataView, { kind, bytes, bits, littleEndian }: ValueFormat): (offset: number) => number {
  switch (kind) {
    case 'float':
      if (bytes === 4) return (offset) => view.getFloat32(offset, littleEndian);
      if (bytes === 8) return (offset) => view.getFloat64(offset, littleEndian);
      break;
    case 'ulaw':
      return (offset) => expandUlaw(view.getUint8(offset));
    case 'alaw':
      return (offset) => expandAlaw(view.getUint8(offset));
    case 'unsigned':
      if (bytes === 1) return (offset) => (view.getUint8(offset) - 128) / 128;
      break;
    case 'signed':
      if (bits < 1 || bits > 8 * bytes || bytes > 8) break;
      if (bytes === 1) return (offset) => view.getInt8(offset) / 2 ** 7;
      if (bytes === 2) return (offset) => view.getInt16(offset, littleEndian) / 2 ** 15;
      if (bytes === 3) {
        return littleEndian
          ? (offset) => ((view.getUint8(offset) << 8) | (view.getInt16(offset + 1, true) << 16)) / 2 ** 31
          : (offset) => ((view.getInt16(offset) << 16) | (view.getUint8(offset + 2) << 8)) / 2 ** 31;
      }
      if (bytes === 4) return (offset) => view.getInt32(offset, littleEndian) / 2 ** 31;
      // What is below its upper four bytes no float32 can hold.
      return (offset) => view.getInt32(littleEndian ? offset + bytes - 4 : offset, littleEndian) / 2 ** 31;
  }
  throw new Failure('invalid', `Values of ${bits} bits in ${bytes} bytes (${kind}) cannot be read.`);
}

/** Padding is 0: where what should be padding is not, and what should be the top is nothing but the sign, all is lower down. */
function isAtTheBottom(view: DataView, { value, start }: StoredAudio, count: number): boolean {
  const { kind, bytes, bits, littleEndian } = value;
  const spare = bytes - Math.ceil(bits / 8);
  if (kind !== 'signed' || spare < 1 || bits % 8 !== 0) return false;
  let used = false;
  for (let index = 0; index < count; index += 1) {
    const offset = start + index * bytes;
    const byte = (place: number) => view.getUint8(littleEndian ? offset + place : offset + bytes - 1 - place);
    const sign = byte(bytes - spare - 1) >= 0x80 ? 0xff : 0;
    for (let place = 0; place < spare; place += 1) {
      if (byte(bytes - 1 - place) !== sign) return false;
      used ||= byte(place) !== 0;
    }
  }
  return used;
}

/** ITU-T G.711, as wide as its 14 bits. */
function expandUlaw(code: number): number {
  const inverted = ~code & 0xff;
  const magnitude = ((((inverted & 0x0f) << 3) + 0x84) << ((inverted & 0x70) >> 4)) - 0x84;
  return (inverted & 0x80 ? -magnitude : magnitude) / 2 ** 15;
}

function expandAlaw(code: number): number {
  const toggled = code ^ 0x55;
  const exponent = (toggled & 0x70) >> 4;
  const mantissa = ((toggled & 0x0f) << 4) + 8;
  const magnitude = exponent === 0 ? mantissa : (mantissa + 0x100) << (exponent - 1);
  return (toggled & 0x80 ? magnitude : -magnitude) / 2 ** 15;
}
