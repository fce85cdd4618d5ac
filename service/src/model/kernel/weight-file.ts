import { Failure } from '../../core/failure.js';

/**
 * What both formats of weight files have in common (docs/models.md): a header that begins alike, and sections, each at a multiple
 * of 16 bytes. Everything is checked here, so the kernel itself checks nothing.
 */

/** A matrix with one row per output; weight = scale[row] · value where there are scales. */
export interface MatrixSection {
  readonly rows: number;
  readonly columns: number;
  readonly values: Float32Array | Int8Array;
  /** [rows], of 8-bit values only. */
  readonly scales?: Float32Array;
  readonly bias: Float32Array;
}

/** A table of rows that are added up; value = scale · q where q is 16-bit, and the scale is 1 where values are float32. */
export interface TableSection {
  readonly values: Float32Array | Int16Array;
  readonly scale: number;
}

/** A guide's pull: strength · weight · max(−distance² / (2 width²), −deepest) is what it adds to scores. */
export interface Pull {
  readonly weight: number;
  readonly width: number;
  readonly deepest: number;
}

/** How a header begins. D = width, M = hidden. */
export interface Header {
  readonly precision: 8 | 32;
  readonly width: number;
  readonly hidden: number;
  /** The guide; strength · mix is its share of what the network hears. */
  readonly pull: {
    readonly mix: number;
    readonly weight: number;
    readonly widthBins: number;
    readonly deepest: number;
  };
}

export const blockSteps = 64;
export const frameSteps = 16;
export const framesPerBlock = blockSteps / frameSteps;
export const binCount = 256;
const alignment = 16;
/** With larger ones a 32-bit sum could overflow, or the file take gigabytes; both are eight times what was ever trained. */
const widthMax = 4096;
/**
 * Trained weights are below 100. With every value below this no sum of the network leaves float32, even at the lowest
 * temperature: (4096 · 10^6)^3 · 10^4 < 10^33.
 */
const magnitudeMax = 1e6;
/** Where the part of a header ends that all formats have. */
const commonBytes = 48;

/** The bytes, at an address that arrays of floats can begin at. */
export function aligned(file: Uint8Array): Uint8Array {
  return file.byteOffset % alignment === 0 ? file : Uint8Array.from(file);
}

/** Reads what all headers have. @throws Failure `model-damaged` on another format, and on absurd values. */
export function readHeader(bytes: Uint8Array, format: { version: number; headerBytes: number }): Header {
  if (bytes.length < format.headerBytes) throw damaged('are shorter than their header');
  const view = viewOf(bytes);
  const word = (at: number) => view.getUint32(at, true);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'SMRW') throw damaged('do not begin with SMRW');
  if (word(4) !== format.version) {
    throw damaged(`are of format ${word(4)}, and such a model needs format ${format.version}`);
  }
  const precision = word(8);
  if (precision !== 8 && precision !== 32) throw damaged(`have ${precision} bits`);
  const width = sizeOf('width', word(12));
  const hidden = sizeOf('hidden width', word(16));
  const fixed = [word(20), word(24), word(28)];
  if (fixed[0] !== blockSteps || fixed[1] !== frameSteps || fixed[2] !== binCount) {
    throw damaged(`are for ${fixed[0]} steps a block, ${fixed[1]} a frame and ${fixed[2]} bins`);
  }
  const { width: widthBins, ...rest } = readPull(view, 32);
  const pull = { ...rest, widthBins, mix: pullValue('mix', view.getFloat32(44, true), 0, 1) };
  return { precision, width, hidden, pull };
}

