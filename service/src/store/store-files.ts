import { randomBytes } from 'node:crypto';
import { constants, promises } from 'node:fs';

/** Everything a store asks of a file system; tests put one in its place that fails. */
export type StoreFiles = Pick<typeof promises, 'open' | 'rename' | 'unlink' | 'mkdir' | 'readdir' | 'lstat' | 'utimes'>;

export const storeFiles: StoreFiles = promises;

/**
 * Puts a file in place as a whole: whoever reads sees the one before or this one, also when the process dies. With
 * `durable` its content survives a loss of power; its name does once `syncFolder` has settled. Without, it may be found
 * torn then.
 *
 * Why no library: see disk-store.ts.
 */
export async function writeWhole(files: StoreFiles, path: string, bytes: Uint8Array, durable: boolean): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString('hex')}${temporarySuffix}`;
  const handle = await files.open(temporary, 'wx', 0o600);
  try {
    try {
      // Not `write`: that may take a part only, as it does on a disk that has just become full, and calls that success.
      await handle.writeFile(bytes);
      if (durable) await handle.sync();
    } finally {
      await handle.close();
    }
    await files.rename(temporary, path);
  } catch (thrown) {
    await files.unlink(temporary).catch(() => {});
    throw thrown;
  }
}

const temporarySuffix = '.tmp';

/** True for the name of what `writeWhole` was writing when it was killed. */
export function isTemporary(name: string): boolean {
  return name.endsWith(temporarySuffix);
}

/** Makes what is in a file survive a loss of power. */
export async function syncFile(files: StoreFiles, path: string): Promise<void> {
  const handle = await files.open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes the names in a folder survive a loss of power. Windows has no such call, and needs none. */
export async function syncFolder(files: StoreFiles, folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await files.open(folder, constants.O_RDONLY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * The bytes of a file; `absent`: there is none of that name; `unfit`: what is there is no file of ours (longer than
 * `bytesMax`, a link, a pipe), or the disk cannot read it. Rejects where nothing can be said of the file.
 */
export async function readWhole(
  files: StoreFiles,
  path: string,
  bytesMax: number,
): Promise<Uint8Array | 'absent' | 'unfit'> {
  // A pipe that lies there would be waited for without an end; links would lead out of the folder.
  const flags = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0) | (constants.O_NOFOLLOW ?? 0);
  try {
    const handle = await files.open(path, flags);
    try {
      const found = await handle.stat();
      if (!found.isFile() || found.size > bytesMax) return 'unfit';
      const bytes = Buffer.allocUnsafe(found.size);
      let length = 0;
      while (length < bytes.length) {
        const { bytesRead } = await handle.read(bytes, length, bytes.length - length, length);
        if (bytesRead === 0) break;
        length += bytesRead;
      }
      return bytes.subarray(0, length);
    } finally {
      await handle.close();
    }
  } catch (thrown) {
    const code = codeOf(thrown);
    if (code === 'ENOENT') return 'absent';
    if (code === 'ELOOP' || code === 'EIO' || code === 'ENXIO') return 'unfit';
    throw thrown;
  }
}

/** The system's name of an error, such as ENOSPC; undefined where it is no error of the system. */
export function codeOf(thrown: unknown): string | undefined {
  if (!(thrown instanceof Error) || !('code' in thrown)) return undefined;
  return typeof thrown.code === 'string' ? thrown.code : undefined;
}
