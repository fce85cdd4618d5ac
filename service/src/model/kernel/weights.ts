import type { BlockShape } from '../engine.js';
import {
  aligned,
  binCount,
  blockSteps,
  checkUnused,
  damaged,
  frameSteps,
  framesPerBlock,
  type Header,
  type MatrixSection,
  readHeader,
  SectionReader,
} from './weight-file.js';

export type { MatrixSection } from './weight-file.js';

/** What a model has with and without codes; its arrays are views of the file's bytes. D = width, M = hidden. */
export interface NetworkWeights extends Header {
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

/** A weight file of a model without codes. */
export interface KernelWeights extends NetworkWeights {
  /** [3D][64] and [3D], on bins. */
  readonly topInput: Float32Array;
  readonly topInputBias: Float32Array;
}

const format = { version: 2, headerBytes: 64 };

/**
 * Reads a weight file of a model without codes. The arrays refer to `file` where it is aligned, and to a copy otherwise.
 * @throws Failure `model-damaged` on a file of another format, length or shape, and on absurd values.
 */
export function parseKernelWeights(file: Uint8Array, shape: BlockShape): KernelWeights {
  const bytes = aligned(file);
  const header = readHeader(bytes, format);
  checkUnused(bytes, 0, format.headerBytes);
  const { precision, width, hidden } = header;
  if (shape.blockSteps !== blockSteps || shape.stateFloats !== 2 * width + 3 * blockSteps) {
    throw damaged(`have width ${width} and blocks of ${blockSteps} steps, which is not the shape of the manifest`);
  }
  const reader = new SectionReader(bytes, format.headerBytes, precision);
  const topInput = reader.floats(3 * width * blockSteps);
  const topInputBias = reader.floats(3 * width);
  const topRecurrent = reader.matrix(3 * width, width);
  const frameCondition = reader.matrix(3 * framesPerBlock * width, width);
  const frameInput = reader.floats(3 * width * frameSteps);
  const frameRecurrent = reader.matrix(3 * width, width);
  const sampleTier = readSampleTier(reader, width, hidden);
  const topStart = reader.floats(width);
  const frameStart = reader.floats(width);
  reader.end();
  return {
    ...header,
    ...{ topInput, topInputBias, topRecurrent, frameCondition, frameInput, frameRecurrent },
    ...{ ...sampleTier, topStart, frameStart },
  };
}

/** The sections of the sample tier, which all formats have in this order. */
export function readSampleTier(reader: SectionReader, width: number, hidden: number) {
  const sampleCondition = reader.matrix(frameSteps * hidden, width);
  const { values: history, scale: historyScale } = reader.table(frameSteps * binCount * hidden);
  const third = reader.matrix(hidden, hidden);
  const output = reader.matrix(binCount, hidden);
  return { sampleCondition, history, historyScale, third, output };
}
