import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Experiment, parseExperiment } from '../core/experiment.js';
import { Failure, printable } from '../core/failure.js';
import { packageFolder } from '../package-folder.js';

/** Where the experiments and their guides lie. */
export const experimentFolder = (): string => join(packageFolder(), 'experiments');

/** The experiments by id. @throws Failure `invalid` where one cannot be read */
export async function readExperiments(folder = experimentFolder()): Promise<Map<string, Experiment>> {
  const files = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.json')).sort();
  const found = new Map<string, Experiment>();
  for (const name of files) {
    const experiment = parseExperiment(await readFile(join(folder, name), 'utf8'), name);
    found.set(experiment.id, experiment);
  }
  return found;
}

/** @throws Failure `usage` that says which there are */
export async function findExperiment(id: string): Promise<Experiment> {
  const all = await readExperiments();
  const found = all.get(id.toUpperCase());
  if (found !== undefined) return found;
  throw new Failure('usage', `There is no experiment ${printable(id, 40)}; there are ${[...all.keys()].join(', ')}.`);
}
