import type { Labels } from '../core/condition.js';
import { Failure, printable } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { EngineSelection } from '../model/choice/selection.js';
import { labelsOf } from '../model/manifest.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { StudyCondition, StudyModel, StudyPlan } from '../study/plan.js';
import { findStudy } from './experiments.js';
import { refuseIdleLimit, refuseTwice } from './idle-options.js';
import type { StudyOptions } from './program.js';
import { conditionWished } from './wished-condition.js';

const defaults = { temperatures: [0.75, 0.95, 1.05], items: 4, seconds: 20, seeds: [1] };

export interface StudySources {
  readonly load: (name: string) => Promise<VerifiedModel>;
  readonly defaultModel: () => Promise<string>;
  readonly engines: Pick<EngineSelection, 'choice'>;
  readonly say: (line: string) => void;
}

/** What is to be rendered, with nothing left open. @throws Failure `usage` where options contradict one another, or ask for what is not there */
export async function planStudy(options: StudyOptions, sources: StudySources): Promise<StudyPlan> {
  const experiment = options.experiment === undefined ? undefined : await findStudy(options.experiment);
  const names = options.model ?? (experiment && [experiment.model]) ?? [await sources.defaultModel()];
  const models: StudyModel[] = [];
  refuseTwice('--model', names);
  for (const name of names) {
    const model = await sources.load(name);
    const labels = labelsOf(model.manifest);
    const said = options.conditions ?? experiment?.study.conditions.map(([artist, genre]) => `${artist}/${genre}`);
    const conditions = conditionsOf(said, labels, model.manifest.name, sources.say);
    refuseIdleLimit(options, model.manifest);
    refuseTwice(
      '--conditions',
      conditions.map((one) => (one === undefined ? '' : `${one.artist}/${one.genre}`)),
    );
    models.push({ model, engine: sources.engines.choice(model), conditions });
  }
  refuseTwice('--seeds', options.seeds ?? []);
  const temperatures = options.temperatures ?? experiment?.study.temperatures ?? defaults.temperatures;
  const plan: StudyPlan = {
    title: experiment?.title ?? `A study of ${models.map(({ model }) => model.manifest.title).join(' and ')}`,
    models,
    temperatures: [...new Set(temperatures)],
    items: options.items ?? experiment?.study.items ?? defaults.items,
    seeds: options.seeds ?? (experiment === undefined ? defaults.seeds : [experiment.study.seed]),
    seconds: options.seconds ?? experiment?.seconds ?? defaults.seconds,
    sampleRateHz: options.rate,
  };
  const count =
    plan.temperatures.length *
    plan.items *
    plan.seeds.length *
    models.reduce((sum, { conditions }) => sum + conditions.length, 0);
  if (count > limits.studyTakesMax) {
    throw new Failure('usage', `That is ${count} takes, and ${limits.studyTakesMax} are allowed: ask for fewer.`);
  }
  return plan;
}

function conditionsOf(
  said: readonly string[] | undefined,
  labels: Labels,
  name: string,
  say: (line: string) => void,
): (StudyCondition | undefined)[] {
  if (labels.artists.length === 0) {
    if (said === undefined) return [undefined];
    throw new Failure('usage', `${name} has no artists and genres: leave out --conditions.`);
  }
  if (said?.length === 1 && said[0] === 'all') {
    return labels.artists.flatMap((artist) => labels.genres.map((genre) => named(artist, genre, labels, name)));
  }
  if (said === undefined) {
    const [artist = '', genre = ''] = [labels.artists[0], labels.genres[0]];
    say(`${name} plays ${artist}/${genre}; --conditions all, or "Artist/Genre,Artist/Genre", asks for others.`);
    return [named(artist, genre, labels, name)];
  }
  return said.map((pair) => {
    const [artist, genre, ...rest] = pair.split('/').map((part) => part.trim());
    if (!artist || !genre || rest.length > 0) {
      throw new Failure('usage', `A condition is Artist/Genre, not "${printable(pair, 80)}".`);
    }
    return named(artist, genre, labels, name);
  });
}

function named(artist: string, genre: string, labels: Labels, name: string): StudyCondition {
  const condition = conditionWished({ artist, genre }, labels, name);
  if (condition === undefined) throw new Failure('internal', 'A model with labels has no condition.');
  return { artist: labels.artists[condition.artist] ?? '', genre: labels.genres[condition.genre] ?? '', condition };
}
