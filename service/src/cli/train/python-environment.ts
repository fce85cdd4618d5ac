import { spawn, spawnSync } from 'node:child_process';
import { constants } from 'node:fs';
import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { Failure, printable } from '../../core/failure.js';
import { torchSource } from './torch-source.js';

export interface PythonEnvironmentOptions {
  /** $SIMMER_TRAINING_PYTHON: a Python that has everything; nothing is installed then. */
  readonly ownPython: string | undefined;
  /** training/ of the package. */
  readonly trainingFolder: string;
  /** Where the environment goes if training/ cannot be written. */
  readonly cacheFolder: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

const lackSchema = z.object({ python: z.string(), missing: z.array(z.string()) });

/**
 * A Python that has what training needs: one that was named, or an environment of our own, made on first use.
 * @throws Failure saying what is missing and how to get it
 */
export async function ensurePython(options: PythonEnvironmentOptions): Promise<string> {
  const { ownPython, trainingFolder, say } = options;
  if (ownPython !== undefined && ownPython !== '') {
    const missing = lacks(ownPython, trainingFolder);
    if (missing?.length === 0) return ownPython;
    const what = missing === undefined ? 'is no Python 3.11 or newer that starts' : `lacks ${missing.join(', ')}`;
    throw new Failure('usage', `SIMMER_TRAINING_PYTHON (${ownPython}) ${what}.`);
  }
  const folder = join(await writableFolder(options), '.venv');
  const python = join(folder, ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const missing = lacks(python, trainingFolder);
  if (missing?.length === 0) return python;
  const source = torchSource(process.platform, succeeds('nvidia-smi', ['-L']));
  say(`Training needs Python packages. They are installed once, into ${folder}:`);
  say(`${source.what}, ONNX and SciPy, about ${source.gigabytes} GB. Nothing else on this machine changes.`);
  const withUv = succeeds('uv', ['--version']);
  if (missing === undefined) await makeEnvironment(folder, withUv, options);
  const wanted = lacks(python, trainingFolder) ?? [];
  const install = withUv
    ? { command: 'uv', args: ['pip', 'install', '--python', python] }
    : { command: python, args: ['-m', 'pip', 'install', '--disable-pip-version-check', '--progress-bar', 'off'] };
  const torch = wanted.find((name) => name.startsWith('torch=='));
  if (torch !== undefined && source.index !== undefined) {
    const fromIndex = [...install.args, torch, '--index-url', source.index];
    const failed = await step(`Installing ${source.what}`, install.command, fromIndex, options);
    if (failed !== undefined) say('PyTorch’s own index cannot be reached. The usual one has a larger build (5 GB).');
  }
  const rest = lacks(python, trainingFolder) ?? wanted;
  if (rest.length > 0) {
    const failed = await step(`Installing ${rest.join(', ')}`, install.command, [...install.args, ...rest], options);
    if (failed !== undefined) throw notInstalled(failed);
  }
  const still = lacks(python, trainingFolder);
  if (still === undefined || still.length > 0) throw notInstalled(`${still?.join(', ') ?? 'Python'} is not there`);
  return python;
}

function notInstalled(why: string): Failure {
  const what = 'Look at the network and the free room on the disk, and run the same command again: it goes on.';
  return new Failure('unavailable', `The packages for training could not be installed: ${why} ${what}`);
}

/** training/ itself in a checkout of one's own, else the user's cache. */
async function writableFolder({ trainingFolder, cacheFolder }: PythonEnvironmentOptions): Promise<string> {
  try {
    await access(trainingFolder, constants.W_OK);
    return trainingFolder;
  } catch {
    const folder = join(cacheFolder, 'training');
    await mkdir(folder, { recursive: true });
    return folder;
  }
}

async function makeEnvironment(folder: string, withUv: boolean, options: PythonEnvironmentOptions): Promise<void> {
  if (withUv) {
    const failed = await step('Making it', 'uv', ['venv', '--clear', '--python', '>=3.11', folder], options);
    if (failed === undefined) return;
    throw notInstalled(failed);
  }
  const names = process.platform === 'win32' ? ['py', 'python'] : ['python3', 'python3.13', 'python3.12', 'python3.11'];
  const fit = ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'];
  const system = names.find((name) => succeeds(name, fit));
  if (system === undefined) {
    const how = 'On Debian and Ubuntu: sudo apt-get install python3 python3-venv. Elsewhere: https://docs.astral.sh/uv';
    throw new Failure('usage', `Training needs Python 3.11 or newer with venv, or uv, and there is neither. ${how}`);
  }
  const failed = await step('Making it', system, ['-m', 'venv', '--clear', folder], options);
  if (failed !== undefined) throw notInstalled(failed);
}

/** What a Python lacks of the packages that training names; undefined: it does not start, or is too old. */
function lacks(python: string, trainingFolder: string): string[] | undefined {
  const script = join(trainingFolder, 'simmer_training', 'own_song', 'environment.py');
  const asked = spawnSync(python, [script, join(trainingFolder, 'pyproject.toml')], { encoding: 'utf8' });
  if (asked.status !== 0) return undefined;
  return lackSchema.parse(JSON.parse(asked.stdout)).missing;
}

function succeeds(command: string, args: readonly string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}

/** Runs one step; resolves to its last words where it fails. @throws Failure `cancelled` */
async function step(
  what: string,
  command: string,
  args: readonly string[],
  { say, signal }: PythonEnvironmentOptions,
): Promise<string | undefined> {
  say(`${what} …`);
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'], signal });
  let last = '';
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      if (line.trim() !== '') last = line.trim();
    });
  }
  const code = await new Promise<number | null>((resolve) => {
    child.on('error', () => resolve(null));
    child.on('close', resolve);
  });
  if (signal.aborted) throw new Failure('cancelled', 'Interrupted.');
  return code === 0 ? undefined : `${printable(last || `${command} cannot be started`, 300)}.`;
}
