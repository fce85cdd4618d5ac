import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from './folders.js';
import { runProcess, sleep, startProcess } from './process.mjs';

export const simmerProgram = join(repository, 'service', 'bin', 'simmer.js');

export interface ServiceOptions {
  readonly runtimeFolder: string;
  /** Where what was drawn is recorded; undefined: nowhere. */
  readonly recordFolder?: string;
  readonly model?: string;
  readonly models?: string;
  readonly extra?: readonly string[];
  readonly onLine?: (line: string) => void;
}

export interface RunningService {
  readonly pid: number;
  readonly pageUrl: string;
  /** Ends it in good order: what it records is on disk then. */
  stop(): Promise<void>;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Stops and continues it as a machine that is too busy would. */
  freeze(millis: number): Promise<void>;
}

/** Starts `simmer serve` and waits until it is ready. @throws Error with its last words when it is not */
export async function startService(options: ServiceOptions): Promise<RunningService> {
  const { runtimeFolder, recordFolder, model, models, extra = [], onLine } = options;
  mkdirSync(runtimeFolder, { recursive: true, mode: 0o700 });
  const args = ['serve', '--json', '--runtime-dir', runtimeFolder, ...extra];
  if (recordFolder !== undefined) args.push('--record', recordFolder);
  if (model !== undefined) args.push('--model', model);
  if (models !== undefined) args.push('--models', models);
  const heard: string[] = [];
  let tellReady: (line: string) => void = () => {};
  const ready = new Promise<string>((resolve) => {
    tellReady = resolve;
  });
  const service = startProcess(process.execPath, [simmerProgram, ...args], {
    onLine: (line, from) => {
      heard.push(line);
      if (from === 'stdout') tellReady(line);
      else onLine?.(line);
    },
  });
  const died = service.exited.then(() => undefined);
  const tooLate = setTimeout(() => service.signal('SIGKILL'), 60_000);
  const line = await Promise.race([ready, died]);
  clearTimeout(tooLate);
  if (line === undefined) {
    await service.stop();
    throw new Error(`The service did not start: ${heard.slice(-3).join(' | ') || 'no word'}`);
  }
  const { pid, page } = JSON.parse(line) as { pid: number; page: string };
  return {
    pid,
    pageUrl: page,
    stop: () => service.stop(15_000),
    kill: async () => {
      service.signal('SIGKILL');
      await service.exited;
    },
    freeze: async (millis) => {
      service.signal('SIGSTOP');
      await sleep(millis);
      service.signal('SIGCONT');
    },
  };
}

/** Runs `simmer render` with these arguments. @throws Error with its last words */
export async function renderWithoutHost(args: readonly string[], timeoutMillis = 300_000): Promise<string[]> {
  const { code, signal, lines, timedOut } = await runProcess(process.execPath, [simmerProgram, 'render', ...args], {
    timeoutMillis,
  });
  if (code === 0) return lines;
  throw new Error(
    `simmer render failed (${timedOut ? 'too slow' : (signal ?? `exit ${code}`)}): ${lines.slice(-3).join(' | ')}`,
  );
}
