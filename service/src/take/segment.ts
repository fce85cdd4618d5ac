import { limits } from '../core/limits.js';
import type { SoundValues } from '../core/sound.js';
import { customarySteps, type Step } from '../core/units.js';

/**
 * Steps of a segment at 16 kHz. Segments begin at multiples of a full one, but for the first of a take, which begins at its
 * root.
 * About a second: few files in an hour, and little to draw again when one is lost.
 */
export const segmentSteps = 16_384;
/** Steps of a segment at most, whatever the rate. */
export const segmentStepsMax = customarySteps(segmentSteps, limits.modelRateHzMax);
/** What fixes the lengths of a model's segments. */
export interface SegmentedModel {
  readonly rateHz: number;
  readonly blockSteps: number;
}

/** Steps of a full segment: whole blocks, since only there is a state. */
export function segmentStepsOf({ rateHz, blockSteps }: SegmentedModel): number {
  return blockSteps * Math.floor(customarySteps(segmentSteps, rateHz) / blockSteps);
}

/** Steps between checkpoints inside a segment, at 16 kHz: what must be drawn again, at most, to go on from any step of it. */
export const checkpointSteps = 1024;
/** From so many steps a block is long, and so many blocks lie between checkpoints: a row of codes has a large state. */
const longBlockSteps = 256;
const checkpointBlocks = 32;

/** Steps between checkpoints of a model; not more than a full segment, whose end has one. */
export function checkpointStepsOf(model: SegmentedModel): number {
  const { rateHz, blockSteps } = model;
  const steps = customarySteps(checkpointSteps, rateHz);
  if (blockSteps < longBlockSteps) return steps;
  return Math.min(Math.max(steps, blockSteps * checkpointBlocks), segmentStepsOf(model));
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
  /** 1 to segmentStepsMax values each. */
  readonly shaping: ShapedSteps;
  readonly sound: SoundValues;
  /** Bits of each draw's distribution, in 1/32. */
  readonly entropy: Uint8Array;
  /** By rising step, the first at firstStep, each at least checkpointStepsOf after the last, up to the end inclusive. */
  readonly checkpoints: readonly Checkpoint[];
}

/** SHA-256 in hex: 64 digits. */
export type SegmentKey = string;
