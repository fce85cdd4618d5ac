import { createHash } from 'node:crypto';
import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import { conditionMax } from '../core/condition.js';
import { type Emphasis, noEmphasis } from '../core/emphasis.js';
import { printable } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { strengthGrid, temperatureGrid } from '../core/shaping.js';
import type { Step } from '../core/units.js';
import type { Runs } from '../take/runs.js';
import { type ChosenModel, TakeBook } from '../take/take-book.js';
import { drawsAlike, type ModelReference, TakeRecord } from '../take/take-record.js';
import { type TakeRecipe, TakeRecipes, type TakeRecipesMessage } from './messages.js';
import { numberOf } from './numbers.js';

/** The first version, and the one of recipes that name an engine: who does not know of engines must leave those alone. */
const recipeVersion = 1;
const engineRecipeVersion = 2;
/** That of recipes with an emphasis: who does not know of it would play another sound. */
const emphasisRecipeVersion = 3;
/** That of recipes of a model of codes. */
const codesRecipeVersion = 4;
/** The engine that is not named: songs that were saved before there was another name none. */
const unnamedEngine = 'onnx';
/** A recipe may inflate to this much: it came from a song's file, and that may hold anything. */
const inflatedBytesMax = 64 * 2 ** 20;

/**
 * The recipe of a book, at most limits.takesBytesMax: takes that do not fit are forgotten, the least recently used first.
 * proto/simmer/v1/takes.proto says what is in it.
 */
export function encodeTakes(book: TakeBook): Uint8Array {
  for (;;) {
    const bytes = deflateRawSync(TakeRecipes.encode(toMessage(book)).finish(), { level: constants.Z_BEST_SPEED });
    if (bytes.length <= limits.takesBytesMax || !book.forgetOne(book.records.at(-1))) return bytes;
  }
}

/** The takes of a recipe, or undefined where it is damaged or of a later version: then it must be left as it is. */
export function decodeTakes(recipe: Uint8Array): TakeBook | undefined {
  const book = new TakeBook();
  if (recipe.length === 0) return book;
  try {
    const message = TakeRecipes.decode(inflateRawSync(recipe, { maxOutputLength: inflatedBytesMax }));
    if ((message.version ?? 0) < recipeVersion || (message.version ?? 0) > codesRecipeVersion) return undefined;
    const models = (message.models ?? []).map(readModel);
    const records: TakeRecord[] = [];
    for (const take of message.takes ?? []) records.push(readTake(take, models, records));
    for (const record of records) book.add(record);
    const chosen = readChosen(message);
    if (chosen !== undefined) book.choose(chosen);
    return book;
  } catch {
    return undefined;
  }
}

function toMessage(book: TakeBook): Parameters<typeof TakeRecipes.encode>[0] {
  const models: ModelReference[] = [];
  const indexOf = (model: ModelReference) => {
    const index = models.findIndex((known) => drawsAlike(known, model));
    return index >= 0 ? index : models.push(model) - 1;
  };
  // A branch is written after what it branches from, whichever was used last.
  const ordered: TakeRecord[] = [];
  const write = (record: TakeRecord) => {
    if (ordered.includes(record)) return;
    const { parent, after } = record.origin;
    if (parent !== undefined) write(parent);
    if (after !== undefined && saved.includes(after)) write(after);
    ordered.push(record);
  };
  const saved = book.saved;
  for (const record of saved) write(record);
  const takes = ordered.map((record) => {
    const { origin } = record;
    const firstIndex = record.segmentIndex(origin.firstStep);
    const effective = runsOf(record.effectiveTemperature);
    const strength = runsOf(record.effectiveStrength);
    const delivered = runsOf(record.deliveredTemperature);
    const deliveredStrength = runsOf(record.deliveredStrength);
    const condition = runsOf(record.effectiveCondition);
    const deliveredCondition = runsOf(record.deliveredCondition);
    return {
      model: indexOf(origin.model),
      seed: origin.seed,
      rootStep: origin.rootStep,
      branch: origin.parent === undefined ? 0 : ordered.indexOf(origin.parent) + 1,
      firstStep: origin.firstStep,
      temperature: effective,
      guideStrength: strength,
      deliveredTemperature: isSame(delivered, effective) ? [] : delivered,
      deliveredGuideStrength: isSame(deliveredStrength, strength) ? [] : deliveredStrength,
      condition,
      deliveredCondition: isSame(deliveredCondition, condition) ? [] : deliveredCondition,
      segmentKeys: keysFrom(record, firstIndex),
      kept: record.kept,
      after: origin.after === undefined ? 0 : ordered.indexOf(origin.after) + 1,
      id: Buffer.from(record.id, 'hex'),
      name: record.name,
      drawn: record.drawn,
    };
  });
  return {
    version: versionFor(models),
    ...(book.chosen && { chosenModel: book.chosen.name, chosenDigest: Buffer.from(book.chosen.digest, 'hex') }),
    takes,
    models: models.map(({ name, digest, rateHz, blockSteps, engine, emphasis, sound }) => {
      const named = engine === unnamedEngine ? '' : engine;
      const { coefficient, gain } = emphasis;
      const emphasised = coefficient === 0 ? {} : { emphasisCoefficient: coefficient, emphasisGain: gain };
      return {
        name,
        digest: Buffer.from(digest, 'hex'),
        rateHz,
        blockSteps,
        engine: named,
        ...emphasised,
        codes: sound === 'pcm16',
      };
    }),
  };
}

