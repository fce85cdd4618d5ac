import { spawn } from 'node:child_process';
import { delimiter } from 'node:path';
import { createInterface } from 'node:readline';
import { Failure, printable } from '../../core/failure.js';
import { type EventOf, parseTrainingEvent, type TrainingEvent } from './training-events.js';

/** Lines of what the program said last, for the message when it fails. */
const lastWordsLines = 30;

export interface TrainingProcessOptions {
  readonly python: string;
  /** The folder of the Python package. */
  readonly trainingFolder: string;
  readonly args: readonly string[];
  readonly signal: AbortSignal;
  readonly onEvent: (event: TrainingEvent) => void;
}

/**
 * Runs the Python side to its end. When `signal` aborts it is asked to save and stop; should this process be killed, it
 * notices by itself. Resolves to what it ended with: `done`, `interrupted`, or undefined where it was only to check.
 * @throws Failure with the code and words it ended with, or `internal` with its last words
 */
export async function runTrainingProcess(
  options: TrainingProcessOptions,
): Promise<EventOf<'done'> | EventOf<'interrupted'> | undefined> {
  const { python, trainingFolder, args, signal, onEvent } = options;
  const earlier = process.env.PYTHONPATH;
  const child = spawn(python, ['-m', 'simmer_training.own_song', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    // In a group of its own a Ctrl-C of the terminal reaches it once, through us.
    detached: process.platform !== 'win32',
    env: {
      ...process.env,
      PYTHONPATH: earlier ? `${trainingFolder}${delimiter}${earlier}` : trainingFolder,
      PYTHONDONTWRITEBYTECODE: '1',
      PYTHONUTF8: '1',
    },
  });
  let ending: EventOf<'done'> | EventOf<'interrupted'> | undefined;
  let failed: Failure | undefined;
  const words: string[] = [];
  const stop = () => void child.kill('SIGTERM');
  signal.addEventListener('abort', stop);
  const outLines = createInterface({ input: child.stdout });
  outLines.on('line', (line) => {
    try {
      const event = parseTrainingEvent(line);
      if (event.event === 'failed') failed = new Failure(event.code, event.message);
      else if (event.event === 'done' || event.event === 'interrupted') ending = event;
      onEvent(event);
    } catch (thrown) {
      failed ??= Failure.from(thrown);
      stop();
    }
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    words.push(line);
    if (words.length > lastWordsLines) words.shift();
  });
  try {
    if (signal.aborted) stop();
    const code = await new Promise<number | string>((resolve, reject) => {
      child.on('error', (cause) => reject(new Failure('usage', `${python} cannot be started.`, cause)));
      child.on('close', (exit, killedBy) => resolve(exit ?? killedBy ?? 'unknown'));
    });
    if (failed !== undefined) throw failed;
    if (code === 0) return ending;
    if (signal.aborted) throw new Failure('cancelled', 'Interrupted.');
    const last = printable(words.filter((line) => line.trim() !== '').at(-1) ?? 'it said nothing', 300);
    const memory = code === 'SIGKILL' ? ' (out of memory? Give it fewer or shorter files, or a smaller --size.)' : '';
    const goesOn = 'The same command goes on from the last checkpoint.';
    throw new Failure('internal', `The training ended unexpectedly (${code}): ${last}${memory} ${goesOn}`);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
