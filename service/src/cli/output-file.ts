import { constants, type Stats } from 'node:fs';
import { access, type FileHandle, lstat, mkdir, open, realpath, rename, rm, stat } from 'node:fs/promises';
import { dirname, extname, resolve } from 'node:path';
import type { ByteSink } from '../bounce/sound-file.js';
import { Failure } from '../core/failure.js';

export type OutputFormat = 'wav' | 'flac';

/** Where a command's sound goes: known to be possible before anything is drawn. */
export interface OutputTarget {
  /** As it was said. */
  readonly name: string;
  readonly path: string;
  readonly format: OutputFormat;
  /** A FIFO or a device is written into, as the bytes come; a plain file comes into sight whole. */
  readonly kind: 'file' | 'stream';
}

const formats: Readonly<Record<string, OutputFormat>> = { '.wav': 'wav', '.wave': 'wav', '.flac': 'flac' };

/**
 * Finds out whether a file can be written, and makes its folder. `inputs` are files that are read meanwhile.
 * @throws Failure `usage` that says why it cannot, or should not
 */
export async function checkOutput(name: string, inputs: readonly string[]): Promise<OutputTarget> {
  const there = await stat(name).catch(() => undefined);
  if (there?.isDirectory()) throw new Failure('usage', `${name} is a folder: name a file in it, such as take.wav.`);
  if (there?.isFIFO() || there?.isCharacterDevice()) {
    if (extname(name).toLowerCase() === '.flac') {
      throw new Failure('usage', `${name} is no plain file, and FLAC needs one: its head is written last.`);
    }
    return { name, path: resolve(name), format: 'wav', kind: 'stream' };
  }
  if (there !== undefined && !there.isFile()) {
    throw new Failure('usage', `${name} is neither a file nor a FIFO: name another output.`);
  }
  const format = formats[extname(name).toLowerCase()];
  if (format === undefined) throw new Failure('usage', `${name} must end in .wav or .flac, which says what it holds.`);
  if (there === undefined && (await lstat(name).catch(() => undefined)) !== undefined) {
    throw new Failure('usage', `${name} is a link to nothing: name another output.`);
  }
  // A link stays; what it leads to is replaced.
  const path = there === undefined ? resolve(name) : await realpath(name);
  if (there !== undefined) await refuseInputs(name, there, inputs);
  await mkdir(dirname(path), { recursive: true })
    .then(() => access(dirname(path), constants.W_OK))
    .then(() => (there === undefined ? undefined : access(path, constants.W_OK)))
    .catch((cause: unknown) => {
      throw new Failure('usage', `${name} cannot be written${reasonOf(cause)}.`, cause);
    });
  return { name, path, format, kind: 'file' };
}

/** Makes the folder that records go into. @throws Failure `usage` where it cannot be one */
export async function checkRecordFolder(name: string): Promise<void> {
  await mkdir(name, { recursive: true })
    .then(() => access(name, constants.W_OK))
    .catch((cause: unknown) => {
      throw new Failure('usage', `No record can be written into ${name}${reasonOf(cause)}.`, cause);
    });
}

async function refuseInputs(name: string, there: Stats, inputs: readonly string[]): Promise<void> {
  for (const input of inputs) {
    const read = await stat(input).catch(() => undefined);
    if (read?.dev === there.dev && read.ino === there.ino) {
      throw new Failure('usage', `${name} is what is read: name another output.`);
    }
  }
}

/**
 * Writes an output: a file under another name, which it loses when it is whole, so that half a render never looks like one.
 * @throws Failure `usage` where it cannot be begun, `exhausted` where there is no room
 */
export async function writeOutput(
  { name, path, kind }: OutputTarget,
  produce: (sink: ByteSink) => Promise<void>,
): Promise<void> {
  const written = kind === 'stream' ? path : `${path}.${process.pid}.part`;
  const file = await open(written, kind === 'stream' ? constants.O_WRONLY : 'w').catch((cause: unknown) => {
    throw new Failure('usage', `${name} cannot be written${reasonOf(cause)}.`, cause);
  });
  try {
    await produce(sinkOf(file, name));
    await file.close();
    if (kind === 'file') await rename(written, path);
  } catch (thrown) {
    await file.close().catch(() => {});
    if (kind === 'file') await rm(written, { force: true });
    throw explained(thrown, name);
  }
}

function sinkOf(file: FileHandle, name: string): ByteSink {
  const explaining = (thrown: unknown) => {
    throw explained(thrown, name);
  };
  return {
    append: (bytes) => file.writeFile(bytes).catch(explaining),
    async overwrite(offset, bytes) {
      await file.write(bytes, 0, bytes.length, offset).catch(explaining);
    },
  };
}

function explained(thrown: unknown, name: string): unknown {
  const code = codeOf(thrown);
  if (code === undefined) return thrown;
  if (code === 'ENOSPC' || code === 'EDQUOT') {
    return new Failure('exhausted', `There is no room left for ${name}: make some, and render again.`, thrown);
  }
  if (code === 'EPIPE') return new Failure('unavailable', `Nobody reads ${name} any more.`, thrown);
  return new Failure('unavailable', `${name} cannot be written${reasonOf(thrown)}.`, thrown);
}

function codeOf(thrown: unknown): string | undefined {
  if (thrown instanceof Failure || !(thrown instanceof Error)) return undefined;
  return 'code' in thrown && typeof thrown.code === 'string' ? thrown.code : undefined;
}

function reasonOf(thrown: unknown): string {
  const code = codeOf(thrown);
  const words: Readonly<Record<string, string>> = {
    EACCES: 'it may not be',
    EPERM: 'it may not be',
    EROFS: 'its disk is read-only',
    ENOTDIR: 'what should be a folder is a file',
    EEXIST: 'what should be a folder is a file',
    ENAMETOOLONG: 'its name is too long',
  };
  return code === undefined ? '' : ` (${words[code] ?? code})`;
}
