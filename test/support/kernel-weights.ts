import { philox4x32 } from '../../service/src/core/philox.js';
import type { BlockShape } from '../../service/src/model/engine.js';

/** The numbers a weight file holds, unquantised; matrices one row per output. D = width, M = hidden. */
export interface RandomNetwork {
  readonly width: number;
  readonly hidden: number;
  readonly pull: {
    readonly mix: number;
    readonly weight: number;
    readonly widthBins: number;
    readonly deepest: number;
  };
  readonly sections: Readonly<Record<SectionName, Float32Array>>;
}

/** Sections in the file's order, with their rows and columns; `matrix` ones have 8-bit rows in an int8 file. */
export const sectionShapes = {
  top_input: (d: number) => [3 * d, 64],
  top_input_bias: (d: number) => [3 * d, 1],
  top_recurrent: (d: number) => [3 * d, d],
  top_recurrent_bias: (d: number) => [3 * d, 1],
  frame_condition: (d: number) => [12 * d, d],
  frame_condition_bias: (d: number) => [12 * d, 1],
  frame_input: (d: number) => [3 * d, 16],
  frame_recurrent: (d: number) => [3 * d, d],
  frame_recurrent_bias: (d: number) => [3 * d, 1],
  sample_condition: (d: number, m: number) => [16 * m, d],
  sample_condition_bias: (_: number, m: number) => [16 * m, 1],
  history: (_: number, m: number) => [16 * 256, m],
  third: (_: number, m: number) => [m, m],
  third_bias: (_: number, m: number) => [m, 1],
  output: (_: number, m: number) => [256, m],
  output_bias: () => [256, 1],
  top_start: (d: number) => [d, 1],
  frame_start: (d: number) => [d, 1],
} as const satisfies Record<string, (width: number, hidden: number) => readonly [number, number]>;

export type SectionName = keyof typeof sectionShapes;
export const sectionNames = Object.keys(sectionShapes) as SectionName[];

const matrices: ReadonlySet<SectionName> = new Set([
  ...(['top_recurrent', 'frame_condition', 'frame_recurrent', 'sample_condition', 'third', 'output'] as const),
]);
export const isMatrix = (name: SectionName): boolean => matrices.has(name);

export function kernelShape({ width }: { readonly width: number }): BlockShape {
  return { blockSteps: 64, stateFloats: 2 * width + 192 };
}

/** The state a take starts from: learned hidden states, silence behind it, no guide. */
export function startState({ sections }: RandomNetwork): Float32Array {
  const silence = new Float32Array(64).fill(128);
  return Float32Array.from([
    ...sections.top_start,
    ...sections.frame_start,
    ...silence,
    ...silence,
    ...new Float32Array(64),
  ]);
}

/** Uniform numbers in [−1, 1), of Philox alone, so that they are the same everywhere. */
export function* uniforms(seed: number): Generator<number> {
  const words = new Uint32Array(4);
  for (let counter = 0; ; counter += 1) {
    words.set([counter, 0, 0, 1]);
    philox4x32(words, seed, 0x51e7);
    for (const word of words) yield (word >>> 8) * 2 ** -23 - 1;
  }
}

/**
 * A network of random weights whose logits spread as a trained one's (entropies of some bits at T = 1): the scales follow
 * the number of inputs. Only products and sums of exact numbers, rounded once, so the file is the same on every machine.
 */
export function randomNetwork(width: number, hidden: number, seed: number): RandomNetwork {
  const numbers = uniforms(seed);
  const spread: Record<SectionName, number> = {
    // On bins, which are up to 255.
    ...{ top_input: 2 ** -9, frame_input: 2 ** -8 },
    ...{ top_recurrent: 2 * rootOf(width), frame_recurrent: 2 * rootOf(width) },
    ...{ frame_condition: 2 * rootOf(width), sample_condition: 4 * rootOf(width) },
    ...{ third: 2.5 * rootOf(hidden), output: 7 * rootOf(hidden), history: 0.5 },
    ...{ top_input_bias: 0.3, top_recurrent_bias: 0.3, frame_condition_bias: 0.3, frame_recurrent_bias: 0.3 },
    ...{ sample_condition_bias: 0.3, third_bias: 0.3, output_bias: 1, top_start: 0.5, frame_start: 0.5 },
  };
  const made = sectionNames.map((name) => {
    const [rows, columns] = sectionShapes[name](width, hidden);
    const values = new Float32Array(rows * columns);
    for (let index = 0; index < values.length; index += 1) values[index] = (numbers.next().value ?? 0) * spread[name];
    return [name, values] as const;
  });
  const sections = Object.fromEntries(made) as Record<SectionName, Float32Array>;
  return { width, hidden, pull: { mix: 0.7, weight: 0.5, widthBins: 8, deepest: 4 }, sections };
}

