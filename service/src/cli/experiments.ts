import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Experiment, isStudy, oneItemOf, parseExperiment, type StudyExperiment } from '../core/experiment.js';
import { Failure, printable } from '../core/failure.js';
import { packageFolder } from '../package-folder.js';
import { takeSeedOf } from '../study/plan.js';

/** Where the experiments and their guides lie. */
export const experimentFolder = (): string => join(packageFolder(), 'experiments');

/** The experiments that are lanes, by id. @throws Failure `invalid` where one cannot be read */
export async function readExperiments(folder = experimentFolder()): Promise<Map<string, Experiment>> {
  const all = await readAll(folder);
  const lanes = all.filter((one): one is Experiment => !isStudy(one));
  return new Map(lanes.map((one) => [one.id, one]));
}

/** @throws Failure `usage` that says which there are */
export async function findExperiment(id: string): Promise<Experiment> {
  const all = await readAll(experimentFolder());
  const found = all.find((one) => one.id === id.toUpperCase());
  if (found === undefined) throw unknown(id, all);
  if (!isStudy(found)) return found;
  throw new Failure('usage', `${found.id} is a grid of takes: simmer study --experiment ${found.id}.`);
}

/** A lane, or one item of a grid as one: what can be shown in a DAW. @throws Failure `usage` that says which there are */
export async function findShown(id: string): Promise<Experiment> {
  const all = await readAll(experimentFolder());
  const found = all.find((one) => one.id === id.toUpperCase());
  if (found === undefined) throw unknown(id, all);
  return isStudy(found) ? oneItemOf(found, takeSeedOf(found.study.seed, 0)) : found;
}

/** @throws Failure `usage` that says which there are */
export async function findStudy(id: string): Promise<StudyExperiment> {
  const all = await readAll(experimentFolder());
  const found = all.find((one) => one.id === id.toUpperCase());
  if (found === undefined) throw unknown(id, all);
  if (isStudy(found)) return found;
  throw new Failure('usage', `${found.id} is a lane: simmer render --experiment ${found.id}.`);
}

async function readAll(folder: string): Promise<(Experiment | StudyExperiment)[]> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const found: (Experiment | StudyExperiment)[] = [];
  for (const name of files) found.push(parseExperiment(await readFile(join(folder, name), 'utf8'), name));
  return found;
}

function unknown(id: string, all: readonly { readonly id: string }[]): Failure {
  const ids = all.map((one) => one.id).join(', ');
  return new Failure('usage', `There is no experiment ${printable(id, 40)}; there are ${ids}.`);
}
