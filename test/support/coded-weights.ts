import type { BlockShape } from '../../service/src/model/engine.js';
import { CodedKernelModel } from '../../service/src/model/kernel/coded-model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import type { RowsManifest } from '../../service/src/model/manifest.js';
import { guideFileFloats } from '../../service/src/model/rows/guide-file.js';
import type { RowModel } from '../../service/src/model/rows/row-voice.js';
import { rowStateFloats } from '../../service/src/model/rows/sizes.js';
import { placed, quantized, rootOf, uniforms, type WrittenWeights } from './kernel-weights.js';

/** Sizes of a network of random weights under codes. */
export interface CodedSizes {
  readonly width: number;
  readonly hidden: number;
  readonly levels: number;
  readonly priorWidth: number;
  readonly entered: number;
  readonly bands: number;
}

export const smallSizes: CodedSizes = { width: 16, hidden: 16, levels: 2, priorWidth: 32, entered: 16, bands: 8 };

/** A section: `matrix` and `table` are rounded in a file of 8 bits; values lie within ±spread. */
interface SectionShape {
  readonly name: string;
  readonly kind: 'floats' | 'matrix' | 'table';
  readonly rows: number;
  readonly columns: number;
  readonly spread: number;
}

/** In the order of the file (docs/models.md, "Weight files of the kernel"). */
function sectionShapes({ width: d, hidden: m, levels, priorWidth: w, entered: e, bands }: CodedSizes): SectionShape[] {
  const floats = (name: string, rows: number, columns: number, spread: number): SectionShape[] => [
    { name, kind: 'floats', rows, columns, spread },
  ];
  const table = (name: string, rows: number, columns: number, spread: number): SectionShape[] => [
    { name, kind: 'table', rows, columns, spread },
  ];
  const matrix = (name: string, rows: number, columns: number, spread: number, bias = 0.3): SectionShape[] => [
    { name, kind: 'matrix', rows, columns, spread },
    { name: `${name} bias`, kind: 'floats', rows, columns: 1, spread: bias },
  ];
  const ofLevel = (level: number) => [
    ...matrix(`enter ${level}`, w, w, 2 * rootOf(w)),
    ...(level === 0 ? [] : table(`before ${level}`, level * 256, w, 1)),
    ...matrix(`out ${level}`, 256, w, 5 * rootOf(w), 1),
  ];
  return [
    ...table('code rows', 3 * levels * 256, d, 0.5),
    ...floats('places', 8, d, 0.3),
    ...matrix('code top', 3 * d, d, 2 * rootOf(d)),
    ...matrix('top recurrent', 3 * d, d, 2 * rootOf(d)),
    ...matrix('frame condition', 12 * d, d, 2 * rootOf(d)),
    ...matrix('code frame', 3 * d, d, 2 * rootOf(d), 0),
    ...floats('frame input', 3 * d, 16, 2 ** -8),
    ...matrix('frame recurrent', 3 * d, d, 2 * rootOf(d)),
    ...matrix('sample condition', 16 * m, d, 4 * rootOf(d)),
    ...table('history', 16 * 256, m, 0.5),
    ...matrix('third', m, m, 2.5 * rootOf(m)),
    ...matrix('output', 256, m, 7 * rootOf(m), 1),
    ...table('prior entered', levels * 256, e, 1),
    ...matrix('prior input', 3 * w, e, 2 * rootOf(e)),
    ...matrix('prior recurrent', 3 * w, w, 2 * rootOf(w)),
    ...Array.from({ length: levels }, (_, level) => ofLevel(level)).flat(),
    ...floats('codebooks', levels * 256, bands, 3),
    ...floats('starts top', d, 1, 0.5),
    ...floats('starts frame', d, 1, 0.5),
    ...floats('starts prior', w, 1, 0.5),
  ];
}

export function rowsOfSizes({ levels, bands, priorWidth }: CodedSizes): RowsManifest {
  return { levels, size: 256, bands, priorWidth, graph: 'rows.onnx', guide: 'guide.f32' };
}

