import { randomBytes } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';
import type { ByteSink } from './sound-file.js';

/** Files of one name that are numbered before it is given up. */
const numbersMax = 9999;

export interface NewFile {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

/**
 * Makes a file in `folder`, which is made if need be: under another name until it is whole and on the disk, then as `stem.ending`, or
 * `stem 2.ending` where there is such a file: nothing is ever written over.
 *
 * @throws Failure `usage` where the folder cannot be written, `exhausted` where the disk is full
 */
export async function makeFile(
  folder: string,
  stem: string,
  ending: string,
  produce: (sink: ByteSink) => Promise<void>,
): Promise<NewFile> {
  const unfinished = join(folder, `.${stem}.${randomBytes(6).toString('hex')}.part`);
  let file: FileHandle;
  try {
    await mkdir(folder, { recursive: true });
    file = await open(unfinished, 'wx');
  } catch (cause) {
    throw explained(cause, folder);
  }
  let bytes = 0;
  try {
    await produce({
      async append(data) {
        await file.writeFile(data);
        bytes += data.length;
      },
      async overwrite(offset, data) {
        await file.write(data, 0, data.length, offset);
      },
    });
    await file.sync();
    await file.close();
    const name = await claimName(folder, stem, ending);
    const path = join(folder, name);
    await rename(unfinished, path).catch(async (cause: unknown) => {
      await rm(path, { force: true });
      throw cause;
    });
    return { name, path, bytes };
  } catch (thrown) {
    await file.close().catch(() => {});
    await rm(unfinished, { force: true });
    throw thrown instanceof Failure ? thrown : explained(thrown, folder);
  }
}

/** An empty file holds the name until the whole one takes its place. */
async function claimName(folder: string, stem: string, ending: string): Promise<string> {
  for (let number = 1; number <= numbersMax; number += 1) {
    const name = number === 1 ? `${stem}.${ending}` : `${stem} ${number}.${ending}`;
    try {
      await (await open(join(folder, name), 'wx')).close();
      return name;
    } catch (thrown) {
      if (codeOf(thrown) !== 'EEXIST') throw thrown;
    }
  }
  throw new Failure('usage', `There are ${numbersMax} files "${stem}" in ${folder}: choose another name.`);
}

function explained(cause: unknown, folder: string): Failure {
  const code = codeOf(cause);
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure('exhausted', `The disk of ${folder} is full: make room, and bounce again.`, cause);
  }
  return new Failure(
    'usage',
    `${folder} cannot be written${code === '' ? '' : ` (${code})`}: choose another with simmer serve --bounce-folder.`,
    cause,
  );
}

function codeOf(thrown: unknown): string {
  return thrown instanceof Error && 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : '';
}
