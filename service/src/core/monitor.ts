/**
 * What the service sends a page over its WebSocket. The service validates nothing of its own here; the page parses every
 * message with these schemas, so that a page of another version fails with a clear word. What a page may ask for is in
 * page-commands.ts; sound itself goes over HTTP (docs/page.md).
 */
import { z } from 'zod';

export const monitorProtocol = 5;

/** Steps of the model per pair of peaks. */
export const peakSteps = 64;

const count = z.number().int().nonnegative();
const songFrame = z.number().int();

export const modelCardSchema = z.object({
  name: z.string(),
  title: z.string(),
  digest: z.string(),
  sampleRateHz: z.number().int().positive(),
  temperatureUseful: z.tuple([z.number(), z.number()]),
  /** What plays it on this machine where a song does not ask for another, for people. */
  engine: z.string(),
  /** Seconds of audio that it draws in one second of one thread; 0: not measured yet. */
  realTimeFactor: z.number().nonnegative(),
  temperatureDefault: z.number(),
  /** Each kind of draws that it makes, and by which powers of T they answer the lane (core/response.ts). */
  answers: z.array(
    z.object({ draws: z.enum(['codes', 'sound']), exponents: z.object({ below: z.number(), above: z.number() }) }),
  ),
  /** Below the first the guide holds fully, from the second on not at all. */
  guideTemperatures: z.tuple([z.number(), z.number()]),
  /** What it can be asked for, by the values of Artist and Genre; empty: it has no labels. */
  artists: z.array(z.string()),
  genres: z.array(z.string()),
  licence: z.string(),
  /** What it learned from and how, for people; '': its folder does not say. */
  provenance: z.string(),
  /** `#rrggbb`, by which the page tells models apart. */
  colour: z.string(),
});

export const sessionSnapshotSchema = z.object({
  /** Of the stream; up to its first hyphen it is the instance's, the same after a new link or another service. */
  id: z.string(),
  hostName: z.string(),
  model: z.string(),
  sampleRateHz: z.number().int().positive(),
  seed: z.number().int(),
  epoch: count,
  /** The host renders offline and waits; otherwise it plays in realtime. */
  offline: z.boolean(),
  playing: z.boolean(),
  playheadFrame: songFrame,
  /** The song frame up to which audio of this epoch exists. */
  renderedFrame: songFrame,
  /** Temperature as the host delivered it last, and as the last draw used it. */
  temperatureDelivered: z.number(),
  temperatureEvaluated: z.number(),
  guideAmount: z.number(),
  /** Highest absolute guide input and plugin output values since the last snapshot, linear. */
  guidePeak: z.number(),
  outputPeak: z.number(),
  underrunCount: count,
  underrunFrameCount: count,
  offlineMissFrameCount: count,
  overflowCount: count,
  /** Frames the service gave up on because it fell behind. */
  gapFrameCount: count,
  /** Values that were not finite and were replaced at the edge. */
  replacedValueCount: count,
  /** Seconds of audio drawn per second of inference, recent; 0: nothing drawn yet. */
  realTimeFactor: z.number(),
  /** Round trip of the link's heartbeat in milliseconds; 0: not measured yet. */
  linkMillis: z.number(),
  /** Takes that this instance remembers. */
  takeCount: count,
  /** An earlier take is being followed: what is heard was heard before. */
  following: z.boolean(),
  /** The take that is played is kept as it is, whatever the lane says. */
  kept: z.boolean(),
  /** Revisions that were sent, and those that came too late to be played, since the instance was opened. */
  revisionCount: count,
  refusedRevisionCount: count,
  /**
   * From the song frame of a change that was not predicted until it is heard in what comes out, in milliseconds of song:
   * the host's block, the turn-around and the filter together, of the last `count` revisions that were accepted. Zeros:
   * none yet.
   */
  knobToSoundMillis: z.object({ median: z.number(), p99: z.number(), count }),
  /** The parts of that sum which are constant: the last process block, 0 before the first; the filter's delay. */
  hostBlockMillis: z.number(),
  filterMillis: z.number(),
  /** How far ahead of the playhead is rendered now, at most, in milliseconds. */
  lookaheadMillis: z.number(),
  /** Says, for people, which model the takes of this instance were drawn from that is not here, and what to do; '': it is here. */
  missingModel: z.string(),
  /** Audio that was heard before is being fetched or drawn again; until it is there, its place is a declared gap. */
  restoring: z.boolean(),
  /** The track's name and colour (`#rrggbb`) as the host gives them; '': it does not. */
  trackName: z.string(),
  trackColour: z.string(),
  /**
   * The inputs as the host has them now, by permanent id, in their own units; empty: not known yet.
   */
  parameters: z.array(z.object({ id: count, value: z.number() })),
  /** Where musical time stands: at song frame `frame` it is `beat` quarter notes, in a bar that began at `barStartBeat`. */
  musicalTime: z
    .object({
      frame: songFrame,
      beat: z.number(),
      barStartBeat: z.number(),
      tempoBpm: z.number().positive(),
      signature: z.tuple([count, count]),
    })
    .nullable(),
  /** The host's loop, song frames, end exclusive; null: none. */
  loop: z.tuple([songFrame, songFrame]).nullable(),
  /** Steps of the model per second, and the song frame of step 0 is 0: what takes and peaks are counted in. */
  modelRateHz: z.number().int().positive(),
  /** Where an offline epoch is: frames rendered of those wanted so far; the host does not say where a bounce ends. */
  offlineTargetFrame: songFrame,
});

