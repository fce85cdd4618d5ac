import { Failure } from '../../core/failure.js';
import type { BlockShape } from '../engine.js';
import type { RowsManifest } from '../manifest.js';
import { type CodedWeights, parseCodedWeights } from './coded-weights.js';
import { levelField, pageBytes, tableAt, tableField, weightsAt } from './layout.js';
import type { MatrixSection, TableSection } from './weight-file.js';
import { type KernelWeights, type NetworkWeights, parseKernelWeights } from './weights.js';

/**
 * A model's weights as the kernel reads them. The memory is shared: it can be posted to other threads, whose kernels then
 * use the same copy, each in a region of its own that it takes by growing the memory.
 */
export interface PackedKernel {
  readonly memory: WebAssembly.Memory;
  readonly shape: BlockShape;
  /** What a voice's room depends on; sizes of codes are 0 where there are none. */
  readonly sizes: KernelSizes;
}

export interface KernelSizes {
  readonly width: number;
  readonly hidden: number;
  readonly levels: number;
  readonly priorWidth: number;
  readonly entered: number;
  readonly bands: number;
}

/** Room for the regions of all instances over a process's life: 256 MiB of addresses, not of memory. */
const regionPagesMax = 4096;
/** A row tile of the products (kernel/src/products.ts), and the bytes a row gives at a time. */
const tileRows = 8;

/**
 * Reads a weight file into memory of the kernel's layout. `tailFloor` as in the manifest; 0 draws from the whole distribution.
 * @throws Failure `model-damaged` as parseKernelWeights; `exhausted` where there is no memory.
 */
export function packKernel(file: Uint8Array, shape: BlockShape, tailFloor: number): PackedKernel {
  const weights = parseKernelWeights(file, shape);
  const { width, hidden } = weights;
  const memory = memoryFor(file);
  new Packer(memory.buffer).pack(weights, tailFloor);
  return { memory, shape, sizes: { width, hidden, levels: 0, priorWidth: 0, entered: 0, bands: 0 } };
}

/** The same of a model under codes. */
export function packCodedKernel(
  file: Uint8Array,
  shape: BlockShape,
  rows: RowsManifest,
  tailFloor: number,
): PackedKernel {
  const weights = parseCodedWeights(file, shape, rows);
  const { width, hidden, levels, priorWidth, entered, bands } = weights;
  const memory = memoryFor(file);
  new Packer(memory.buffer).packCoded(weights, tailFloor);
  return { memory, shape, sizes: { width, hidden, levels, priorWidth, entered, bands } };
}

/** Packing changes the order of values, not their number; sections of the file are as aligned as those in memory. */
function memoryFor(file: Uint8Array): WebAssembly.Memory {
  const initial = Math.ceil((weightsAt + file.length) / pageBytes);
  return newMemory(initial, initial + regionPagesMax);
}

function newMemory(initial: number, maximum: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial, maximum, shared: true });
  } catch (cause) {
    throw new Failure('exhausted', `There is no memory for ${initial} pages of a model's weights.`, cause);
  }
}

