import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { playedModelOptions } from './played-model.js';

export const root = join(import.meta.dirname, '../..');
export const simmerProgram = join(root, 'service/bin/simmer.js');

export interface Discovery {
  readonly version: number;
  readonly pid: number;
  readonly grpc: string;
  readonly page: string;
  readonly token: string;
}

/** A `simmer serve` of its own, in a process of its own, with a runtime folder that goes away with it. */
export class ServiceProcess {
  readonly discovery: Discovery;
  readonly discoveryFile: string;
  readonly #child: ChildProcess;
  readonly #stderr: string[];

  private constructor(child: ChildProcess, discoveryFile: string, stderr: string[]) {
    this.#child = child;
    this.discoveryFile = discoveryFile;
    this.discovery = JSON.parse(readFileSync(discoveryFile, 'utf8')) as Discovery;
    this.#stderr = stderr;
  }

  static async start(args: readonly string[] = [], runtimeDir?: string): Promise<ServiceProcess> {
    const folder = runtimeDir ?? temporaryFolder();
    const child = spawn(
      process.execPath,
      [simmerProgram, 'serve', '--json', ...playedModelOptions, '--runtime-dir', folder, ...args],
      { stdio: ['ignore', 'pipe', 'pipe'] },
    );
    const stderr: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => stderr.push(line));
    const lines = createInterface({ input: child.stdout });
    const first = await Promise.race([
      once(lines, 'line').then(([line]) => String(line)),
      once(child, 'exit').then(() => {
        throw new Error(`simmer serve ended: ${stderr.join('\n')}`);
      }),
    ]);
    const told = JSON.parse(first) as { discoveryFile: string };
    return new ServiceProcess(child, told.discoveryFile, stderr);
  }

  get pid(): number {
    return this.discovery.pid;
  }

  get stderr(): string {
    return this.#stderr.join('\n');
  }

  get running(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Ends it with a signal and resolves to its exit code (null when the signal killed it). */
  /** Lets the process stand still for so long, as a machine does that has no time for it. */
  async freeze(millis: number): Promise<void> {
    this.#child.kill('SIGSTOP');
    await sleep(millis);
    this.#child.kill('SIGCONT');
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.running) {
      const exited = once(this.#child, 'exit');
      this.#child.kill(signal);
      await exited;
    }
    return this.#child.exitCode;
  }
}

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder that goes away when the tests end. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'simmer-test-'));
  folders.push(folder);
  return folder;
}

/** Runs `simmer` to its end. */
export async function runSimmer(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const env = { ...process.env, ...environment };
  const child = spawn(process.execPath, [simmerProgram, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (text) => {
    stdout += String(text);
  });
  child.stderr.on('data', (text) => {
    stderr += String(text);
  });
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}
