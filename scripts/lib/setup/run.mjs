import { spawnSync } from 'node:child_process';
import { runProcess } from '../process.mjs';
import { SetupFailure } from './missing.mjs';

/** Half an hour: a first build on a slow machine and network. */
const timeoutMillis = 30 * 60_000;
const linesShown = 12;

/**
 * Runs one step. Says what it does, shows that it goes on, and its last lines when it fails.
 *
 * @param {string} what @param {string} command @param {string[]} args @param {string} cwd
 * @param {Record<string, string | undefined>} [env]
 */
export async function runVisibly(what, command, args, cwd, env = process.env) {
  const started = Date.now();
  const seconds = () => `${Math.round((Date.now() - started) / 1000)} s`;
  console.log(`setup: ${what} …`);
  const alive = setInterval(() => {
    if (process.stdout.isTTY) process.stdout.write(`\r       ${seconds()} `);
  }, 1000);
  try {
    const { code, signal, lines } = await runProcess(command, args, { cwd, env, timeoutMillis });
    if (process.stdout.isTTY) process.stdout.write('\r');
    if (code !== 0) {
      for (const line of lines.slice(-linesShown)) console.error(`       ${line}`);
      throw new SetupFailure(`${command} ${args[0]} failed (${signal ?? `exit ${code}`}); its last lines are above.`);
    }
    console.log(`       done in ${seconds()}`);
  } finally {
    clearInterval(alive);
  }
}

/** What a command prints, or undefined where it is not there or fails. @param {string} command @param {string[]} args */
export function ask(command, args) {
  const asked = spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' } });
  return asked.status === 0 ? asked.stdout : undefined;
}