/** Weight, width and depth of a guide's pull, three floats. */
export function readPull(view: DataView, at: number): Pull {
  return {
    weight: pullValue('weight', view.getFloat32(at, true), 0, 1e3),
    width: pullValue('width', view.getFloat32(at + 4, true), 1e-2, 1e4),
    deepest: pullValue('depth', view.getFloat32(at + 8, true), 0, 1e4),
  };
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** What a format does not use of its header, from `begin` on, must be zeros. */
export function checkUnused(bytes: Uint8Array, begin: number, headerBytes: number): void {
  if (bytes.subarray(Math.max(begin, commonBytes), headerBytes).some((byte) => byte !== 0)) {
    throw damaged('have a header this does not know');
  }
}

/** A width that the kernel can read. */
export function sizeOf(what: string, value: number): number {
  if (value < alignment || value > widthMax || value % alignment !== 0) throw damaged(`have a ${what} of ${value}`);
  return value;
}

function pullValue(what: string, value: number, min: number, max: number): number {
  if (!(value >= min && value <= max)) throw damaged(`have a guide of ${what} ${value}`);
  return value;
}

/** Takes one section after the other. */
export class SectionReader {
  readonly #bytes: Uint8Array;
  readonly #precision: 8 | 32;
  #next: number;

  constructor(bytes: Uint8Array, headerBytes: number, precision: 8 | 32) {
    this.#bytes = bytes;
    this.#precision = precision;
    this.#next = headerBytes;
  }

  /** A matrix in the file's precision, and its bias. */
  matrix(rows: number, columns: number): MatrixSection {
    if (this.#precision === 32) {
      const values = this.floats(rows * columns);
      return { rows, columns, values, bias: this.floats(rows) };
    }
    const scales = this.#scales(rows, 127);
    return { rows, columns, scales, values: this.#wholes(rows * columns), bias: this.floats(rows) };
  }

  /** A table in the file's precision. */
  table(count: number): TableSection {
    if (this.#precision === 32) return { values: this.floats(count), scale: 1 };
    const scale = this.#scales(1, 32_767)[0] ?? 0;
    return { scale, values: new Int16Array(this.#bytes.buffer, this.#section(count * 2), count) };
  }

  floats(count: number): Float32Array {
    const values = new Float32Array(this.#bytes.buffer, this.#section(count * 4), count);
    if (!within(values, magnitudeMax)) throw damaged(`hold a value that is not finite or beyond ${magnitudeMax}`);
    return values;
  }

  /** Scales of values up to `largest`: at least 0, and their products are weights like any other. */
  #scales(count: number, largest: number): Float32Array {
    const values = new Float32Array(this.#bytes.buffer, this.#section(count * 4), count);
    if (!within(values, magnitudeMax / largest) || values.some((value) => value < 0)) {
      throw damaged('hold a scale that is negative, not finite or too large');
    }
    return values;
  }

  #wholes(count: number): Int8Array {
    const values = new Int8Array(this.#bytes.buffer, this.#section(count), count);
    // −128 is left out of the range, as the bound of the 32-bit sums reckons with ±127.
    if (values.includes(-128)) throw damaged('hold an 8-bit value of −128');
    return values;
  }

  end(): void {
    if (this.#next !== this.#bytes.length) throw damaged(`are ${this.#bytes.length} bytes long, not ${this.#next}`);
  }

  /** Where in the buffer the next section of so many bytes begins. */
  #section(length: number): number {
    const begin = this.#next;
    this.#next = Math.ceil((begin + length) / alignment) * alignment;
    if (this.#next > this.#bytes.length) {
      throw damaged(`end after ${this.#bytes.length} bytes, before a section that goes to ${this.#next}`);
    }
    return this.#bytes.byteOffset + begin;
  }
}

/** Whether all are finite and of a magnitude up to `max`. Not `every`: there are millions, and a callback each is slow. */
function within(values: Float32Array, max: number): boolean {
  for (let index = 0; index < values.length; index += 1) {
    if (!(Math.abs(values[index] ?? 0) <= max)) return false;
  }
  return true;
}

export function damaged(what: string): Failure {
  return new Failure('model-damaged', `The kernel's weights ${what}.`);
}
