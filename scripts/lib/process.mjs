/**
 * Child processes that never outlive us: each is the leader of a process group of its own, and the group ends with its
 * leader, with a timeout, with an interruption and with this process.
 *
 * Plain JavaScript, because setup runs it before anything is installed or built.
 */
import { spawn } from 'node:child_process';

/**
 * @typedef {{ code: number | null, signal: string | null }} Exit
 * @typedef {object} StartOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] The whole environment; by default this process's.
 * @property {(line: string, from: 'stdout' | 'stderr') => void} [onLine] Gets every line; without it output is dropped.
 * @property {boolean} [attached] Stay in our group and on our terminal (a password may be asked for).
 */

/** What runs, as process.kill() takes it: a negative group, or an attached process. One list, however often this is loaded. */
const stateKey = Symbol.for('simmer.processes');
/** @type {{ running: Set<number>, handled: boolean, ending: boolean }} */
const state = globalThis[stateKey] ?? { running: new Set(), handled: false, ending: false };
globalThis[stateKey] = state;
const { running } = state;

/** @param {number} target @param {NodeJS.Signals} signal */
function send(target, signal) {
  try {
    process.kill(target, signal);
  } catch {
    // It is gone.
  }
}

/** @param {number} millis @returns {Promise<void>} */
export const sleep = (millis) => new Promise((resolve) => setTimeout(resolve, millis));

/**
 * Starts a process in a group of its own.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {StartOptions} [options]
 */
export function startProcess(command, args, { cwd, env, onLine, attached = false } = {}) {
  if (state.ending) return nothing;
  const child = spawn(command, [...args], {
    cwd,
    env: env ?? process.env,
    detached: !attached,
    stdio: attached ? 'inherit' : ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  const target = pid === undefined ? undefined : attached ? pid : -pid;
  if (target !== undefined) running.add(target);
  if (child.stdout) splitLines(child.stdout, (line) => onLine?.(line, 'stdout'));
  if (child.stderr) splitLines(child.stderr, (line) => onLine?.(line, 'stderr'));
  child.on('exit', () => {
    if (target === undefined) return;
    // What the leader of a group left behind goes with it.
    if (!attached) send(target, 'SIGKILL');
    running.delete(target);
  });
  /** @type {Promise<Exit>} */
  const exited = new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new Error(`${command} cannot be started: ${error.message}`)));
    child.on('close', (code, signal) => {
      // Nobody shall take our ending it for its failure, and go on.
      if (!state.ending) resolve({ code, signal });
    });
  });
  // Whoever waits for it learns of a failure; that nobody waits yet is no reason to die.
  exited.catch(() => {});
  return {
    pid: pid ?? -1,
    exited,
    /** @param {NodeJS.Signals} signal */
    signal(signal) {
      if (target !== undefined && running.has(target)) send(target, signal);
    },
    /** Asks it to end, and after `graceMillis` makes it. */
    async stop(graceMillis = 5000) {
      this.signal('SIGTERM');
      const killing = setTimeout(() => this.signal('SIGKILL'), graceMillis);
      await exited.catch(() => {});
      clearTimeout(killing);
    },
  };
}

/** What starts while everything ends: it never comes to its end, and neither does who waits for it. */
const nothing = {
  pid: -1,
  /** @type {Promise<Exit>} */
  exited: new Promise(() => {}),
  /** @param {NodeJS.Signals} _signal */
  signal(_signal) {},
  async stop() {},
};

/**
 * Runs a process to its end, or to `timeoutMillis`, when its whole group is killed.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {StartOptions & { timeoutMillis: number }} options
 * @returns {Promise<Exit & { timedOut: boolean, lines: string[] }>}
 */
export async function runProcess(command, args, { timeoutMillis, onLine, ...options }) {
  /** @type {string[]} */
  const lines = [];
  const child = startProcess(command, args, {
    ...options,
    onLine: (line, from) => {
      lines.push(line);
      onLine?.(line, from);
    },
  });
  let timedOut = false;
  const timer = setTimeout(() => {
    timedOut = true;
    child.signal('SIGKILL');
  }, timeoutMillis);
  try {
    return { ...(await child.exited), timedOut, lines };
  } finally {
    clearTimeout(timer);
  }
}

/** @param {import('node:stream').Readable} stream @param {(line: string) => void} onLine */
function splitLines(stream, onLine) {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (/** @type {string} */ text) => {
    const lines = (rest + text).split(/\r\n|\n|\r/);
    rest = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
  });
  stream.on('end', () => {
    if (rest !== '') onLine(rest);
  });
}

/** Ends everything that is running: asks first. @param {number} [graceMillis] */
export async function stopAllProcesses(graceMillis = 4000) {
  for (const target of running) send(target, 'SIGTERM');
  const deadline = Date.now() + graceMillis;
  while (running.size > 0 && Date.now() < deadline) await sleep(50);
  for (const target of running) send(target, 'SIGKILL');
  while (running.size > 0 && Date.now() < deadline + 1000) await sleep(20);
}

/** From here on nothing that we started stays behind, however this process ends (but for SIGKILL). */
export function endProcessesWithUs() {
  if (state.handled) return;
  state.handled = true;
  for (const [signal, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])) {
    process.on(signal, () => {
      if (state.ending) return;
      state.ending = true;
      if (signal === 'SIGINT') process.stderr.write('\nInterrupted: ending what was started.\n');
      void stopAllProcesses().then(() => process.exit(code));
    });
  }
  process.on('exit', () => {
    for (const target of running) send(target, 'SIGKILL');
  });
}
