import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { Failure } from '../core/failure.js';

/**
 * The folder of models that somebody names.
 * @throws Failure `usage` where there is none: another folder's model would be played in its place
 */
export async function namedModelsFolder(name: string): Promise<string> {
  const folder = resolve(name);
  if ((await stat(folder).catch(() => undefined))?.isDirectory() !== true) {
    throw new Failure('usage', `There is no folder ${name} to look for models in (--models).`);
  }
  if ((await stat(join(folder, 'manifest.json')).catch(() => undefined)) === undefined) return folder;
  throw new Failure('usage', `${name} is a model itself: --models takes the folder it lies in.`);
}
