/** Where the fields of a protobuf message lie in its bytes. Nothing is made of them, so that they can be counted first. */
export class WireScan {
  field = 0;
  wireType = 0;
  /** Where the field begins with its tag, and the bytes of its value. */
  tagAt = 0;
  from = 0;
  to = 0;
  readonly #bytes: Uint8Array;
  readonly #end: number;
  #at: number;

  constructor(bytes: Uint8Array, from = 0, end = bytes.length) {
    this.#bytes = bytes;
    this.#at = from;
    this.#end = end;
  }

  /** Goes to the next field; false: there is none. @throws RangeError where the bytes are no message, or hold a group */
  next(): boolean {
    if (this.#at >= this.#end) return false;
    this.tagAt = this.#at;
    const tag = this.#varint();
    this.field = Math.floor(tag / 8);
    this.wireType = tag % 8;
    const length = this.wireType === 2 ? this.#varint() : 0;
    this.from = this.#at;
    if (this.wireType === 0) this.#varint();
    else if (this.wireType === 1) this.#at += 8;
    else if (this.wireType === 2) this.#at += length;
    else if (this.wireType === 5) this.#at += 4;
    else throw new RangeError('a kind of field that nobody sends');
    this.to = this.#at;
    if (this.to > this.#end) throw new RangeError('a field beyond its message');
    return true;
  }

  #varint(): number {
    let value = 0;
    let scale = 1;
    for (let count = 0; count < 10 && this.#at < this.#end; count += 1) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 128;
    }
    throw new RangeError('a number without an end');
  }
}

/** The fields of a message that are messages themselves, with theirs. */
export interface Nested {
  readonly [field: number]: Nested;
}

/** Counts the fields of a message and of all within. @throws RangeError where there are more than `fieldsMax` */
export function countFields(bytes: Uint8Array, nested: Nested, fieldsMax: number): number {
  const count = (within: Nested, from: number, end: number, before: number): number => {
    let counted = before;
    for (const scan = new WireScan(bytes, from, end); scan.next(); ) {
      counted += 1;
      if (counted > fieldsMax) throw new RangeError('too many fields');
      const deeper = scan.wireType === 2 ? within[scan.field] : undefined;
      if (deeper !== undefined) counted = count(deeper, scan.from, scan.to, counted);
    }
    return counted;
  };
  return count(nested, 0, bytes.length, 0);
}
