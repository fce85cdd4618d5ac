import { existsSync } from 'node:fs';
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
