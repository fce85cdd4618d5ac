import type { BlockShape } from '../engine.js';
import type { RowsManifest } from '../manifest.js';
import { blocksPerRow, codeCount, heardRows, networkWidth, rowSteps } from '../rows/sizes.js';
import {
  aligned,
  checkUnused,
  damaged,
  frameSteps,
  framesPerBlock,
  type MatrixSection,
  type Pull,
  readHeader,
  readPull,
  SectionReader,
  sizeOf,
  type TableSection,
  viewOf,
} from './weight-file.js';
import { type NetworkWeights, readSampleTier } from './weights.js';

/** What a level of a row is drawn by. W is the width of the prior. */
export interface LevelWeights {
  /** [W][W]. */
  readonly enter: MatrixSection;
  /** What the levels before have drawn, [l][256][W]; undefined for the first. */
  readonly before: TableSection | undefined;
  /** [256][W]. */
  readonly out: MatrixSection;
}

/** A weight file of a model under codes: L levels, W and E of the prior, A bands of a guide. */
export interface CodedWeights extends NetworkWeights {
  readonly levels: number;
  readonly priorWidth: number;
  readonly entered: number;
  readonly bands: number;
  /** Of a guide on codes. */
  readonly codePull: Pull;
  /** What codes say in the three rows that are heard of, [3][L][256][D]; what each place in the row adds, [8][D]. */
  readonly codeRows: TableSection;
  readonly places: Float32Array;
  /** [3D][D], to the top tier's gates and to those of each frame. */
  readonly codeTop: MatrixSection;
  readonly codeFrame: MatrixSection;
  /** [L][256][E]. */
  readonly priorEntered: TableSection;
  /** [3W][E] and [3W][W]. */
  readonly priorInput: MatrixSection;
  readonly priorRecurrent: MatrixSection;
  readonly ofLevels: readonly LevelWeights[];
  /** [L][256][A]. */
  readonly codebooks: Float32Array;
  readonly priorStart: Float32Array;
}

const format = { version: 3, headerBytes: 128 };
/** What the header of this format uses of itself. */
const usedBytes = 80;

/**
 * Reads a weight file of a model under codes. The arrays refer to `file` where it is aligned, and to a copy otherwise.
 * @throws Failure `model-damaged` on a file of another format, length or shape, and on absurd values.
 */
export function parseCodedWeights(file: Uint8Array, shape: BlockShape, rows: RowsManifest): CodedWeights {
  const bytes = aligned(file);
  const header = readHeader(bytes, format);
  checkUnused(bytes, usedBytes, format.headerBytes);
  const { precision, width, hidden } = header;
  const { levels, priorWidth, entered, bands, codePull } = readSizes(bytes);
  if (shape.blockSteps !== rowSteps || networkWidth(shape.stateFloats, rows) !== width) {
    throw damaged(`have width ${width} and rows of ${rowSteps} steps, which is not the shape of the manifest`);
  }
  if (levels !== rows.levels || priorWidth !== rows.priorWidth || bands !== rows.bands) {
    const said = `${levels} levels, a prior of width ${priorWidth} and ${bands} bands`;
    throw damaged(`have ${said}, which are not those of the manifest`);
  }
  const reader = new SectionReader(bytes, format.headerBytes, precision);
  const codeRows = reader.table(heardRows * levels * codeCount * width);
  const places = reader.floats(blocksPerRow * width);
  const codeTop = reader.matrix(3 * width, width);
  const topRecurrent = reader.matrix(3 * width, width);
  const frameCondition = reader.matrix(3 * framesPerBlock * width, width);
  const codeFrame = reader.matrix(3 * width, width);
  const frameInput = reader.floats(3 * width * frameSteps);
  const frameRecurrent = reader.matrix(3 * width, width);
  const sampleTier = readSampleTier(reader, width, hidden);
  const priorEntered = reader.table(levels * codeCount * entered);
  const priorInput = reader.matrix(3 * priorWidth, entered);
  const priorRecurrent = reader.matrix(3 * priorWidth, priorWidth);
  const ofLevels = Array.from({ length: levels }, (_, level): LevelWeights => {
    const enter = reader.matrix(priorWidth, priorWidth);
    const before = level === 0 ? undefined : reader.table(level * codeCount * priorWidth);
    return { enter, before, out: reader.matrix(codeCount, priorWidth) };
  });
  const codebooks = reader.floats(levels * codeCount * bands);
  const topStart = reader.floats(width);
  const frameStart = reader.floats(width);
  const priorStart = reader.floats(priorWidth);
  reader.end();
  return {
    ...header,
    ...{ levels, priorWidth, entered, bands, codePull, codeRows, places, codeTop, topRecurrent, frameCondition },
    ...{ codeFrame, frameInput, frameRecurrent, ...sampleTier, priorEntered, priorInput, priorRecurrent, ofLevels },
    ...{ codebooks, topStart, frameStart, priorStart },
  };
}

function readSizes(bytes: Uint8Array) {
  const view = viewOf(bytes);
  const word = (at: number) => view.getUint32(at, true);
  if (word(52) !== codeCount) throw damaged(`have ${word(52)} codes a level`);
  return {
    levels: word(48),
    priorWidth: sizeOf('width of the prior', word(56)),
    entered: sizeOf('width entered into the prior', word(60)),
    bands: word(64),
    codePull: readPull(view, 68),
  };
}
