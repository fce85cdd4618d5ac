import { Failure } from '../core/failure.js';
import { codeOf } from './store-files.js';

/** What each error of the system means for the store, and what to do about it. */
const advice: Readonly<Record<string, string>> = {
  ENOSPC: 'its disk is full. Free some space there, or choose another folder.',
  EDQUOT: 'your share of its disk is used up. Free some space there, or choose another folder.',
  EFBIG: 'files there may not become that large. Raise the limit, or choose another folder.',
  EROFS: 'its disk is read-only. Choose a folder that can be written.',
  EACCES: 'writing there is not allowed. Change its permissions, or choose another folder.',
  EPERM: 'writing there is not allowed. Change its permissions, or choose another folder.',
  EMFILE: 'too many files are open in this process. Raise its limit (ulimit -n).',
  ENFILE: 'too many files are open on this machine. Close other programs.',
  EIO: 'its disk reports errors. Look after the disk, and choose another folder.',
  ENOENT: 'the folder is not there and cannot be made. Make it, or choose another one.',
  ENOTDIR: 'there is a file where a folder must be. Move it away, or choose another folder.',
  EEXIST: 'there is a file where a folder must be. Move it away, or choose another folder.',
  ENODEV: 'its disk is gone. Bring it back, or choose another folder.',
  ENXIO: 'its disk is gone. Bring it back, or choose another folder.',
  ESTALE: 'its disk is gone. Bring it back, or choose another folder.',
};

/** A sentence for people: what is wrong with the store in `folder`, what to do, and what happens meanwhile. */
export function troubleOf(thrown: unknown, folder: string): string {
  if (thrown instanceof Failure) return thrown.message;
  const code = codeOf(thrown);
  const advised = code === undefined ? undefined : advice[code];
  const why = advised ?? `${thrown instanceof Error ? thrown.message : String(thrown)}.`;
  return `The store in ${folder} cannot be written: ${why} Until then, what is played is drawn again when it is played again.`;
}

/** What to say, and what to do, where everything but held segments is gone and one more still does not fit. */
export function noRoom(bytes: number, bytesMax: number): string {
  const mebibytes = (count: number) => `${(count / 2 ** 20).toFixed(1)} MiB`;
  return bytes > bytesMax
    ? `A segment of ${mebibytes(bytes)} does not fit into a store of ${mebibytes(bytesMax)}. Allow the store more.`
    : `Remembered takes fill the store of ${mebibytes(bytesMax)}. Allow the store more, or forget takes that are no longer needed; until then, what is played is drawn again when it is played again.`;
}
