/** The protocol in the service's own types: what wire/ makes of requests, and what it is given as responses. */
import type { Labels } from './condition.js';
import type { Failure } from './failure.js';
import type { InputLanes } from './input-lanes.js';
import type { SongFrame } from './units.js';

export interface OpenRequest {
  readonly type: 'open';
  /** 32 hex digits. */
  readonly instanceId: string;
  readonly hostName: string;
  readonly sampleRateHz: number;
  /** Empty: the service's default. */
  readonly model: string;
  /** What a shim keeps for the service: the recipe of its takes; empty: none yet. */
  readonly takes: Uint8Array;
}

export interface StartEpochRequest {
  readonly type: 'start-epoch';
  readonly epoch: number;
  readonly rootFrame: SongFrame;
  readonly seed: number;
  readonly offline: boolean;
  /** Audio before it is not wanted. */
  readonly resumeFrame: SongFrame;
  /** What the passage has to do with the takes there are (render/passage.ts). */
  readonly startMode: 'continue' | 'fresh' | 'exactly';
  /** The transport rolled on to rootFrame; what was interrupted is the stream. */
  readonly resumes: boolean;
}

export interface BlockRequest {
  readonly type: 'block';
  readonly epoch: number;
  readonly startFrame: SongFrame;
  readonly frameCount: number;
  readonly playing: boolean;
  readonly lanes: InputLanes;
  /** frameCount values of mono; undefined: silent. */
  readonly guide: Float32Array | undefined;
  /** Only the values at the block's end are known. */
  readonly coarse: boolean;
  /** The take that plays is kept as it is. */
  readonly keep: boolean;
  /** The revision that the block was played from. */
  readonly revision: number;
  /** Where musical time stands at the block's start; undefined: the host does not say. */
  readonly musicalTime: MusicalTime | undefined;
  /** The host's loop, end exclusive; undefined: none. */
  readonly loop: { readonly startFrame: SongFrame; readonly endFrame: SongFrame } | undefined;
  /** Values that were not finite or out of range, and have been replaced. */
  readonly replacedValueCount: number;
}

export interface MusicalTime {
  /** Quarter notes. */
  readonly beat: number;
  readonly barStartBeat: number;
  readonly tempoBpm: number;
  readonly signature: readonly [number, number];
}

/** What a page shows of an instance and no block says. */
export interface InstanceRequest {
  readonly type: 'instance';
  /** All inputs as the host has them, in their own units. */
  readonly values: readonly { readonly id: number; readonly value: number }[];
  /** The last edit that the host has received. */
  readonly appliedSequence: number;
  readonly trackName: string;
  /** `#rrggbb`; '': the host does not say. */
  readonly trackColour: string;
}

/** Song frames [fromFrame, toFrame) that were not there in time. */
export interface MissedStretch {
  readonly fromFrame: SongFrame;
  readonly toFrame: SongFrame;
}

export interface ReportRequest {
  readonly type: 'report';
  readonly underrunCount: number;
  readonly underrunFrameCount: number;
  readonly offlineMissFrameCount: number;
  readonly overflowCount: number;
  readonly peak: number;
  readonly playheadFrame: SongFrame;
  readonly playing: boolean;
  /** Those that are new since the last report, or have grown. */
  readonly missed: readonly MissedStretch[];
}

export interface Heartbeat {
  readonly type: 'heartbeat';
  readonly sentNanos: number;
  readonly echoedNanos: number;
}

export type SessionRequest =
  | OpenRequest
  | StartEpochRequest
  | BlockRequest
  | ReportRequest
  | InstanceRequest
  | Heartbeat;

export interface OpenedResponse {
  readonly type: 'opened';
  readonly model: string;
  readonly modelDigest: string;
  readonly modelRateHz: number;
  /** Of every chunk: 1 or 2. */
  readonly channelCount: number;
  readonly lookaheadFrames: number;
  /** For people: which model the takes were drawn from that is not here; empty: it is here. */
  readonly missingModel: string;
  /** Temperatures at which the model is worth playing, and the one to begin with; undefined: the model is not here. */
  readonly temperature: { readonly useful: readonly [number, number]; readonly default: number } | undefined;
  /** What it can be asked for; both empty where it has no labels, or is not here. */
  readonly labels: Labels;
}

export interface ChunkResponse {
  readonly type: 'chunk';
  readonly epoch: number;
  readonly startFrame: SongFrame;
  /** Interleaved, channelCount values a frame. */
  readonly values: Float32Array;
  /** That of `opened`. */
  readonly channelCount: number;
  readonly gapFrameCount: number;
  readonly revision: number;
  /** The root of the epoch that would come next, if this is its audio; undefined: audio of the current one. */
  readonly preludeRoot: SongFrame | undefined;
}

/** What a shim is to keep in its saved state. */
export interface TakesResponse {
  readonly type: 'takes';
  readonly recipe: Uint8Array;
}

/** One step of a gesture on a page, for the host. */
export interface EditResponse {
  readonly type: 'edit';
  /** Rises by one. */
  readonly sequence: number;
  readonly parameterId: number;
  readonly phase: 'begin' | 'perform' | 'end';
  /** In the parameter's own unit; of `perform` only. */
  readonly value: number;
}

export interface ProgressResponse {
  readonly type: 'progress';
  readonly epoch: number;
  readonly renderedFrame: SongFrame;
  readonly targetFrame: SongFrame;
}

export interface FailureResponse {
  readonly type: 'failure';
  readonly failure: Failure;
}

export type SessionResponse =
  | OpenedResponse
  | ChunkResponse
  | TakesResponse
  | EditResponse
  | ProgressResponse
  | FailureResponse
  | Heartbeat;
