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

/** Kinds of models: the families, and of SampleRNNs those under codes apart. */
type ModelKind = 'samplernn' | 'samplernn under codes' | 'vq-prior';

/** The names of the models of a kind that come with the repository. @throws Error where there is none */
export function shippedModels(kind: Exclude<ModelKind, 'samplernn under codes'> = 'samplernn'): string[] {
  const names = shippedOf(kind);
  if (names.length === 0) throw new Error(`There is no model in ${shippedFolder}.`);
  return names;
}

/** Those under codes; there may be none. */
export const shippedModelsUnderCodes = (): string[] => shippedOf('samplernn under codes');

function shippedOf(kind: ModelKind): string[] {
  return readdirSync(shippedFolder).filter((name) => {
    const path = join(shippedFolder, name, 'manifest.json');
    if (!existsSync(path)) return false;
    const { family, rows } = JSON.parse(readFileSync(path, 'utf8')) as { family: string; rows?: unknown };
    return (rows === undefined ? family : `${family} under codes`) === kind;
  });
}

/** The folder of a model that comes with the repository. */
export const shippedModelFolder = (name: string): string => join(shippedFolder, name);