/** 1/√n to a power of two or half-way to one: exact on every machine. */
export function rootOf(n: number): number {
  const power = 31 - Math.clz32(n);
  return power % 2 === 0 ? 2 ** (-power / 2) : 1.5 * 2 ** (-(power + 1) / 2);
}

/** Where each section of a file lies, in bytes; an int8 matrix and history have a section of scales before them. */
export interface PlacedSection {
  readonly name: string;
  readonly begin: number;
  readonly length: number;
}

export interface WrittenWeights {
  readonly file: Uint8Array;
  readonly sections: readonly PlacedSection[];
}

/** Writes a weight file, rounding to 8-bit rows and a 16-bit history where the precision is 8. */
export function writeKernelWeights(network: RandomNetwork, precision: 8 | 32): WrittenWeights {
  const parts: { name: string; bytes: Uint8Array }[] = [{ name: 'header', bytes: header(network, precision) }];
  const add = (name: string, values: Float32Array | Int8Array | Int16Array) =>
    parts.push({ name, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength) });
  for (const name of sectionNames) {
    const values = network.sections[name];
    const [rows, columns] = sectionShapes[name](network.width, network.hidden);
    if (precision === 8 && (isMatrix(name) || name === 'history')) {
      const { scales, whole } =
        name === 'history' ? quantized(values, 1, values.length, 32_767) : quantized(values, rows, columns, 127);
      add(`${name} scales`, scales);
      add(name, name === 'history' ? Int16Array.from(whole) : Int8Array.from(whole));
    } else {
      add(name, values);
    }
  }
  return placed(parts);
}

/** A file of these parts, each at a multiple of 16 bytes. */
export function placed(parts: readonly { readonly name: string; readonly bytes: Uint8Array }[]): WrittenWeights {
  const sections: PlacedSection[] = [];
  let next = 0;
  for (const { name, bytes } of parts) {
    sections.push({ name, begin: next, length: bytes.length });
    next = Math.ceil((next + bytes.length) / 16) * 16;
  }
  const file = new Uint8Array(next);
  for (const [index, { bytes }] of parts.entries()) file.set(bytes, sections[index]?.begin ?? 0);
  return { file, sections };
}

function header({ width, hidden, pull }: RandomNetwork, precision: number): Uint8Array {
  const bytes = new Uint8Array(64);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode('SMRW'));
  for (const [index, value] of [2, precision, width, hidden, 64, 16, 256].entries()) {
    view.setUint32(4 + 4 * index, value, true);
  }
  for (const [index, value] of [pull.weight, pull.widthBins, pull.deepest, pull.mix].entries()) {
    view.setFloat32(32 + 4 * index, value, true);
  }
  return bytes;
}

/** Per row a scale, so that the largest magnitude becomes `limit`, and the whole numbers. */
export function quantized(
  values: Float32Array,
  rows: number,
  columns: number,
  limit: number,
): { scales: Float32Array; whole: Int16Array } {
  const scales = new Float32Array(rows);
  const whole = new Int16Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    let largest = 0;
    for (let at = row * columns; at < (row + 1) * columns; at += 1) {
      largest = Math.max(largest, Math.abs(values[at] ?? 0));
    }
    const scale = Math.fround(largest / limit);
    scales[row] = scale;
    for (let at = row * columns; at < (row + 1) * columns; at += 1) {
      const value = scale === 0 ? 0 : Math.round((values[at] ?? 0) / scale);
      whole[at] = Math.max(-limit, Math.min(limit, value));
    }
  }
  return { scales, whole };
}