function readChosen({ chosenModel, chosenDigest }: TakeRecipesMessage): ChosenModel | undefined {
  if (!chosenModel || chosenModel.length > limits.modelNameCharactersMax || chosenDigest?.length !== 32)
    return undefined;
  return { name: chosenModel, digest: Buffer.from(chosenDigest).toString('hex') };
}

/** The id that was saved; of a take that was saved without one, a hash of what the recipe says of it: the same each time. */
function readId(take: TakeRecipe, before: readonly TakeRecord[]): string {
  if (take.id?.length === 8) {
    const id = Buffer.from(take.id).toString('hex');
    if (!before.some((record) => record.id === id)) return id;
  }
  const said = TakeRecipes.encode({ takes: [take] }).finish();
  return createHash('sha256').update(said).update(`${before.length}`).digest('hex').slice(0, 16);
}

function versionFor(models: readonly ModelReference[]): number {
  if (models.some(({ sound }) => sound === 'pcm16')) return codesRecipeVersion;
  if (models.some(({ emphasis }) => emphasis.coefficient !== 0)) return emphasisRecipeVersion;
  return models.every(({ engine }) => engine === unnamedEngine) ? recipeVersion : engineRecipeVersion;
}

/** Keys by rising index without a hole; where one is not known the rest is left out. */
function keysFrom(record: TakeRecord, first: number): Uint8Array[] {
  const keys: Uint8Array[] = [];
  for (let index = first; ; index += 1) {
    const key = record.segmentKeys.get(index);
    if (key === undefined) return keys;
    keys.push(Buffer.from(key, 'hex'));
  }
}

function runsOf(runs: Runs): number[] {
  const numbers: number[] = [];
  let before = 0;
  for (const [count, value] of runs.entries()) {
    numbers.push(count, value - before);
    before = value;
  }
  return numbers;
}

function isSame(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((value, index) => value === b[index]);
}

function readModel(message: {
  name?: string | null;
  digest?: Uint8Array | null;
  rateHz?: number | null;
  blockSteps?: number | null;
  engine?: string | null;
  emphasisCoefficient?: number | null;
  emphasisGain?: number | null;
  codes?: boolean | null;
}): ModelReference {
  const { modelRateHzMin, modelRateHzMax, modelBlockStepsMax, modelNameCharactersMax } = limits;
  const name = message.name ?? '';
  if (name.length > modelNameCharactersMax || message.digest?.length !== 32) throw new RangeError('no model');
  const engine = message.engine || unnamedEngine;
  if (!/^[a-z0-9-]{1,64}$/.test(engine)) throw new RangeError('no engine');
  return {
    name,
    digest: Buffer.from(message.digest).toString('hex'),
    rateHz: within(message.rateHz, modelRateHzMin, modelRateHzMax),
    blockSteps: within(message.blockSteps, 1, modelBlockStepsMax),
    engine,
    emphasis: readEmphasis(message.emphasisCoefficient ?? 0, message.emphasisGain ?? 0),
    sound: message.codes === true ? 'pcm16' : 'mu-law',
  };
}

