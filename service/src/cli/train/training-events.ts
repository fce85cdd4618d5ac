import { z } from 'zod';
import { Failure } from '../../core/failure.js';

const measured = z.number().nullable();
const share = z.number().min(0).max(1);

/** What the Python side writes, a JSON object a line: training/simmer_training/own_song/events.py. */
const eventSchema = z.discriminatedUnion('event', [
  z.object({ event: z.literal('stage'), text: z.string() }),
  z.object({
    event: z.literal('check'),
    findings: z.array(z.object({ level: z.enum(['fine', 'advice']), file: z.string(), text: z.string() })),
  }),
  z.object({
    event: z.literal('begun'),
    device: z.string(),
    hours: z.number(),
    hoursDone: z.number(),
    steps: z.number(),
    resumed: z.boolean(),
    widths: z.tuple([z.number(), z.number()]),
  }),
  z.object({
    event: z.literal('update'),
    steps: z.number(),
    hours: z.number(),
    share,
    trainingBits: measured,
    heldOutBits: measured,
    stepsPerSecond: z.number(),
    secondsLeft: z.number(),
  }),
  z.object({ event: z.literal('audition'), share, score: measured, best: z.boolean(), why: z.string() }),
  z.object({ event: z.literal('interrupted'), hours: z.number(), share }),
  z.object({ event: z.literal('failed'), code: z.enum(['usage', 'invalid', 'exhausted']), message: z.string() }),
  z.object({
    event: z.literal('done'),
    folder: z.string(),
    report: z.string(),
    heldOutBits: measured,
    useful: z.tuple([z.number(), z.number()]),
    default: z.number(),
    whyLow: z.string(),
    whyHigh: z.string(),
    advice: z.array(z.string()),
  }),
]);

export type TrainingEvent = z.infer<typeof eventSchema>;
export type EventOf<Name extends TrainingEvent['event']> = Extract<TrainingEvent, { event: Name }>;

/** @throws Failure `internal`: both sides are ours. */
export function parseTrainingEvent(line: string): TrainingEvent {
  try {
    return eventSchema.parse(JSON.parse(line));
  } catch (cause) {
    throw new Failure(
      'internal',
      `The training process sent something that is not understood: ${line.slice(0, 200)}`,
      cause,
    );
  }
}
