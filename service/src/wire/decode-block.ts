import type { BlockRequest } from '../core/events.js';
import { Failure } from '../core/failure.js';
import { byLaneInput } from '../core/input-lanes.js';
import type { LaneBlock, LanePoint } from '../core/lane.js';
import { limits } from '../core/limits.js';
import { type ParameterSpec, parameterId } from '../core/parameters.js';
import type { SongFrame } from '../core/units.js';
import { decodeGuide } from './guide-audio.js';
import { type Breakpoint, Interpolation, type ParameterLane, type ProcessBlock } from './messages.js';
import { songFrameOf, wholeNumberOf } from './numbers.js';

/** Reads the process blocks of one stream. It remembers the last good temperature, which stands in for one that is not a number. */
export class BlockDecoder {
  #lastTemperature = 1;

  /** @throws Failure `invalid` naming the field that breaks the protocol. */
  decode(block: ProcessBlock): BlockRequest {
    const startFrame = songFrameOf(block.startFrame, 'start_frame');
    const frameCount = wholeNumberOf(block.frameCount, 1, limits.blockFramesMax, 'frame_count');
    songFrameOf(startFrame + frameCount, 'the end of a block');
    const replaced = { count: 0 };
    const span = { startFrame, frameCount };
    const lanes = lanesById(block.lanes ?? []);
    const guide = decodeGuide(block.guide ?? new Uint8Array(0), frameCount);
    return {
      type: 'block',
      epoch: block.epoch ?? 0,
      startFrame,
      frameCount,
      playing: block.playing ?? false,
      lanes: byLaneInput((_, input) => decodeLane(span, input, lanes, this.#checkOf(input, replaced))),
      guide: guide.mono,
      coarse: block.coarse ?? false,
      keep: block.keep ?? false,
      revision: block.revision ?? 0,
      loop: decodeLoop(block),
      musicalTime: decodeMusicalTime(block),
      replacedValueCount: replaced.count + guide.replacedValueCount,
    };
  }

  /** What makes a value of this input of any number. */
  #checkOf(input: ParameterSpec, replaced: { count: number }): (value: number) => number {
    if (input.id !== parameterId.temperature) {
      // A host says per cent; inside it is a share.
      const scale = input.unit === '%' ? input.max : 1;
      return (value) => within(value, input.min, input.max, input.min, replaced) / scale;
    }
    return (value) => {
      this.#lastTemperature = within(value, input.min, input.max, this.#lastTemperature, replaced);
      return this.#lastTemperature;
    };
  }
}

/** Lanes of inputs that this version does not know are left alone. @throws Failure `invalid` where one is there twice */
function lanesById(lanes: readonly ParameterLane[]): ReadonlyMap<number, ParameterLane> {
  if (lanes.length > limits.parametersMax) {
    throw new Failure('invalid', `A block has ${lanes.length} lanes; ${limits.parametersMax} are allowed.`);
  }
  const byId = new Map<number, ParameterLane>();
  for (const lane of lanes) {
    const id = lane.parameterId ?? 0;
    if (byId.has(id)) throw new Failure('invalid', `A block has input ${id} twice.`);
    byId.set(id, lane);
  }
  return byId;
}

/**
 * What a block says of one input: where it says nothing, it is at its default. `check` makes a value of the input of any
 * number.
 */
function decodeLane(
  { startFrame, frameCount }: { startFrame: SongFrame; frameCount: number },
  input: ParameterSpec,
  lanes: ReadonlyMap<number, ParameterLane>,
  check: (value: number) => number,
): LaneBlock {
  const lane = lanes.get(input.id);
  const atStart = lane === undefined ? input.default : (lane.valueAtStart ?? 0);
  const points: readonly Breakpoint[] = lane?.points ?? [];
  if (points.length > limits.blockBreakpointsMax) {
    throw new Failure(
      'invalid',
      `A block has ${points.length} breakpoints; ${limits.blockBreakpointsMax} are allowed.`,
    );
  }
  const valueAtStart = check(atStart);
  let offsetMin = 0;
  const decoded = points.map((point): LanePoint => {
    const offset = wholeNumberOf(point.offsetFrames, offsetMin, frameCount, "a breakpoint's offset_frames");
    offsetMin = offset;
    return { frame: startFrame + offset, value: check(point.value ?? 0), interpolation: decodeInterpolation(point) };
  });
  return { startFrame, valueAtStart, points: decoded };
}

function decodeLoop(block: ProcessBlock): BlockRequest['loop'] {
  const startFrame = songFrameOf(block.loopStartFrame, 'loop_start_frame');
  const endFrame = songFrameOf(block.loopEndFrame, 'loop_end_frame');
  return endFrame > startFrame ? { startFrame, endFrame } : undefined;
}

/** What is no tempo, no signature or no number is as if the host had said nothing: it only draws a ruler. */
function decodeMusicalTime(block: ProcessBlock): BlockRequest['musicalTime'] {
  const [tempoBpm, beat, barStartBeat] = [block.tempoBpm ?? 0, block.beatAtStart ?? 0, block.barStartBeat ?? 0];
  const signature = [block.signatureNumerator ?? 0, block.signatureDenominator ?? 0] as const;
  const known = block.hasBeat === true && tempoBpm > 0 && tempoBpm <= limits.tempoBpmMax;
  const sound = [beat, barStartBeat].every((value) => Math.abs(value) <= limits.beatMax);
  const signed = signature.every((value) => value >= 1 && value <= limits.signatureMax);
  return known && sound && signed ? { beat, barStartBeat, tempoBpm, signature } : undefined;
}

function decodeInterpolation(point: Breakpoint): LanePoint['interpolation'] {
  switch (point.interpolation) {
    case Interpolation.INTERPOLATION_LINEAR:
      return 'linear';
    case Interpolation.INTERPOLATION_HOLD:
      return 'hold';
    default:
      throw new Failure('invalid', 'A breakpoint has no interpolation that this version knows.');
  }
}

/** A value within [min, max]; what is not finite becomes `otherwise`. Both are counted. */
function within(value: number, min: number, max: number, otherwise: number, replaced: { count: number }): number {
  if (value >= min && value <= max) return value;
  replaced.count += 1;
  return Number.isFinite(value) ? Math.min(max, Math.max(min, value)) : otherwise;
}
