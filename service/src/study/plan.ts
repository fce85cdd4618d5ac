import { createHash } from 'node:crypto';
import { type Condition, type Labels, packCondition } from '../core/condition.js';
import { limits } from '../core/limits.js';
import type { EngineName } from '../model/engine-name.js';
import type { VerifiedModel } from '../model/verified-model.js';

/** A condition, and what it is called in names and tables. */
export interface StudyCondition {
  readonly artist: string;
  readonly genre: string;
  readonly condition: Condition;
}

/** A model of a study, and what draws from it. Models without labels have one condition, which is undefined. */
export interface StudyModel {
  readonly model: VerifiedModel;
  readonly engine: EngineName;
  readonly conditions: readonly (StudyCondition | undefined)[];
}

/** Everything that decides what a study's files are. */
export interface StudyPlan {
  readonly title: string;
  readonly models: readonly StudyModel[];
  readonly temperatures: readonly number[];
  /** Takes of each temperature, condition and seed. */
  readonly items: number;
  readonly seeds: readonly number[];
  readonly seconds: number;
  readonly sampleRateHz: number;
}

/** One take of a study. */
export interface StudyTake {
  /** Path of its WAV in the study's folder, with `/`. */
  readonly file: string;
  readonly model: VerifiedModel;
  readonly engine: EngineName;
  readonly condition: StudyCondition | undefined;
  readonly temperature: number;
  readonly seed: number;
  readonly item: number;
  /** The seed of the take: the same for the same seed and item at every temperature, condition and model. */
  readonly takeSeed: number;
}

/** Item `item` of a study's seed. */
export function takeSeedOf(seed: number, item: number): number {
  return (seed * limits.studyItemsMax + item) % 2 ** 32;
}

/**
 * The takes, in the order in which they are best listened to: models, conditions, seeds, items, temperatures. Files are called as in the
 * post that compared Jukebox's temperatures: `0-item_2-0-95.wav` is seed 0, item 2, temperature 0.95. Where there are several models or
 * conditions, each has a folder.
 */
export function studyTakes(plan: StudyPlan): StudyTake[] {
  const takes: StudyTake[] = [];
  for (const { model, engine, conditions } of plan.models) {
    for (const condition of conditions) {
      const folders = [
        plan.models.length > 1 ? model.manifest.name : undefined,
        conditions.length > 1 && condition !== undefined ? folderOf(condition) : undefined,
      ].filter((folder) => folder !== undefined);
      for (const [place, seed] of plan.seeds.entries()) {
        for (let item = 0; item < plan.items; item += 1) {
          for (const temperature of plan.temperatures) {
            const name = `${place}-item_${item}-${String(temperature).replace('.', '-')}.wav`;
            const file = [...folders, name].join('/');
            takes.push({
              file,
              model,
              engine,
              condition,
              temperature,
              seed,
              item,
              takeSeed: takeSeedOf(seed, item),
            });
          }
        }
      }
    }
  }
  return takes;
}

function folderOf({ artist, genre }: StudyCondition): string {
  return [artist, genre].map((name) => name.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, '-')).join('_');
}

/** What a study's folder says that it holds: the same for the same files. */
export function planSummary(plan: StudyPlan) {
  return {
    version: 1,
    title: plan.title,
    models: plan.models.map(({ model, engine, conditions }) => ({
      name: model.manifest.name,
      digest: model.digest,
      engine,
      conditions: conditions.map((one) => one && packCondition(one.condition, labelsFor(conditions))),
      pairs: conditions.map((one) => one && `${one.artist}/${one.genre}`),
    })),
    temperatures: plan.temperatures,
    items: plan.items,
    seeds: plan.seeds,
    seconds: plan.seconds,
    sampleRateHz: plan.sampleRateHz,
  };
}

/** Conditions were made from the model's own lists: any that are long enough will do. */
function labelsFor(conditions: readonly (StudyCondition | undefined)[]): Labels {
  const longest =
    1 + Math.max(0, ...conditions.flatMap((one) => [one?.condition.artist ?? 0, one?.condition.genre ?? 0]));
  const names = Array.from({ length: longest }, () => '');
  return { artists: names, genres: names };
}

/** SHA-256 in hex. */
export function digestOf(summary: ReturnType<typeof planSummary>): string {
  return createHash('sha256').update(JSON.stringify(summary)).digest('hex');
}
