import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { Failure } from '../core/failure.js';
import { parameterOf, parameterText } from '../core/parameters.js';
import { temperatureGrid } from '../core/shaping.js';
import type { TakeRecord } from '../take/take-record.js';
import { decodeTakes } from '../wire/decode-takes.js';

export interface RecipeOptions {
  readonly file: string;
  /** With every run of the lanes. */
  readonly lanes: boolean;
}

const magic = 'SIMMERST';
const headerBytes = 16;
const stateSchema = z.looseObject({
  instanceId: z.string(),
  model: z.string().default(''),
  parameters: z.record(z.string(), z.number()),
  takes: z.string().default(''),
});

/** Prints the instances of Simmer that a file holds: a saved state, or a host's project that has it raw or in base64. */
export async function printRecipes({ file, lanes }: RecipeOptions, print: (line: string) => void): Promise<void> {
  const bytes = await readFile(file).catch((cause) => {
    throw new Failure('usage', `${file} cannot be read.`, cause);
  });
  const states = [bytes, ...embedded(bytes)].flatMap(statesIn);
  if (states.length === 0) throw new Failure('usage', `${file} holds no state of Simmer.`);
  for (const state of states) print(JSON.stringify(describe(state, lanes), undefined, 2));
}

/** What stands in base64 in a text, long enough to be a state. */
function embedded(bytes: Buffer): Buffer[] {
  return [...bytes.toString('latin1').matchAll(/[A-Za-z0-9+/]{64,}={0,2}/g)].map(([text]) =>
    Buffer.from(text, 'base64'),
  );
}

/** The JSON objects behind every header (native-shim/crates/core/src/state.rs). */
function statesIn(bytes: Buffer): z.infer<typeof stateSchema>[] {
  const states: z.infer<typeof stateSchema>[] = [];
  for (let at = bytes.indexOf(magic); at >= 0; at = bytes.indexOf(magic, at + 1)) {
    if (at + headerBytes > bytes.length) break;
    const body = bytes.subarray(at + headerBytes, at + headerBytes + bytes.readUInt32LE(at + 12));
    try {
      states.push(stateSchema.parse(JSON.parse(body.toString('utf8'))));
    } catch {
      // Eight letters that happen to stand there, or a state that is cut off.
    }
  }
  return states;
}

function describe({ parameters, takes, ...rest }: z.infer<typeof stateSchema>, lanes: boolean) {
  const named = Object.entries(parameters).map(([id, value]) => {
    const spec = parameterOf(Number(id));
    return spec === undefined ? [id, value] : [spec.title, parameterText(spec, value)];
  });
  const recipe = Buffer.from(takes, 'base64');
  const book = decodeTakes(recipe);
  const records = book?.records ?? [];
  return {
    ...rest,
    parameters: Object.fromEntries(named),
    recipeBytes: recipe.length,
    ...(book === undefined ? { recipe: 'damaged, or of a newer version' } : { chosenModel: book.chosen?.name }),
    takes: records.map((record) => take(record, lanes)),
  };
}

function take(record: TakeRecord, lanes: boolean) {
  const { id, name, kept, drawn, endStep } = record;
  const { model, seed, rootStep, firstStep, parent, after } = record.origin;
  const runs = [...record.effectiveTemperature.entries()];
  const temperatures = runs.map(([, value]) => value / temperatureGrid);
  return {
    ...{ id, name, kept, drawn, seed, model: model.name, digest: model.digest, engine: model.engine },
    ...{ branchOf: parent?.id, after: after?.id, rootStep, firstStep, endStep },
    seconds: [firstStep / model.rateHz, endStep / model.rateHz],
    temperature: { runs: runs.length, lowest: Math.min(...temperatures), highest: Math.max(...temperatures) },
    segmentKeys: record.segmentKeys.size,
    ...(lanes && { lane: runs.map(([steps, value]) => `${steps} steps at ${value / temperatureGrid}`) }),
  };
}
