import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The repository, found from the source as well as from what is built of it. */
export const repository = findRepository(dirname(fileURLToPath(import.meta.url)));

/** Where things are that are made and not kept in the repository. */
export const outFolder = join(repository, 'out');
export const bundleFolder = join(repository, 'native-shim', 'target', 'bundle');
export const luaFolder = join(repository, 'scripts', 'ardour');

function findRepository(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package-lock.json'))) return folder;
    if (folder === dirname(folder))
      throw new Error(`No package-lock.json above ${from}: this is not a checkout of Simmer.`);
  }
}
