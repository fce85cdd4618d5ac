import { startProcess } from '../process.mjs';
import type { ArdourHome } from './home.js';

export interface LuaOptions {
  /** The word that the script prints when its work is done. What happens afterwards, Ardour leaving, decides nothing. */
  readonly until: string;
  readonly timeoutMillis: number;
  readonly onSaid?: (words: readonly string[]) => void;
}

/** Ardour sometimes aborts or hangs while it leaves; it gets this long. */
const leavingMillis = 8000;

/** A script that did not come to its end. */
export class ScriptFailure extends Error {
  /** True when it hung or crashed, and did not say what was wrong: another try may go well. */
  readonly fell: boolean;

  constructor(message: string, fell: boolean) {
    super(message);
    this.fell = fell;
  }
}

/**
 * Runs one of our scripts in Ardour without a screen, and returns what it said: lines that begin with `simmer`, by words.
 *
 * @throws ScriptFailure with the last words when it fails or takes too long
 */
export async function runLua(
  home: ArdourHome,
  script: string,
  args: readonly string[],
  { until, timeoutMillis, onSaid }: LuaOptions,
): Promise<string[][]> {
  const said: string[][] = [];
  const heard: string[] = [];
  let reached = false;
  let hung = false;
  const stop = () => process_.signal('SIGKILL');
  const giveUp = () => {
    hung = !reached;
    stop();
  };
  const process_ = startProcess(home.tools.lua, [script, ...args], {
    env: home.env,
    onLine: (line) => {
      heard.push(line);
      const words = line.split(/\s+/);
      if (words[0] !== 'simmer') return;
      said.push(words.slice(1));
      onSaid?.(words.slice(1));
      if (words[1] !== until || reached) return;
      reached = true;
      clearTimeout(timer);
      timer = setTimeout(giveUp, leavingMillis);
    },
  });
  let timer = setTimeout(giveUp, timeoutMillis);
  const { code, signal } = await process_.exited;
  clearTimeout(timer);
  if (reached) return said;
  const how = hung ? `was ended after ${timeoutMillis / 1000} s` : (signal ?? `exit ${code}`);
  throw new ScriptFailure(
    `Ardour's script ${script} failed (${how}): ${heard.slice(-4).join(' | ')}`,
    hung || signal !== null,
  );
}

export interface Patience {
  /**
   * How often a script that hung or crashed is run again. Ardour 7.3 does either now and then, with and without a plugin
   * of ours: its PortExportChannel writes past the end of its buffer, and the delay line of a Send can loop for ever in
   * a latency update, holding the lock that everything else then waits for.
   */
  readonly retries?: number;
  readonly onRetry?: (why: string) => void;
}

/** Does something with a script, and again where Ardour fell without a word. */
export async function patiently<Result>(
  { retries = 2, onRetry = (why) => console.warn(`Ardour crashed and is run again: ${why}`) }: Patience,
  attempt: () => Promise<Result>,
): Promise<Result> {
  for (let failures = 0; ; failures += 1) {
    try {
      return await attempt();
    } catch (thrown) {
      if (!(thrown instanceof ScriptFailure) || !thrown.fell || failures >= retries) throw thrown;
      onRetry(thrown.message);
    }
  }
}
