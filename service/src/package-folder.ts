import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { Failure } from './core/failure.js';

/** The folder of package.json: this file is at another depth once it is built. */
export function packageFolder(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json'))) return folder;
    if (dirname(folder) === folder) throw new Failure('internal', 'There is no package.json above this program.');
  }
}

export function packageVersion(): string {
  const json: unknown = JSON.parse(readFileSync(join(packageFolder(), 'package.json'), 'utf8'));
  return z.object({ version: z.string() }).parse(json).version;
}
