import { cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../core/failure.js';

/**
 * Puts a model folder where models are looked for, in place of an older one of its name: it is there whole or not at
 * all, since folders that begin with a dot are no models. Returns the new folder.
 * @throws Failure `exhausted` where there is no room or no right to write
 */
export async function installModel(from: string, modelsFolder: string, name: string): Promise<string> {
  const target = join(modelsFolder, name);
  const arriving = join(modelsFolder, `.${name}.${process.pid}.new`);
  const leaving = join(modelsFolder, `.${name}.${process.pid}.old`);
  try {
    await mkdir(modelsFolder, { recursive: true });
    await cp(from, arriving, { recursive: true });
    const replaced = await rename(target, leaving).then(
      () => true,
      () => false,
    );
    await rename(arriving, target).catch(async (thrown: unknown) => {
      if (replaced) await rename(leaving, target);
      throw thrown;
    });
    await rm(leaving, { recursive: true, force: true });
    return target;
  } catch (cause) {
    await rm(arriving, { recursive: true, force: true }).catch(() => {});
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Failure(
      'exhausted',
      `The model is made, but cannot be put into ${modelsFolder} (${why}). It lies in ${from}; copy it there yourself, or ` +
        'run the same command again with another --out.',
      cause,
    );
  }
}
