import type {
  InstanceRequest,
  MissedStretch,
  OpenRequest,
  ReportRequest,
  SessionRequest,
  StartEpochRequest,
} from '../core/events.js';
import { Failure, printable } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { nearestValue, parameterOf } from '../core/parameters.js';
import { BlockDecoder } from './decode-block.js';
import {
  type InstanceState,
  knownFieldsOf,
  type MissedStretchMessage,
  type Open,
  protocolVersion,
  RenderRequest,
  type ShimReport,
  type StartEpoch,
  StartMode,
} from './messages.js';
import { countOf, numberOf, songFrameOf, wholeNumberOf } from './numbers.js';
import { countFields, type Nested } from './wire-scan.js';

/** Makes the service's own types of one stream's messages, and checks everything on the way. */
export class RequestDecoder {
  readonly #blocks = new BlockDecoder();

  /** @throws Failure `invalid` naming the field that breaks the protocol. */
  decode(bytes: Uint8Array): SessionRequest {
    const message = parse(bytes);
    if (message.open) return decodeOpen(message.open);
    if (message.startEpoch) return decodeStartEpoch(message.startEpoch);
    if (message.block) return this.#blocks.decode(message.block);
    if (message.report) return decodeReport(message.report);
    if (message.instance) return decodeInstance(message.instance);
    if (message.heartbeat) {
      const { sentNanos, echoedNanos } = message.heartbeat;
      return { type: 'heartbeat', sentNanos: numberOf(sentNanos), echoedNanos: numberOf(echoedNanos) };
    }
    throw new Failure('invalid', 'A request holds no event that this version knows.');
  }
}

/** Messages within RenderRequest, by their fields in proto/simmer/v1. */
const nestedFields: Nested = { 1: {}, 2: {}, 3: { 21: { 3: {} } }, 4: { 8: {} }, 5: {}, 6: { 1: {} } };

function parse(bytes: Uint8Array): RenderRequest {
  if (bytes.length > limits.messageBytesMax) throw new Failure('invalid', 'A message is too large.');
  try {
    countFields(bytes, nestedFields, limits.messageFieldsMax);
    return RenderRequest.decode(knownFieldsOf(bytes));
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

/** @throws Failure `invalid` when it says more than an instance has. */
function decodeInstance(instance: InstanceState): InstanceRequest {
  const given = instance.values ?? [];
  if (given.length > limits.parametersMax) throw new Failure('invalid', 'An instance has too many values.');
  const trackName = instance.trackName ?? '';
  if (Buffer.byteLength(trackName) > limits.hostNameBytesMax) throw new Failure('invalid', 'track_name is too long.');
  const values = given.flatMap(({ parameterId, value }) => {
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
    appliedSequence: countOf(instance.appliedSequenceNumber),
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
    offline: start.offline ?? false,
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
    offlineMissFrameCount: countOf(report.offlineMissFrameCount),
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
