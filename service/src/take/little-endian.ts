import { endianness } from 'node:os';

const nativeIsLittle = endianness() === 'LE';

type Numbers = Uint16Array | Int16Array | Int32Array | Uint32Array | Float32Array;

/** The values' bytes in little-endian order, whatever the machine: keys and stored segments are the same everywhere. */
export function littleEndianBytes(values: Numbers): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return nativeIsLittle ? bytes : swapped(bytes, values.BYTES_PER_ELEMENT);
}

/** Fills `values` from little-endian bytes of the same length. */
export function readLittleEndian(values: Numbers, bytes: Uint8Array): void {
  const ordered = nativeIsLittle ? bytes : swapped(bytes, values.BYTES_PER_ELEMENT);
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(ordered);
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const copy = Buffer.from(bytes);
  return width === 2 ? copy.swap16() : copy.swap32();
}