export function codedShape(sizes: CodedSizes): BlockShape {
  return { blockSteps: 512, stateFloats: 2 * sizes.width + 192 + rowStateFloats(sizes) };
}

/** The state of a take's start: zeros, silence behind it, no codes drawn yet. */
export function codedStart(sizes: CodedSizes): Float32Array {
  const { width, levels, priorWidth } = sizes;
  const silence = new Float32Array(64).fill(128);
  return Float32Array.from([
    ...new Float32Array(2 * width),
    ...[...silence, ...silence, ...new Float32Array(64)],
    ...new Float32Array(priorWidth),
    ...new Float32Array(levels),
    ...new Float32Array(levels).fill(-1),
    ...new Float32Array(2048).fill(128),
  ]);
}

/** A weight file of random weights, lively ones, the same on every machine. */
export function writeCodedWeights(sizes: CodedSizes, precision: 8 | 32, seed = 1): WrittenWeights {
  const numbers = uniforms(seed);
  const parts = [{ name: 'header', bytes: header(sizes, precision) }];
  const add = (name: string, values: Float32Array | Int8Array | Int16Array) =>
    parts.push({ name, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
  for (const { name, kind, rows, columns, spread } of sectionShapes(sizes)) {
    const values = Float32Array.from({ length: rows * columns }, () => (numbers.next().value ?? 0) * spread);
    if (precision === 32 || kind === 'floats') {
      add(name, values);
      continue;
    }
    const isTable = kind === 'table';
    const limit = isTable ? 32_767 : 127;
    const { scales, whole } = quantized(values, isTable ? 1 : rows, isTable ? values.length : columns, limit);
    add(`${name} scales`, scales);
    add(name, isTable ? Int16Array.from(whole) : Int8Array.from(whole));
  }
  return placed(parts);
}

function header({ width, hidden, levels, priorWidth, entered, bands }: CodedSizes, precision: number): Uint8Array {
  const bytes = new Uint8Array(128);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('SMRW'));
  const words = [3, precision, width, hidden, 64, 16, 256];
  for (const [index, value] of words.entries()) view.setUint32(4 + 4 * index, value, true);
  for (const [index, value] of [0.5, 8, 4, 0.7].entries()) view.setFloat32(32 + 4 * index, value, true);
  for (const [index, value] of [levels, 256, priorWidth, entered, bands].entries()) {
    view.setUint32(48 + 4 * index, value, true);
  }
  for (const [index, value] of [3, 6, 8].entries()) view.setFloat32(68 + 4 * index, value, true);
  return bytes;
}

/** A guide file: Hann's window, the cosine, and triangles for filters. */
export function guideFile(bands: number): Float32Array {
  const turn = (index: number) => (2 * Math.PI * index) / 2048;
  const values = new Float32Array(guideFileFloats(bands));
  for (let index = 0; index < 2048; index += 1) {
    values[index] = 0.5 - 0.5 * Math.cos(turn(index));
    values[2048 + index] = Math.cos(turn(index));
  }
  for (let band = 0; band < bands; band += 1) {
    for (let bin = 1; bin < 12; bin += 1) values[4096 + band * 1025 + 12 * band + bin] = 1 - Math.abs(bin - 6) / 6;
  }
  return values;
}

/** What an engine of these sizes needs beside the weights. */
export function rowModel(sizes: CodedSizes): RowModel {
  return {
    rows: rowsOfSizes(sizes),
    guide: guideFile(sizes.bands),
    response: { codes: { below: 1, above: 1 }, sound: { below: 1, above: 1 } },
  };
}

/** A network of random weights in the kernel. */
export async function randomCoded(sizes: CodedSizes, precision: 8 | 32, tailFloor = 0): Promise<CodedKernelModel> {
  const { file } = writeCodedWeights(sizes, precision);
  return CodedKernelModel.load(await kernelModule(), file, codedShape(sizes), rowModel(sizes), tailFloor);
}
