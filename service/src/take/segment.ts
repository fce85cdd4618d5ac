import type { SoundValues } from '../core/sound.js';
import type { Step } from '../core/units.js';

/**
 * Steps of a segment at most. Segments begin at multiples of a full one, but for the first of a take, which begins at its
 * root.
 * About a second at 16 kHz: few files in an hour, and little to draw again when one is lost.
 */
export const segmentSteps = 16_384;
/** Steps of a full segment for a model that draws `blockSteps` at once: whole blocks, since only there is a state. */
export function segmentStepsOf(blockSteps: number): number {
  return blockSteps * Math.floor(segmentSteps / blockSteps);
}

/** Steps between checkpoints inside a segment: what must be drawn again, at most, to go on from any step of it. */
export const checkpointSteps = 1024;
/** From so many steps a block is long, and so many blocks lie between checkpoints: a row of codes has a large state. */
const longBlockSteps = 256;
const checkpointBlocks = 32;

/** Steps between checkpoints of a model that draws `blockSteps` at once. */
export function checkpointStepsOf(blockSteps: number): number {
  return blockSteps < longBlockSteps ? checkpointSteps : blockSteps * checkpointBlocks;
}

/** What draws were shaped by, step by step, in the grid of core/shaping.ts. Arrays of equal length. */
export interface ShapedSteps {
  /** In 1/4096. */
  readonly temperature: Uint16Array;
  /** λ in 1/255. */
  readonly guideStrength: Uint8Array;
  /** The guide in the model's quantizer; the silent bin where there is none. */
  readonly guideBin: Uint8Array;
  /** Packed conditions (core/condition.ts), of models of codes alone. */
  readonly condition?: Uint32Array;
}

/** The model's state before `step`. */
export interface Checkpoint {
  readonly step: Step;
  readonly state: Float32Array;
}

/**
 * A run of finished steps of one take, and all that is needed to go on from it or to hear it again. Immutable. Its key
 * (segment-key.ts) is a function of everything its draws depend on, so that whoever has the key has the audio.
 */
export interface Segment {
  readonly firstStep: Step;
  /** 1 to segmentSteps values each. */
  readonly shaping: ShapedSteps;
  readonly sound: SoundValues;
  /** Bits of each draw's distribution, in 1/32. */
  readonly entropy: Uint8Array;
  /** By rising step, the first at firstStep, each at least checkpointSteps after the last, up to the end inclusive. */
  readonly checkpoints: readonly Checkpoint[];
}

/** SHA-256 in hex: 64 digits. */
export type SegmentKey = string;
