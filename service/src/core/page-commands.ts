/**
 * What a page may ask of the service over its WebSocket, one JSON object a message. The service parses every one with these
 * schemas: whatever is anything else is answered by closing the connection. Each command is answered by one `reply`.
 */
import { z } from 'zod';
import { limits } from './limits.js';

const session = z.string().min(1).max(64);
const take = z.string().regex(/^[0-9a-f]{16}$/);
const songFrame = z
  .number()
  .int()
  .min(-(2 ** 40))
  .max(2 ** 40);
const seed = z.number().int().min(0).max(9999);

/** A lane drawn on the page: breakpoints by rising song frame, the first at or before the range it is used for. */
export const drawnLaneSchema = z
  .array(
    z.object({
      frame: songFrame,
      value: z.number().min(0).max(2),
      interpolation: z.enum(['hold', 'linear']),
    }),
  )
  .min(1)
  .max(4096);

/** What is to be heard: a take as it is, or a lane drawn anew under a seed, its guide as it was heard there or none. */
const soundSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('take'), take }),
  z.object({ kind: z.literal('lane'), lane: drawnLaneSchema, seed, guideAmount: z.number().min(0).max(1) }),
]);

const range = { fromFrame: songFrame, toFrame: songFrame };
const id = z.number().int().nonnegative();

export const pageCommandSchema = z.discriminatedUnion('type', [
  /** One step of a gesture on an input, by its permanent id; every begin has its end (a page that leaves ends it). */
  z.object({
    type: z.literal('edit'),
    id,
    session,
    parameter: z.number().int().min(0).max(64),
    phase: z.enum(['begin', 'perform', 'end']),
    /** Of `perform`; in the input's own unit. */
    value: z.number().finite(),
  }),
  z.object({ type: z.literal('name'), id, session, take, name: z.string().max(64) }),
  z.object({ type: z.literal('keep'), id, session, take, kept: z.boolean() }),
  z.object({ type: z.literal('discard'), id, session, take }),
  z.object({ type: z.literal('restore'), id, session, take }),
  /** Has an instance draw from another model, by name; its stream is opened anew. */
  z.object({
    type: z.literal('choose-model'),
    id,
    session,
    model: z.string().min(1).max(limits.modelNameCharactersMax),
  }),
  /** Makes a file. `name` without its ending; '': one is made of track, take and place. */
  z.object({
    type: z.literal('bounce'),
    id,
    session,
    sound: soundSchema,
    ...range,
    format: z.enum(['wav', 'flac']),
    name: z.string().max(96),
  }),
  /** Renders a drawn lane and remembers it as a take of this instance. */
  z.object({
    type: z.literal('draw-take'),
    id,
    session,
    lane: drawnLaneSchema,
    seed,
    guideAmount: z.number().min(0).max(1),
    ...range,
    name: z.string().max(64),
  }),
  z.object({ type: z.literal('cancel'), id, job: z.string().max(64) }),
  /** Shows a finished file in the system's file manager. */
  z.object({ type: z.literal('reveal'), id, job: z.string().max(64) }),
]);

export type PageCommand = z.infer<typeof pageCommandSchema>;
export type DrawnLane = z.infer<typeof drawnLaneSchema>;
