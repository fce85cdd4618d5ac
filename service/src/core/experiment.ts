import { z } from 'zod';
import { Failure } from './failure.js';
import type { LanePoint } from './lane.js';
import { limits } from './limits.js';

const seconds = z.number().min(0).max(limits.renderSecondsMax);
const text = (charactersMax: number) => z.string().min(1).max(charactersMax);
/** Joined to the point before it by a line, or by a jump at its own time; a line where nothing is said. */
const point = z.tuple([seconds, z.number().min(0).max(limits.temperatureMax)]).rest(z.enum(['linear', 'hold']));

const experimentSchema = z
  .strictObject({
    id: z.string().regex(/^S\d{1,2}$/),
    title: text(128),
    story: text(1024),
    model: text(limits.modelNameCharactersMax),
    take: z
      .number()
      .int()
      .min(0)
      .max(2 ** 32 - 1),
    seconds: seconds.positive(),
    lane: z.array(point).min(1),
    /** Names of the artist and the genre that a model with labels is asked for. */
    condition: z.tuple([text(limits.labelBytesMax), text(limits.labelBytesMax)]).optional(),
    /** Names of stretches of the lane, by the second where each begins. */
    sections: z.array(z.tuple([seconds, text(64)])),
    guide: z
      .strictObject({
        file: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$/),
        amount: z.number().min(0).max(1),
        loop: z.boolean(),
      })
      .optional(),
  })
  .refine(({ lane }) => lane.every((entry, place) => place === 0 || entry[0] >= (lane[place - 1]?.[0] ?? 0)), {
    message: 'the lane goes back in time',
  });

const studySchema = z.strictObject({
  id: z.string().regex(/^S\d{1,2}$/),
  title: text(128),
  story: text(1024),
  model: text(limits.modelNameCharactersMax),
  seconds: seconds.positive(),
  study: z.strictObject({
    temperatures: z.array(z.number().min(0).max(limits.temperatureMax)).min(1).max(limits.studyTemperaturesMax),
    items: z.number().int().min(1).max(limits.studyItemsMax),
    seed: z.number().int().min(0).max(limits.studySeedMax),
    /** Names of an artist and a genre each. */
    conditions: z.array(z.tuple([text(limits.labelBytesMax), text(limits.labelBytesMax)])).min(1),
  }),
});

/** A demonstration that is a grid of takes, compared by ear: one temperature a take (`simmer study`). */
export type StudyExperiment = z.infer<typeof studySchema>;

/** One of the permanent demonstrations: a lane, drawn on a model, perhaps with a guide (experiments/*.json). */
export type Experiment = z.infer<typeof experimentSchema>;

/** True for a grid of takes in place of a lane. */
export function isStudy(experiment: Experiment | StudyExperiment): experiment is StudyExperiment {
  return 'study' in experiment;
}

/** One item of a grid as a lane: the first pair at the temperature in the middle. `take` is the item's seed. */
export function oneItemOf(study: StudyExperiment, take: number): Experiment {
  const { id, title, story, model, seconds } = study;
  const { temperatures, conditions } = study.study;
  const temperature = temperatures[Math.floor(temperatures.length / 2)] ?? 1;
  const lane: Experiment['lane'] = [[0, temperature]];
  const [condition] = conditions;
  return { id, title, story, model, take, seconds, lane, sections: [], ...(condition && { condition }) };
}

/** @throws Failure `invalid` that names the file and what is wrong in it */
export function parseExperiment(json: string, name: string): Experiment | StudyExperiment {
  let content: unknown;
  try {
    content = JSON.parse(json);
  } catch (cause) {
    throw new Failure('invalid', `${name} is not JSON.`, cause);
  }
  const isGrid = typeof content === 'object' && content !== null && 'study' in content;
  const parsed = (isGrid ? studySchema : experimentSchema).safeParse(content);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Failure('invalid', `${name}: ${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is not an experiment'}`);
}

/** The lane in song frames; a time between two frames keeps its fraction. */
export function experimentLane({ lane }: Experiment, sampleRateHz: number): LanePoint[] {
  return lane.map(([at, value, interpolation = 'linear']) => ({ frame: at * sampleRateHz, value, interpolation }));
}
