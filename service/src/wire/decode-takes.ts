import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import { conditionMax } from '../core/condition.js';
import { type Emphasis, noEmphasis } from '../core/emphasis.js';
import { printable } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { strengthGrid, temperatureGrid } from '../core/shaping.js';
import type { SoundKind } from '../core/sound.js';
import type { Step } from '../core/units.js';
import type { Runs } from '../take/runs.js';
import { type ChosenModel, TakeBook } from '../take/take-book.js';
import { type ModelReference, TakeRecord } from '../take/take-record.js';
import { type TakeRecipe, TakeRecipes, type TakeRecipesMessage } from './messages.js';
import { numberOf } from './numbers.js';
import { recipeVersion, stereoRecipeVersion, unnamedEngine } from './recipe-version.js';

/** A recipe may inflate to this much: it came from a song's file, and that may hold anything. */
const inflatedBytesMax = 64 * 2 ** 20;

/** The takes of a recipe, or undefined where it is damaged or of a later version: then it must be left as it is. */
export function decodeTakes(recipe: Uint8Array): TakeBook | undefined {
  const book = new TakeBook();
  if (recipe.length === 0) return book;
  try {
    const message = TakeRecipes.decode(inflateRawSync(recipe, { maxOutputLength: inflatedBytesMax }));
    if ((message.version ?? 0) < recipeVersion || (message.version ?? 0) > stereoRecipeVersion) return undefined;
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

function readModel(message: {
  name?: string | null;
  digest?: Uint8Array | null;
  rateHz?: number | null;
  blockSteps?: number | null;
  engine?: string | null;
  emphasisCoefficient?: number | null;
  emphasisGain?: number | null;
  codes?: boolean | null;
  channelCount?: number | null;
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
    sound: readSound(message.codes === true, message.channelCount ?? 0),
  };
}

function readSound(codes: boolean, channelCount: number): SoundKind {
  if (!codes && channelCount <= 1) return 'mu-law';
  if (!codes || channelCount > 2) throw new RangeError('no sound');
  return channelCount === 2 ? 'pcm16-stereo' : 'pcm16';
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
