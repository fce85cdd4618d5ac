/**
 * What the service tells a page over its WebSocket: a read-only feed. The service validates nothing of its own here;
 * the page parses every message with these schemas, so that a page of another version fails with a clear word.
 */
import { z } from 'zod';

export const monitorProtocol = 1;

const count = z.number().int().nonnegative();
const songFrame = z.number().int();

export const modelCardSchema = z.object({
  name: z.string(),
  title: z.string(),
  digest: z.string(),
  sampleRateHz: z.number().int().positive(),
  temperatureUseful: z.tuple([z.number(), z.number()]),
});

export const sessionSnapshotSchema = z.object({
  id: z.string(),
  hostName: z.string(),
  model: z.string(),
  sampleRateHz: z.number().int().positive(),
  seed: z.number().int(),
  epoch: count,
  /** exact: the host renders offline and waits; otherwise it plays in realtime. */
  exact: z.boolean(),
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
  exactMissFrameCount: count,
  overflowCount: count,
  /** Frames the service gave up on because it fell behind. */
  gapFrameCount: count,
  /** Values that were not finite and were replaced at the edge. */
  replacedValueCount: count,
  /** Seconds of audio drawn per second of inference, recent; 0: nothing drawn yet. */
  realTimeFactor: z.number(),
  /** Round trip of the link's heartbeat in milliseconds; 0: not measured yet. */
  linkMillis: z.number(),
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
  }),
  /** All sessions, ten times a second while anything changes; a session that is no longer listed has ended. */
  z.object({ type: z.literal('sessions'), sessions: z.array(sessionSnapshotSchema) }),
  /** New lane of one session and epoch. `delivered`: the host's breakpoints; `evaluated`: what draws used, thinned. */
  z.object({
    type: z.literal('lane'),
    session: z.string(),
    epoch: count,
    delivered: lanePointsSchema,
    evaluated: lanePointsSchema,
  }),
]);

export type ModelCard = z.infer<typeof modelCardSchema>;
export type SessionSnapshot = z.infer<typeof sessionSnapshotSchema>;
export type LanePoints = z.infer<typeof lanePointsSchema>;
export type MonitorMessage = z.infer<typeof monitorMessageSchema>;
