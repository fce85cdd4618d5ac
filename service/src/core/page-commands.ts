/**
 * What a page may ask of the service over its WebSocket, one JSON object a message. The service parses every one with this
 * schema: whatever is anything else is answered by closing the connection. Each command is answered by one `reply`.
 */
import { z } from 'zod';

const session = z.string().min(1).max(64);
const id = z.number().int().nonnegative();

export const pageCommandSchema = z.discriminatedUnion('type', [
  /** One step of a gesture on an input, by its permanent id; every begin has its end (a page that leaves ends it). */
  z.strictObject({
    type: z.literal('edit'),
    id,
    session,
    parameter: z.number().int().min(0).max(64),
    phase: z.enum(['begin', 'perform', 'end']),
    /** Of `perform`; in the input's own unit. */
    value: z.number(),
  }),
]);

export type PageCommand = z.infer<typeof pageCommandSchema>;
