import { existsSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A trained model to test with, if there is one: $SIMMER_TEST_MODEL (a model folder), or this repository's own.
 * Tests that need one skip where there is none; everything else runs on the tiny model.
 */
export function realModelFolder(): string | undefined {
  const candidates = [process.env.SIMMER_TEST_MODEL, join(import.meta.dirname, '../../models/one-song')];
  return candidates.find((folder) => folder !== undefined && existsSync(join(folder, 'manifest.json')));
}
