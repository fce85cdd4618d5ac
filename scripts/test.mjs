// The tests, in two tiers (scripts/lib/testing/stages.mjs says what is in which).
//
//   npm test                         what every commit runs
//   npm run test:full                everything else
//   node scripts/test.mjs --all      both, as CI does
//
//   npm test -- unit host            these stages only
//   npm test -- --without page       all but these
//
// Ends with a line of how many tests passed and failed; out/test-times.json says how long each file took.
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { endProcessesWithUs, runProcess } from './lib/process.mjs';
import { Turns } from './lib/testing/output.mjs';
import { Report } from './lib/testing/report.mjs';
import { readResults } from './lib/testing/results.mjs';
import { schedule } from './lib/testing/schedule.mjs';
import { resultsFolder, root } from './lib/testing/stages.mjs';
import { commandsWanted, UnknownStage } from './lib/testing/wish.mjs';

/** Longer than any command takes, on a slow machine too. */
const timeoutMillis = 40 * 60_000;
/** Most commands keep one processor busy. */
const sideBySideMax = Math.min(4, Math.max(1, availableParallelism()));

const environment = {
  ...process.env,
  NO_COLOR: '1',
  FORCE_COLOR: '0',
  CARGO_TERM_COLOR: 'never',
  CI: 'true',
  // The set-up has built what the tests start: no project of vitest builds it once more.
  SIMMER_TESTS_BUILT: '1',
};

/** @param {readonly string[]} args */
function readArguments(args) {
  try {
    return commandsWanted(args);
  } catch (thrown) {
    if (!(thrown instanceof UnknownStage)) throw thrown;
    console.error(`test: ${thrown.message}`);
    process.exit(2);
  }
}

const args = process.argv.slice(2);
const { commands, elsewhere } = readArguments(args);
if (elsewhere.length > 0) console.log(`test: this tier has nothing of ${elsewhere.join(', ')}: the other is run`);
endProcessesWithUs();
const setUp = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs'), '--for', 'test', ...args], {
  stdio: 'inherit',
});
if (setUp.status !== 0) process.exit(1);

rmSync(resultsFolder, { recursive: true, force: true });
mkdirSync(resultsFolder, { recursive: true });
const turns = new Turns((line) => console.log(line));
const report = new Report();

/** @param {import('./lib/testing/stages.mjs').Command} one */
async function runCommand(one) {
  const { command, args, cwd, env, counted, results } = one;
  const { say, end } = turns.join();
  const title = `${one.stage}: ${[command, ...args].map((word) => word.replace(`${root}/`, '')).join(' ')}`;
  say(`\n── ${title}`);
  const started = performance.now();
  const ended = await runProcess(command, args, {
    cwd,
    env: { ...environment, ...env, ...(results && { SIMMER_TEST_RESULTS: results }) },
    timeoutMillis,
    onLine: say,
  }).catch((thrown) => ({ code: null, signal: null, timedOut: false, lines: [String(thrown)] }));
  const seconds = (performance.now() - started) / 1000;
  const files = counted === undefined ? [] : readResults(one, ended.lines);
  const how = ended.timedOut ? 'took too long' : `ended with ${ended.code ?? ended.signal ?? ended.lines.at(-1)}`;
  const ranNone = counted !== undefined && files.length === 0;
  const failure = ended.code !== 0 ? `${one.name} ${how}` : ranNone ? `${one.name} ran no test` : undefined;
  say(`── ${one.name}: ${seconds.toFixed(0)} s${failure === undefined ? '' : ', FAILED'}`);
  end();
  report.add(one, { seconds, files, failure, title, lines: ended.lines });
  return failure === undefined;
}

await schedule(commands, {
  room: sideBySideMax,
  run: runCommand,
  giveUp: (one, because) => report.addNotRun(one, because),
});

writeFileSync(join(root, 'out', 'test-times.json'), `${JSON.stringify(report.times(), null, 1)}\n`);
for (const line of report.lines()) console.log(line);
process.exit(report.failed ? 1 : 0);
