import type {
  BlockRequest,
  InstanceRequest,
  MissedStretch,
  OpenRequest,
  ReportRequest,
  SessionRequest,
  StartEpochRequest,
} from '../core/events.js';
import { Failure, printable } from '../core/failure.js';
import { byLaneInput } from '../core/input-lanes.js';
import type { LaneBlock, LanePoint } from '../core/lane.js';
import { limits } from '../core/limits.js';
import { nearestValue, type ParameterSpec, parameterId, parameterOf } from '../core/parameters.js';
import type { SongFrame } from '../core/units.js';
import { decodeGuide } from './guide-audio.js';
import {
  type Breakpoint,
  type InstanceState,
  Interpolation,
  type MissedStretchMessage,
  type Open,
  type ParameterLane,
  type ProcessBlock,
  protocolVersion,
  RenderRequest,
  type ShimReport,
  type StartEpoch,
  StartMode,
} from './messages.js';
import { countOf, numberOf, songFrameOf, wholeNumberOf } from './numbers.js';

/**
 * Makes the service's own types of one stream's messages, and checks everything on the way. It remembers the last good
 * temperature, which stands in for one that is not a number.
 */
export class RequestDecoder {
  #lastTemperature = 1;

  /** @throws Failure `invalid` naming the field that breaks the protocol. */
  decode(bytes: Uint8Array): SessionRequest {
    const message = parse(bytes);
    if (message.open) return decodeOpen(message.open);
    if (message.startEpoch) return decodeStartEpoch(message.startEpoch);
    if (message.block) return this.#decodeBlock(message.block);
    if (message.report) return decodeReport(message.report);
    if (message.instance) return decodeInstance(message.instance);
    if (message.heartbeat) {
      const { sentNanos, echoedNanos } = message.heartbeat;
      return { type: 'heartbeat', sentNanos: numberOf(sentNanos), echoedNanos: numberOf(echoedNanos) };
    }
    throw new Failure('invalid', 'A request holds no event that this version knows.');
  }

  #decodeBlock(block: ProcessBlock): BlockRequest {
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

function parse(bytes: Uint8Array): RenderRequest {
  if (bytes.length > limits.messageBytesMax) throw new Failure('invalid', 'A message is too large.');
  try {
    return RenderRequest.decode(bytes);
  } catch (cause) {
    throw new Failure('invalid', 'A message cannot be decoded.', cause);
  }
}

function decodeOpen(open: Open): OpenRequest {
  if (open.protocolVersion !== protocolVersion) {
    const theirs = open.protocolVersion ?? 0;
    const outdated = theirs < protocolVersion ? 'plugin' : 'service';
    throw new Failure(
      'invalid',
      `The plugin speaks protocol ${theirs} and the service protocol ${protocolVersion}: update the ${outdated}.`,
    );
  }
  const instanceId = open.instanceId ?? '';
  if (!/^[0-9a-fA-F]{32}$/.test(instanceId)) throw new Failure('invalid', 'instance_id is not 32 hex digits.');
  const hostName = open.hostName ?? '';
  if (Buffer.byteLength(hostName) > limits.hostNameBytesMax) throw new Failure('invalid', 'host_name is too long.');
  const model = open.model ?? '';
  if (model.length > limits.modelNameCharactersMax) throw new Failure('invalid', 'model is too long.');
  const { sampleRateHzMin, sampleRateHzMax } = limits;
  return {
    type: 'open',
    instanceId: instanceId.toLowerCase(),
    hostName: printable(hostName),
    sampleRateHz: wholeNumberOf(open.sampleRateHz, sampleRateHzMin, sampleRateHzMax, 'sample_rate_hz'),
    model,
    takes: open.takes ?? new Uint8Array(0),
  };
}

/** Lanes of inputs that this version does not know are left alone. @throws Failure `invalid` where one is told twice */
function lanesById(lanes: readonly ParameterLane[]): ReadonlyMap<number, ParameterLane> {
  if (lanes.length > limits.parametersMax) {
    throw new Failure('invalid', `A block has ${lanes.length} lanes; ${limits.parametersMax} are allowed.`);
  }
  const byId = new Map<number, ParameterLane>();
  for (const lane of lanes) {
    const id = lane.parameterId ?? 0;
    if (byId.has(id)) throw new Failure('invalid', `A block tells of input ${id} twice.`);
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

/** @throws Failure `invalid` when it says more than an instance has. */
function decodeInstance(instance: InstanceState): InstanceRequest {
  const told = instance.values ?? [];
  if (told.length > limits.parametersMax) throw new Failure('invalid', 'An instance has too many values.');
  const trackName = instance.trackName ?? '';
  if (Buffer.byteLength(trackName) > limits.hostNameBytesMax) throw new Failure('invalid', 'track_name is too long.');
  const values = told.flatMap(({ parameterId, value }) => {
    const parameter = parameterOf(parameterId ?? 0);
    // A shim of a later version may have more of them.
    return parameter === undefined || !Number.isFinite(value ?? 0)
      ? []
      : [{ id: parameter.id, value: nearestValue(parameter, value ?? 0) }];
  });
  const colour = instance.trackColour ?? undefined;
  return {
    type: 'instance',
    values,
    appliedSequence: countOf(instance.appliedSerial),
    trackName: printable(trackName),
    trackColour: colour === undefined ? '' : `#${(colour & 0xffffff).toString(16).padStart(6, '0')}`,
  };
}

function decodeStartEpoch(start: StartEpoch): StartEpochRequest {
  const rootFrame = songFrameOf(start.rootFrame, 'root_frame');
  return {
    type: 'start-epoch',
    epoch: start.epoch ?? 0,
    rootFrame,
    seed: start.seed ?? 0,
    offline: start.exact ?? false,
    resumeFrame: Math.max(rootFrame, songFrameOf(start.resumeFrame, 'resume_frame')),
    startMode: decodeStartMode(start),
    resumes: start.resumes ?? false,
  };
}

function decodeStartMode(start: StartEpoch): StartEpochRequest['startMode'] {
  switch (start.startMode ?? StartMode.START_MODE_UNSPECIFIED) {
    case StartMode.START_MODE_UNSPECIFIED:
    case StartMode.START_MODE_CONTINUE:
      return 'continue';
    case StartMode.START_MODE_FRESH:
      return 'fresh';
    case StartMode.START_MODE_EXACTLY:
      return 'exactly';
    default:
      throw new Failure('invalid', 'An epoch has a start_mode that this version does not know.');
  }
}

function decodeReport(report: ShimReport): ReportRequest {
  const peak = report.peak ?? 0;
  return {
    type: 'report',
    underrunCount: countOf(report.underrunCount),
    underrunFrameCount: countOf(report.underrunFrameCount),
    offlineMissFrameCount: countOf(report.exactMissFrameCount),
    overflowCount: countOf(report.overflowCount),
    peak: Number.isFinite(peak) ? Math.max(0, peak) : 0,
    playheadFrame: songFrameOf(report.playheadFrame, 'playhead_frame'),
    playing: report.playing ?? false,
    missed: (report.missed ?? []).slice(-limits.missedStretchesMax).map(decodeMissed),
  };
}

function decodeMissed({ fromFrame: from, toFrame: to }: MissedStretchMessage): MissedStretch {
  const fromFrame = songFrameOf(from, 'from_frame');
  return { fromFrame, toFrame: Math.max(fromFrame, songFrameOf(to, 'to_frame')) };
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
