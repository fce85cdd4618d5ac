/** Packed sint32 numbers of one field, in one or several pieces of a message, one after another. */
export class PackedNumbers {
  readonly count: number;
  readonly #bytes: Uint8Array;
  readonly #pieces: readonly (readonly [from: number, to: number])[];
  #piece = 0;
  #at: number;

  constructor(bytes: Uint8Array, pieces: readonly (readonly [from: number, to: number])[]) {
    this.#bytes = bytes;
    this.#pieces = pieces;
    this.#at = pieces[0]?.[0] ?? 0;
    let count = 0;
    for (const [from, to] of pieces) {
      for (let at = from; at < to; at += 1) if ((bytes[at] ?? 0) < 0x80) count += 1;
    }
    this.count = count;
  }

  /** @throws RangeError where there is none */
  next(): number {
    while (this.#at >= (this.#pieces[this.#piece]?.[1] ?? 0)) {
      this.#piece += 1;
      const next = this.#pieces[this.#piece];
      if (next === undefined) throw new RangeError('no more numbers');
      this.#at = next[0];
    }
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.#bytes[this.#at] ?? 0;
      this.#at += 1;
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return (value >>> 1) ^ -(value & 1);
    }
    throw new RangeError('a number without an end');
  }
}
