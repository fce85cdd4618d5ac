import { mkdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../core/failure.js';

/** Others than its user may enter a folder of such a mode, or see what is in it. */
const othersMode = 0o077;

/**
 * Makes a folder for its user alone where it is missing. One that is there is left as it is: it may be a person's own, and who
 * may enter it is not for us to say.
 * @throws Failure `usage` where it is no folder, or others may enter it
 */
export async function ownFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
    throw new Failure(
      'usage',
      `The runtime folder ${folder} cannot be made: choose another with --runtime-dir.`,
      cause,
    );
  });
  // Windows keeps the user's profile to the user.
  if (process.platform === 'win32') return;
  const { mode, uid } = await stat(folder);
  const within = `Give --runtime-dir a folder of Simmer's own, such as ${join(folder, 'simmer')}`;
  if (uid !== process.getuid?.())
    throw new Failure('usage', `The runtime folder ${folder} is another user's. ${within}.`);
  if ((mode & othersMode) !== 0) {
    const said = (mode & 0o777).toString(8);
    throw new Failure(
      'usage',
      `The runtime folder ${folder} can be entered by others (mode ${said}). ${within}, or close it to them: chmod 700 ${folder}`,
    );
  }
}
