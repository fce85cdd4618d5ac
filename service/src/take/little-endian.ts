import { endianness } from 'node:os';

const nativeIsLittle = endianness() === 'LE';

/** The values' bytes in little-endian order, whatever the machine: keys and stored segments are the same everywhere. */
export function littleEndianBytes(values: Uint16Array | Float32Array): Uint8Array {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return nativeIsLittle ? bytes : swapped(bytes, values.BYTES_PER_ELEMENT);
}

/** Fills `values` from little-endian bytes of the same length. */
export function readLittleEndian(values: Uint16Array | Float32Array, bytes: Uint8Array): void {
  const ordered = nativeIsLittle ? bytes : swapped(bytes, values.BYTES_PER_ELEMENT);
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength).set(ordered);
}

function swapped(bytes: Uint8Array, width: number): Uint8Array {
  const copy = Buffer.from(bytes);
  return width === 2 ? copy.swap16() : copy.swap32();
}