function readEmphasis(coefficient: number, gain: number): Emphasis {
  if (coefficient === 0) return noEmphasis;
  const { emphasisMax, emphasisGainMin, emphasisGainMax } = limits;
  const sound = coefficient > 0 && coefficient <= emphasisMax && gain >= emphasisGainMin && gain <= emphasisGainMax;
  if (!sound) throw new RangeError('no emphasis');
  return { coefficient, gain };
}

function readTake(take: TakeRecipe, models: readonly ModelReference[], before: readonly TakeRecord[]): TakeRecord {
  const model = models[take.model ?? 0];
  const branch = take.branch ?? 0;
  const parent = branch === 0 ? undefined : before[branch - 1];
  const after = (take.after ?? 0) === 0 ? undefined : before[(take.after ?? 0) - 1];
  const isLost = (index: number | null | undefined, record: TakeRecord | undefined) => (index ?? 0) !== 0 && !record;
  if (model === undefined || isLost(branch, parent) || isLost(take.after, after)) throw new RangeError('no origin');
  const rootStep = stepOf(take.rootStep);
  const firstStep = stepOf(take.firstStep);
  const seed = within(take.seed, 0, 2 ** 32 - 1);
  if (parent === undefined ? firstStep !== rootStep : !isBranch(parent, rootStep, firstStep, seed, model)) {
    throw new RangeError('a take that begins nowhere');
  }
  const origin = { model, seed, rootStep, parent, firstStep, after };
  const record = new TakeRecord(origin, readId(take, before));
  record.name = printable(
    Buffer.from(take.name ?? '')
      .subarray(0, limits.takeNameBytesMax)
      .toString(),
  );
  record.kept = take.kept ?? false;
  record.drawn = take.drawn ?? false;
  const temperature = take.temperature ?? [];
  const strength = take.guideStrength ?? [];
  readRuns(record.effectiveTemperature, temperature, 2 * temperatureGrid);
  readRuns(record.effectiveStrength, strength, strengthGrid);
  readRuns(record.deliveredTemperature, orElse(take.deliveredTemperature, temperature), 2 * temperatureGrid);
  readRuns(record.deliveredStrength, orElse(take.deliveredGuideStrength, strength), strengthGrid);
  if (record.isConditioned) {
    const condition = take.condition ?? [];
    readRuns(record.effectiveCondition, condition, conditionMax);
    readRuns(record.deliveredCondition, orElse(take.deliveredCondition, condition), conditionMax);
  }
  const ends = new Set([
    record.effectiveTemperature.endStep,
    record.effectiveStrength.endStep,
    record.deliveredTemperature.endStep,
    record.deliveredStrength.endStep,
    ...(record.isConditioned ? [record.effectiveCondition.endStep, record.deliveredCondition.endStep] : []),
  ]);
  if (ends.size !== 1) throw new RangeError('runs of different lengths');
  let index = record.segmentIndex(firstStep);
  for (const key of take.segmentKeys ?? []) {
    if (key.length !== 32) throw new RangeError('no key');
    record.segmentKeys.set(index, Buffer.from(key).toString('hex'));
    index += 1;
  }
  return record;
}

function isBranch(parent: TakeRecord, rootStep: Step, firstStep: Step, seed: number, model: ModelReference): boolean {
  const { origin, endStep } = parent;
  if (origin.rootStep !== rootStep || origin.seed !== seed || origin.model !== model) return false;
  return firstStep > origin.firstStep && firstStep <= endStep;
}

function readRuns(runs: Runs, numbers: readonly number[], valueMax: number): void {
  let value = 0;
  for (let index = 0; index + 1 < numbers.length; index += 2) {
    const count = within(numbers[index], 1, limits.songFrameMax);
    value = within(value + (numbers[index + 1] ?? 0), 0, valueMax);
    if (runs.endStep + count > limits.songFrameMax) throw new RangeError('a take without an end');
    runs.append(value, count);
  }
}

function orElse(numbers: readonly number[] | null | undefined, otherwise: readonly number[]): readonly number[] {
  return numbers === null || numbers === undefined || numbers.length === 0 ? otherwise : numbers;
}

function stepOf(value: Parameters<typeof numberOf>[0]): Step {
  return within(numberOf(value), 0, limits.songFrameMax);
}

function within(value: number | null | undefined, min: number, max: number): number {
  const number = value ?? 0;
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new RangeError('a number out of range');
}
