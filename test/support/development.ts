import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import { createInterface } from 'node:readline';
import { root, temporaryFolder } from './service-process.js';

const parts = [
  'service',
  'plugin-ui',
  'proto',
  'kernel',
  // What the set-up of tests looks at.
  'native-shim',
  'scripts',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
];
const patienceMillis = 180_000;
const made = new Set(['node_modules', 'dist', 'target', '.venv']);

/** A checkout of its own, whose files a test may change: the sources of service and page, and our packages. */
export function scratchCheckout(): string {
  const checkout = temporaryFolder();
  for (const part of parts) {
    cpSync(join(root, part), join(checkout, part), {
      recursive: true,
      filter: (from) => !made.has(basename(from)),
    });
  }
  symlinkSync(join(root, 'node_modules'), join(checkout, 'node_modules'));
  return checkout;
}

/** `npm run dev` in a checkout, as a person starts it and reads it. */
export class Development {
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #read = 0;
  readonly #exited: Promise<unknown>;

  constructor(checkout: string, args: readonly string[]) {
    const runtime = join(checkout, 'runtime');
    if (!existsSync(runtime)) mkdirSync(runtime, { mode: 0o700 });
    this.#child = spawn(process.execPath, [join(checkout, 'scripts', 'dev.mjs'), '--port', '0', ...args], {
      cwd: checkout,
      env: { ...process.env, SIMMER_RUNTIME_DIR: runtime },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#exited = once(this.#child, 'exit');
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream !== null) createInterface({ input: stream }).on('line', (line) => this.#lines.push(line));
    }
  }

  /**
   * The next line that matches, from the one that was found last on.
   * @throws Error with all lines when it has ended, or has had far more time than it needs
   */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (const began = Date.now(); ; ) {
      for (; this.#read < this.#lines.length; ) {
        const found = pattern.exec(this.#lines[this.#read++] ?? '');
        if (found !== null) return found;
      }
      if (this.#child.exitCode !== null || Date.now() - began > patienceMillis) {
        throw new Error(`It has not said ${pattern}:\n${this.#lines.join('\n')}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ctrl-C. Resolves to the exit code. */
  async interrupt(): Promise<number | null> {
    this.#child.kill('SIGINT');
    await this.#exited;
    return this.#child.exitCode;
  }
}