/** One take of one instance. Steps are the model's. */
export const takeSchema = z.object({
  /** 16 hex digits. */
  id: z.string(),
  name: z.string(),
  seed: count,
  /** The take whose steps before `firstStep` are this one's too; null: none. */
  parent: z.string().nullable(),
  rootStep: count,
  firstStep: count,
  endStep: count,
  kept: z.boolean(),
  /** Out of sight and no longer followed; comes back by `restore` until the instance is closed. */
  discarded: z.boolean(),
  /** The one that is played now, or was played last. */
  current: z.boolean(),
  /** Drawn on the page, never heard from the host. */
  drawn: z.boolean(),
  model: z.string(),
  /** Lowest, mean and highest temperature used from `firstStep` on. */
  temperature: z.tuple([z.number(), z.number(), z.number()]),
});

/** Work that a page asked for: a bounce to a file, or a drawn lane on its way to be a take. */
export const jobSchema = z.object({
  id: z.string(),
  session: z.string(),
  kind: z.enum(['bounce', 'take', 'audition']),
  /** For people: what it is. */
  label: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  doneFrames: count,
  totalFrames: count,
  /** What went wrong and what to do; '' unless failed. */
  message: z.string(),
  /** The file of a finished bounce; `url` is a path on this server. */
  file: z.object({ name: z.string(), folder: z.string(), url: z.string(), bytes: count }).nullable(),
  /** The take that came of it; null: none. */
  take: z.string().nullable(),
});

/** The store of rendered audio. */
export const storeSnapshotSchema = z.object({
  bytes: count,
  /** Bytes it may hold; 0: nothing is stored. */
  bytesMax: count,
  segmentCount: count,
  /** Segments that were found damaged and forgotten, and writes that failed, since the service started. */
  damagedCount: count,
  failedWriteCount: count,
  /** What is wrong and what to do, for people; '': nothing. */
  trouble: z.string(),
});

/** A stretch of one session's lane: positions in song frames, values in temperature. Arrays of equal length. */
export const lanePointsSchema = z.object({
  frames: z.array(songFrame),
  values: z.array(z.number()),
});

export const monitorMessageSchema = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('hello'),
    protocol: z.literal(monitorProtocol),
    version: z.string(),
    pid: z.number().int(),
    models: z.array(modelCardSchema),
    /** What a page proves that it knows, to the next service on this port (service/src/monitor/come-back.ts). */
    comeBackKey: z.string().optional(),
  }),
  /**
   * All sessions and the store, ten times a second while anything changes and once a second all the same, so that a page
   * notices a service that stands still. A session that is no longer listed has ended.
   */
  z.object({
    type: z.literal('sessions'),
    sessions: z.array(sessionSnapshotSchema),
    store: storeSnapshotSchema,
    /** What a plugin is refused for that cannot open a session, in one sentence; '': none is. */
    refused: z.string(),
  }),
  /** New lane of one session and epoch. `delivered`: the host's breakpoints; `evaluated`: what draws used, thinned. */
  z.object({
    type: z.literal('lane'),
    session: z.string(),
    epoch: count,
    delivered: lanePointsSchema,
    evaluated: lanePointsSchema,
  }),
  /** All takes of one instance, oldest first, whenever they have changed, at most four times a second. */
  z.object({ type: z.literal('takes'), session: z.string(), takes: z.array(takeSchema) }),
  /**
   * What was just drawn, for the waveform: lowest and highest value of each `peakSteps` steps from `firstStep` (a multiple of
   * them) on, in 1/127. Replaces what was there. Older audio is asked for over HTTP.
   */
  z.object({
    type: z.literal('peaks'),
    session: z.string(),
    take: z.string(),
    firstStep: count,
    low: z.array(z.number().int().min(-127).max(127)),
    high: z.array(z.number().int().min(-127).max(127)),
  }),
  /** What of the guide was just heard, in the same form; `firstStep` counts the model's steps. */
  z.object({
    type: z.literal('guide'),
    session: z.string(),
    firstStep: count,
    low: z.array(z.number().int().min(-127).max(127)),
    high: z.array(z.number().int().min(-127).max(127)),
  }),
  /** Stretches [from, to) in song frames that were not there in time, newest last; the last 256 of an instance. */
  z.object({ type: z.literal('gaps'), session: z.string(), gaps: z.array(z.tuple([songFrame, songFrame])) }),
  /** All jobs of all instances that run or ended within the last hour. */
  z.object({ type: z.literal('jobs'), jobs: z.array(jobSchema) }),
  /** Answers a command of this page: `fault` says what is wrong and what to do; '': it is done or under way. */
  z.object({ type: z.literal('reply'), id: count, fault: z.string(), job: z.string().nullable() }),
  /** The last edit of this page that the host has received: until then the knob shows the page's value. */
  z.object({ type: z.literal('edited'), session: z.string(), id: count }),
]);

export type ModelCard = z.infer<typeof modelCardSchema>;
export type SessionSnapshot = z.infer<typeof sessionSnapshotSchema>;
export type StoreSnapshot = z.infer<typeof storeSnapshotSchema>;
export type TakeSummary = z.infer<typeof takeSchema>;
export type Job = z.infer<typeof jobSchema>;
export type LanePoints = z.infer<typeof lanePointsSchema>;
export type MonitorMessage = z.infer<typeof monitorMessageSchema>;
