import { Failure } from '../../core/failure.js';
import type { BlockShape } from '../engine.js';

/**
 * The weight file of the kernel (docs/models.md): a header of 64 bytes, then sections in a fixed order, each at a multiple
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

/** A weight file as it was read; its arrays are views of the file's bytes. D = width, M = hidden. */
export interface KernelWeights {
  readonly precision: 8 | 32;
  readonly width: number;
  readonly hidden: number;
  /**
   * The guide: strength · mix is its share of what the top tier hears, strength · weight · max(−(k − guide)² /
   * (2 widthBins²), −deepest) what it adds to the scores.
   */
  readonly pull: {
    readonly mix: number;
    readonly weight: number;
    readonly widthBins: number;
    readonly deepest: number;
  };
  /** [3D][64] and [3D], on bins. */
  readonly topInput: Float32Array;
  readonly topInputBias: Float32Array;
  readonly topRecurrent: MatrixSection;
  /** [12D][D], frame after frame. */
  readonly frameCondition: MatrixSection;
  /** [3D][16], on bins. */
  readonly frameInput: Float32Array;
  readonly frameRecurrent: MatrixSection;
  /** [16M][D], step after step. */
  readonly sampleCondition: MatrixSection;
  /** [16][256][M]; value = historyScale · q where q is 16-bit. */
  readonly history: Float32Array | Int16Array;
  readonly historyScale: number;
  readonly third: MatrixSection;
  readonly output: MatrixSection;
  readonly topStart: Float32Array;
  readonly frameStart: Float32Array;
}

const headerBytes = 64;
const alignment = 16;
const formatVersion = 2;
const blockSteps = 64;
const frameSteps = 16;
const framesPerBlock = blockSteps / frameSteps;
const binCount = 256;
/** With larger ones a 32-bit sum could overflow, or the file take gigabytes; both are eight times what was ever trained. */
const widthMax = 4096;
/**
 * Trained weights are below 100. With every value below this no sum of the network leaves float32, even at the lowest
 * temperature: (4096 · 10^6)^3 · 10^4 < 10^33.
 */
const magnitudeMax = 1e6;

/**
 * Reads a weight file. The arrays refer to `file` where it is aligned, and to a copy otherwise.
 * @throws Failure `model-damaged` on a file of another format, length or shape, and on absurd values.
 */
export function parseKernelWeights(file: Uint8Array, shape: BlockShape): KernelWeights {
  const bytes = file.byteOffset % alignment === 0 ? file : Uint8Array.from(file);
  const header = readHeader(bytes);
  const { precision, width, hidden } = header;
  if (shape.blockSteps !== blockSteps || shape.stateFloats !== 2 * width + 3 * blockSteps) {
    throw damaged(`have width ${width} and blocks of ${blockSteps} steps, which is not the shape of the manifest`);
  }
  const reader = new SectionReader(bytes);
  const matrix = (rows: number, columns: number): MatrixSection => {
    if (precision === 32) {
      const values = reader.floats(rows * columns);
      return { rows, columns, values, bias: reader.floats(rows) };
    }
    const scales = reader.scales(rows, 127);
    return { rows, columns, scales, values: reader.bytes(rows * columns), bias: reader.floats(rows) };
  };
  const topInput = reader.floats(3 * width * blockSteps);
  const topInputBias = reader.floats(3 * width);
  const topRecurrent = matrix(3 * width, width);
  const frameCondition = matrix(3 * framesPerBlock * width, width);
  const frameInput = reader.floats(3 * width * frameSteps);
  const frameRecurrent = matrix(3 * width, width);
  const sampleCondition = matrix(frameSteps * hidden, width);
  const historyLength = frameSteps * binCount * hidden;
  const historyScale = precision === 8 ? (reader.scales(1, 32_767)[0] ?? 0) : 1;
  const history = precision === 8 ? reader.shorts(historyLength) : reader.floats(historyLength);
  const third = matrix(hidden, hidden);
  const output = matrix(binCount, hidden);
  const topStart = reader.floats(width);
  const frameStart = reader.floats(width);
  reader.end();
  return {
    ...header,
    ...{ topInput, topInputBias, topRecurrent, frameCondition, frameInput, frameRecurrent, sampleCondition },
    ...{ history, historyScale, third, output, topStart, frameStart },
  };
}

function readHeader(bytes: Uint8Array): Pick<KernelWeights, 'precision' | 'width' | 'hidden' | 'pull'> {
  if (bytes.length < headerBytes) throw damaged('are shorter than their header');
  const view = new DataView(bytes.buffer, bytes.byteOffset, headerBytes);
  const word = (at: number) => view.getUint32(at, true);
  if (String.fromCharCode(...bytes.subarray(0, 4)) !== 'SMRW') throw damaged('do not begin with SMRW');
  if (word(4) !== formatVersion) throw damaged(`are of format ${word(4)}, and this is for format ${formatVersion}`);
  const precision = word(8);
  if (precision !== 8 && precision !== 32) throw damaged(`have ${precision} bits`);
  const width = sizeOf('width', word(12));
  const hidden = sizeOf('hidden width', word(16));
  const fixed = [word(20), word(24), word(28)];
  if (fixed[0] !== blockSteps || fixed[1] !== frameSteps || fixed[2] !== binCount) {
    throw damaged(`are for ${fixed[0]} steps a block, ${fixed[1]} a frame and ${fixed[2]} bins`);
  }
  const pull = {
    weight: pullValue('weight', view.getFloat32(32, true), 0, 1e3),
    widthBins: pullValue('width', view.getFloat32(36, true), 1e-2, 1e4),
    deepest: pullValue('depth', view.getFloat32(40, true), 0, 1e4),
    mix: pullValue('mix', view.getFloat32(44, true), 0, 1),
  };
  if (bytes.subarray(48, headerBytes).some((byte) => byte !== 0)) throw damaged('have a header this does not know');
  return { precision, width, hidden, pull };
}

function sizeOf(what: string, value: number): number {
  if (value < alignment || value > widthMax || value % alignment !== 0) throw damaged(`have a ${what} of ${value}`);
  return value;
}

function pullValue(what: string, value: number, min: number, max: number): number {
  if (!(value >= min && value <= max)) throw damaged(`have a guide of ${what} ${value}`);
  return value;
}

/** Takes one section after the other. */
class SectionReader {
  readonly #bytes: Uint8Array;
  #next = headerBytes;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  floats(count: number): Float32Array {
    const values = new Float32Array(this.#bytes.buffer, this.#section(count * 4), count);
    if (!within(values, magnitudeMax)) throw damaged(`hold a value that is not finite or beyond ${magnitudeMax}`);
    return values;
  }

  /** Scales of values up to `largest`: at least 0, and their products are weights like any other. */
  scales(count: number, largest: number): Float32Array {
    const values = new Float32Array(this.#bytes.buffer, this.#section(count * 4), count);
    if (!within(values, magnitudeMax / largest) || values.some((value) => value < 0)) {
      throw damaged('hold a scale that is negative, not finite or too large');
    }
    return values;
  }

  bytes(count: number): Int8Array {
    const values = new Int8Array(this.#bytes.buffer, this.#section(count), count);
    // −128 is left out of the range, as the bound of the 32-bit sums reckons with ±127.
    if (values.includes(-128)) throw damaged('hold an 8-bit value of −128');
    return values;
  }

  shorts(count: number): Int16Array {
    return new Int16Array(this.#bytes.buffer, this.#section(count * 2), count);
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

function damaged(what: string): Failure {
  return new Failure('model-damaged', `The kernel's weights ${what}.`);
}
