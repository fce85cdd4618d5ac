import { runProcess, startProcess } from '../process.mjs';

/** @typedef {{ page: string, grpc?: string, scenes?: string[] }} Told */

const buildMillisMax = 5 * 60_000;
/** Of what a failed build says: the first errors are the cause of the others. */
const linesShown = 30;

/**
 * Builds a source and keeps it running: after a change that builds, a new process takes the place of the old one; after
 * one that does not, the old one goes on.
 */
export class Supervisor {
  /** Where what runs answers, the cookie that opens it, and its scenes; undefined while nothing runs. @type {Target | undefined} */
  target;
  /** Called when a new process is ready. */
  onStarted = () => {};
  #source;
  #root;
  #say;
  /** @type {ReturnType<typeof startProcess> | undefined} */
  #process;
  #wanted = false;
  #busy = false;

  /** @typedef {{ port: number, cookie: string | undefined, scenes: string[] }} Target */

  /** @param {import('./sources.mjs').Source} source @param {string} root @param {(line: string) => void} say */
  constructor(source, root, say) {
    this.#source = source;
    this.#root = root;
    this.#say = say;
  }

  /** Builds and starts anew; a change that comes meanwhile makes it do so once more. */
  renew() {
    this.#wanted = true;
    if (!this.#busy) void this.#work();
  }

  async #work() {
    this.#busy = true;
    while (this.#wanted) {
      this.#wanted = false;
      // What came in the meantime would be built too late for what starts now.
      if ((await this.#build()) && !this.#wanted) await this.#restart();
    }
    this.#busy = false;
  }

  async #build() {
    const started = performance.now();
    const options = { cwd: this.#root, timeoutMillis: buildMillisMax };
    const commands = this.#source.build();
    for (const [command, ...args] of commands) {
      const { code, lines } = await runProcess(programOf(command), args, options);
      if (code === 0) continue;
      for (const line of lines.slice(0, linesShown)) this.#say(`error     ${line}`);
      const state = this.#process === undefined ? 'nothing runs' : 'what ran before goes on';
      this.#say(`build     failed: ${state}, and the next save tries again`);
      return false;
    }
    if (commands.length > 0) this.#say(`build     done in ${((performance.now() - started) / 1000).toFixed(1)} s`);
    return true;
  }

  async #restart() {
    const { name, start } = this.#source;
    const old = this.#process;
    this.#process = undefined;
    this.target = undefined;
    await old?.stop();
    const [command, ...args] = start;
    /** @type {(ready: boolean) => void} */
    let settle = () => {};
    const ready = new Promise((resolve) => {
      settle = resolve;
    });
    const started = startProcess(programOf(command), args, {
      cwd: this.#root,
      onLine: (line, from) => {
        const told = from === 'stdout' ? readyLine(line) : undefined;
        if (told === undefined) this.#say(`${name.padEnd(9)} ${line}`);
        else void this.#open(told, started.pid).then(settle);
      },
    });
    this.#process = started;
    void started.exited
      .then(({ code, signal }) => {
        settle(false);
        if (this.#process !== started) return;
        this.#process = undefined;
        this.target = undefined;
        this.#say(`${name.padEnd(9)} ended (${signal ?? `exit ${code}`}); the next save starts it again`);
      })
      .catch((thrown) => this.#say(String(thrown)));
    if (await ready) this.onStarted();
  }

  /** @param {Told} told @param {number} pid */
  async #open({ page, grpc, scenes = [] }, pid) {
    const url = new URL(page);
    // The key of the address is good for a cookie.
    const answer = await fetch(url, { redirect: 'manual' });
    const cookie = url.searchParams.has('token') ? answer.headers.get('set-cookie')?.split(';')[0] : undefined;
    this.target = { port: Number(url.port), cookie, scenes };
    this.#say(`${this.#source.name.padEnd(9)} runs, process ${pid}${grpc === undefined ? '' : `, gRPC on ${grpc}`}`);
    return true;
  }
}

/** @param {string | undefined} command */
const programOf = (command) => (command === 'node' || command === undefined ? process.execPath : command);

/** @param {string} line @returns {Told | undefined} */
function readyLine(line) {
  try {
    const told = JSON.parse(line);
    return typeof told?.page === 'string' ? told : undefined;
  } catch {
    return undefined;
  }
}