class Packer {
  readonly #buffer: SharedArrayBuffer;
  readonly #table: DataView;
  #next = weightsAt;

  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
    this.#table = new DataView(buffer, tableAt, weightsAt - tableAt);
  }

  pack(weights: KernelWeights, tailFloor: number): void {
    this.#network(weights, tailFloor);
    this.#address(tableField.topInput, this.#tiles(weights.topInput, 3 * weights.width, 64));
    this.#address(tableField.topInputBias, this.#copy(weights.topInputBias));
  }

  packCoded(weights: CodedWeights, tailFloor: number): void {
    this.#network(weights, tailFloor);
    const { levels, priorWidth, entered, bands, codePull, ofLevels } = weights;
    for (const [field, size] of Object.entries({ levels, priorWidth, entered, bands })) {
      this.#table.setInt32(tableField[field as 'levels' | 'priorWidth' | 'entered' | 'bands'], size, true);
    }
    this.#float(tableField.codePullWeight, codePull.weight);
    this.#float(tableField.codePullCurve, 0.5 / codePull.width ** 2);
    this.#float(tableField.codePullDeepest, codePull.deepest);
    this.#rows(tableField.codeRows, weights.codeRows);
    this.#address(tableField.places, this.#copy(weights.places));
    this.#matrix(tableField.codeTop, weights.codeTop);
    this.#matrix(tableField.codeFrame, weights.codeFrame);
    this.#rows(tableField.priorEntered, weights.priorEntered);
    this.#matrix(tableField.priorInput, weights.priorInput);
    this.#matrix(tableField.priorRecurrent, weights.priorRecurrent);
    this.#address(tableField.codebooks, this.#copy(weights.codebooks));
    for (const [level, { enter, before, out }] of ofLevels.entries()) {
      const ofLevel = tableField.levelsAt + level * levelField.bytes;
      this.#matrix(ofLevel + levelField.enter, enter);
      if (before !== undefined) this.#rows(ofLevel + levelField.before, before);
      this.#matrix(ofLevel + levelField.out, out);
    }
  }

  /** What models have with and without codes. */
  #network(weights: NetworkWeights, tailFloor: number): void {
    const { width, hidden, pull } = weights;
    const table = this.#table;
    table.setInt32(tableField.precision, weights.precision, true);
    table.setInt32(tableField.width, width, true);
    table.setInt32(tableField.hidden, hidden, true);
    this.#float(tableField.pullWeight, pull.weight);
    this.#float(tableField.pullCurve, -0.5 / pull.widthBins ** 2);
    this.#float(tableField.pullDeepest, pull.deepest);
    this.#float(tableField.historyScale, weights.historyScale);
    this.#float(tableField.tailFloor, tailFloor);
    this.#float(tableField.guideMix, pull.mix);
    this.#address(tableField.frameInput, this.#tiles(weights.frameInput, 3 * width, 16));
    this.#address(tableField.history, this.#copy(weights.history));
    this.#matrix(tableField.topRecurrent, weights.topRecurrent);
    this.#matrix(tableField.frameCondition, weights.frameCondition);
    this.#matrix(tableField.frameRecurrent, weights.frameRecurrent);
    this.#matrix(tableField.sampleCondition, weights.sampleCondition);
    this.#matrix(tableField.third, weights.third);
    this.#matrix(tableField.output, weights.output);
  }

  /** A table's address, and behind it its scale. */
  #rows(field: number, { values, scale }: TableSection): void {
    this.#address(field, this.#copy(values));
    this.#float(field + 4, scale);
  }

  #float(field: number, value: number): void {
    this.#table.setFloat32(field, value, true);
  }

  #matrix(field: number, { values, scales, bias, rows, columns }: MatrixSection): void {
    this.#address(field, this.#tiles(values, rows, columns));
    this.#address(field + 4, scales === undefined ? 0 : this.#copy(scales));
    this.#address(field + 8, this.#copy(bias));
  }

  #address(field: number, address: number): void {
    this.#table.setInt32(field, address, true);
  }

  /** Room for so many bytes, at a multiple of 16. */
  #take(bytes: number): number {
    const begin = this.#next;
    this.#next = Math.ceil((begin + bytes) / 16) * 16;
    return begin;
  }

  #copy(values: Float32Array | Int16Array): number {
    const begin = this.#take(values.byteLength);
    new Uint8Array(this.#buffer, begin, values.byteLength).set(
      new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
    );
    return begin;
  }

  /**
   * A matrix in tiles of 8 rows: group of columns after group, and of each the 8 rows'. A group is 4 floats or 8 bytes;
   * both are moved as whole 32-bit words.
   */
  #tiles(values: Float32Array | Int8Array, rows: number, columns: number): number {
    const begin = this.#take(values.byteLength);
    const groupWords = values.BYTES_PER_ELEMENT === 4 ? 4 : 2;
    const rowWords = (columns * values.BYTES_PER_ELEMENT) / 4;
    const from = new Int32Array(values.buffer, values.byteOffset, rows * rowWords);
    const to = new Int32Array(this.#buffer, begin, rows * rowWords);
    let next = 0;
    for (let tile = 0; tile < rows; tile += tileRows) {
      for (let group = 0; group < rowWords; group += groupWords) {
        for (let row = tile; row < tile + tileRows; row += 1) {
          const first = row * rowWords + group;
          for (let word = first; word < first + groupWords; word += 1) {
            to[next] = from[word] ?? 0;
            next += 1;
          }
        }
      }
    }
    return begin;
  }
}
