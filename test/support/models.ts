import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The trained model to test with: $SIMMER_TEST_MODEL (a model folder), or this repository's own.
 * @throws Error when it is not there: a test that needs it must not pass without it.
 */
export function realModelFolder(): string {
  const folder = process.env.SIMMER_TEST_MODEL ?? join(import.meta.dirname, '../../models/one-song');
  if (!existsSync(join(folder, 'manifest.json'))) throw new Error(`There is no model in ${folder}.`);
  return folder;
}

const shippedFolder = join(import.meta.dirname, '../../models');

/** The names of the models of a family that come with the repository. @throws Error where there is none */
export function shippedModels(family = 'samplernn'): string[] {
  const isOf = (name: string) => {
    const manifest = join(shippedFolder, name, 'manifest.json');
    if (!existsSync(manifest)) return false;
    return (JSON.parse(readFileSync(manifest, 'utf8')) as { family: string }).family === family;
  };
  const names = readdirSync(shippedFolder).filter(isOf);
  if (names.length === 0) throw new Error(`There is no model in ${shippedFolder}.`);
  return names;
}

/** The folder of a model that comes with the repository. */
export const shippedModelFolder = (name: string): string => join(shippedFolder, name);
