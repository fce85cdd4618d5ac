import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { inflateRaw, inflateRawSync } from 'node:zlib';
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
import { knownFieldsOf, TakeRecipe, type TakeRecipeMessage, TakeRecipes, type TakeRecipesMessage } from './messages.js';
import { numberOf } from './numbers.js';
import { PackedNumbers } from './packed-numbers.js';
import { partsOf, type runFields, type TakePart } from './recipe-parts.js';
import { recipeVersion, stereoRecipeVersion, unnamedEngine } from './recipe-version.js';

/**
 * The takes of a recipe, or undefined where it is damaged or of a later version: then it must be left as it is. A recipe came
 * from a song's file, and that may hold anything: what it costs is bounded before anything is made of it.
 */
export function decodeTakes(recipe: Uint8Array): TakeBook | undefined {
  try {
    if (recipe.length === 0) return new TakeBook();
    if (recipe.length > limits.takesBytesMax) return undefined;
    const reading = readBook(inflateRawSync(recipe, { maxOutputLength: limits.recipeBytesMax }));
    for (;;) {
      const { done, value } = reading.next();
      if (done === true) return value;
    }
  } catch {
    return undefined;
  }
}

const inflateAside = promisify<Uint8Array, { maxOutputLength: number }, Buffer>(inflateRaw);

/** The same on a thread that has other things to do: it inflates on another one, and reads for some milliseconds at a time. */
export async function decodeTakesAside(recipe: Uint8Array): Promise<TakeBook | undefined> {
  try {
    if (recipe.length === 0) return new TakeBook();
    if (recipe.length > limits.takesBytesMax) return undefined;
    const reading = readBook(await inflateAside(recipe, { maxOutputLength: limits.recipeBytesMax }));
    for (let since = performance.now(); ; ) {
      const { done, value } = reading.next();
      if (done === true) return value;
      if (performance.now() - since < limits.recipeSliceMillis) continue;
      await new Promise<void>((resolve) => setImmediate(resolve));
      since = performance.now();
    }
  } catch {
    return undefined;
  }
}

/** Yields where something else may be done. @throws RangeError and others where it is damaged */
function* readBook(bytes: Uint8Array): Generator<void, TakeBook | undefined> {
  const { rest, takes } = partsOf(bytes);
  yield;
  const message = TakeRecipes.decode(knownFieldsOf(rest));
  if ((message.version ?? 0) < recipeVersion || (message.version ?? 0) > stereoRecipeVersion) return undefined;
  const models = (message.models ?? []).map(readModel);
  const before: Before = { records: [], ids: new Set() };
  for (const take of takes) {
    before.records.push(yield* readTake(take, models, before));
    yield;
  }
  const book = new TakeBook();
  for (const record of before.records) book.add(record);
  const playedBy = message.playedBy ?? 0;
  if (playedBy > 0) book.playBy(models[playedBy - 1] ?? lost());
  const chosen = readChosen(message);
  if (chosen !== undefined) book.choose(chosen);
  return book;
}

function lost(): never {
  throw new RangeError('no model');
}

/** The takes that were read already. */
interface Before {
  readonly records: TakeRecord[];
  readonly ids: Set<string>;
}

function readChosen({ chosenModel, chosenDigest }: TakeRecipesMessage): ChosenModel | undefined {
  if (!chosenModel || chosenModel.length > limits.modelNameCharactersMax || chosenDigest?.length !== 32)
    return undefined;
  return { name: chosenModel, digest: Buffer.from(chosenDigest).toString('hex') };
}

/** The id that was saved; of a take that was saved without one, a hash of what the recipe says of it: the same each time. */
function readId(take: TakeRecipeMessage, whole: Uint8Array, { records, ids }: Before): string {
  if (take.id?.length === 8) {
    const id = Buffer.from(take.id).toString('hex');
    if (!ids.has(id)) return id;
  }
  return createHash('sha256').update(whole).update(`${records.length}`).digest('hex').slice(0, 16);
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

function* readTake(
  { rest, runs, whole }: TakePart,
  models: readonly ModelReference[],
  before: Before,
): Generator<void, TakeRecord> {
  const take = TakeRecipe.decode(knownFieldsOf(rest));
  const { records } = before;
  const model = models[take.model ?? 0];
  const branch = take.branch ?? 0;
  const parent = branch === 0 ? undefined : records[branch - 1];
  const after = (take.after ?? 0) === 0 ? undefined : records[(take.after ?? 0) - 1];
  const isLost = (index: number | null | undefined, record: TakeRecord | undefined) => (index ?? 0) !== 0 && !record;
  if (model === undefined || isLost(branch, parent) || isLost(take.after, after)) throw new RangeError('no origin');
  const rootStep = stepOf(take.rootStep);
  const firstStep = stepOf(take.firstStep);
  const seed = within(take.seed, 0, 2 ** 32 - 1);
  if (parent === undefined ? firstStep !== rootStep : !isBranch(parent, rootStep, firstStep, seed, model)) {
    throw new RangeError('a take that begins nowhere');
  }
  const origin = { model, seed, rootStep, parent, firstStep, after };
  const record = new TakeRecord(origin, readId(take, whole, before));
  before.ids.add(record.id);
  record.name = printable(
    Buffer.from(take.name ?? '')
      .subarray(0, limits.takeNameBytesMax)
      .toString(),
  );
  record.kept = take.kept ?? false;
  record.drawn = take.drawn ?? false;
  const piecesOf = (field: (typeof runFields)[number]) => new PackedNumbers(whole, runs.get(field) ?? []);
  yield* readRuns(record.effectiveTemperature, piecesOf(6), 2 * temperatureGrid);
  yield* readRuns(record.effectiveStrength, piecesOf(7), strengthGrid);
  yield* readDelivered(record.deliveredTemperature, piecesOf(8), record.effectiveTemperature, 2 * temperatureGrid);
  yield* readDelivered(record.deliveredStrength, piecesOf(9), record.effectiveStrength, strengthGrid);
  if (record.isConditioned) {
    yield* readRuns(record.effectiveCondition, piecesOf(16), conditionMax);
    yield* readDelivered(record.deliveredCondition, piecesOf(17), record.effectiveCondition, conditionMax);
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

/** Runs between two places where something else may be done. */
const runsAtOnce = 1 << 14;

function* readRuns(runs: Runs, numbers: PackedNumbers, valueMax: number): Generator<void> {
  const runCount = Math.floor(numbers.count / 2);
  runs.reserve(runCount);
  let value = 0;
  for (let index = 0; index < runCount; index += 1) {
    const count = within(numbers.next(), 1, limits.songFrameMax);
    value = within(value + numbers.next(), 0, valueMax);
    if (runs.endStep + count > limits.songFrameMax) throw new RangeError('a take without an end');
    runs.append(value, count);
    if (index % runsAtOnce === runsAtOnce - 1) yield;
  }
}

/** What was delivered is said only where it differs from what was drawn by. */
function* readDelivered(runs: Runs, numbers: PackedNumbers, effective: Runs, valueMax: number): Generator<void> {
  if (numbers.count === 0) runs.take(effective);
  else yield* readRuns(runs, numbers, valueMax);
}

function stepOf(value: Parameters<typeof numberOf>[0]): Step {
  return within(numberOf(value), 0, limits.songFrameMax);
}

function within(value: number | null | undefined, min: number, max: number): number {
  const number = value ?? 0;
  if (Number.isInteger(number) && number >= min && number <= max) return number;
  throw new RangeError('a number out of range');
}
