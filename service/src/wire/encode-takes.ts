import { constants, deflateRawSync } from 'node:zlib';
import { limits } from '../core/limits.js';
import { channelCountOf, isOfCodes } from '../core/sound.js';
import type { Runs } from '../take/runs.js';
import type { TakeBook } from '../take/take-book.js';
import { drawsAlike, type ModelReference, type TakeRecord } from '../take/take-record.js';
import { TakeRecipes } from './messages.js';
import {
  codesRecipeVersion,
  emphasisRecipeVersion,
  engineRecipeVersion,
  recipeVersion,
  stereoRecipeVersion,
  unnamedEngine,
} from './recipe-version.js';

/**
 * The recipe of a book, at most limits.takesBytesMax: takes that do not fit are forgotten, the least recently used first.
 * proto/simmer/v1/takes.proto says what is in it. Where the last take alone does not fit, what is returned is longer than that.
 */
export function encodeTakes(book: TakeBook): Uint8Array {
  for (;;) {
    const raw = TakeRecipes.encode(toMessage(book)).finish();
    const isReadable = raw.length <= limits.recipeBytesMax;
    const bytes = isReadable ? deflateRawSync(raw, { level: constants.Z_BEST_SPEED }) : raw;
    if (bytes.length <= limits.takesBytesMax || !book.forgetOne(book.records.at(-1))) return bytes;
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
  /** Index + 1 of each. */
  const places = new Map<TakeRecord, number>();
  const placeOf = (record: TakeRecord | undefined) => (record === undefined ? 0 : (places.get(record) ?? 0));
  const write = (record: TakeRecord) => {
    if (places.has(record)) return;
    const { parent, after } = record.origin;
    if (parent !== undefined) write(parent);
    if (after !== undefined && isSaved.has(after)) write(after);
    places.set(record, ordered.push(record));
  };
  const saved = book.saved;
  const isSaved = new Set(saved);
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
      branch: placeOf(origin.parent),
      firstStep: origin.firstStep,
      temperature: effective,
      guideStrength: strength,
      deliveredTemperature: isSame(delivered, effective) ? [] : delivered,
      deliveredGuideStrength: isSame(deliveredStrength, strength) ? [] : deliveredStrength,
      condition,
      deliveredCondition: isSame(deliveredCondition, condition) ? [] : deliveredCondition,
      segmentKeys: keysFrom(record, firstIndex),
      kept: record.kept,
      after: placeOf(origin.after),
      id: Buffer.from(record.id, 'hex'),
      name: record.name,
      drawn: record.drawn,
    };
  });
  const { playedBy } = book;
  const isSaid = playedBy === undefined || saved.some(({ origin }) => drawsAlike(origin.model, playedBy));
  const played = isSaid ? 0 : indexOf(playedBy) + 1;
  return {
    version: versionFor(models),
    ...(played > 0 && { playedBy: played }),
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
        codes: isOfCodes(sound),
        channelCount: channelCountOf(sound) === 1 ? 0 : channelCountOf(sound),
      };
    }),
  };
}

function versionFor(models: readonly ModelReference[]): number {
  if (models.some(({ sound }) => channelCountOf(sound) > 1)) return stereoRecipeVersion;
  if (models.some(({ sound }) => isOfCodes(sound))) return codesRecipeVersion;
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
