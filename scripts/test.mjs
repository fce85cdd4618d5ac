// npm test: everything CI runs, stage by stage.
//
//   npm test                    all stages
//   npm test -- unit ardour     these only
//   npm test -- --without training
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcessesWithUs, runProcess } from './lib/process.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const shim = join(root, 'native-shim');
const training = join(root, 'training');
const python = join(training, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const bin = (name) => join(root, 'node_modules', '.bin', name);

/** A stage is a list of commands; `counts` reads how many tests passed and failed from a command's output. */
const stages = {
  lint: [
    { command: bin('biome'), args: ['check', '.'] },
    { command: bin('tsc'), args: ['-b'] },
    { command: bin('tsc'), args: ['-p', 'plugin-ui', '--noEmit'] },
    {
      command: bin('depcruise'),
      args: ['--config', '.dependency-cruiser.cjs', 'service/src', 'plugin-ui/src', 'test', 'scripts/lib'],
    },
  ],
  shim: [
    { command: 'cargo', args: ['fmt', '--all', '--check'], cwd: shim },
    {
      command: 'cargo',
      args: ['clippy', '--workspace', '--all-targets', '--locked', '--', '-D', 'warnings'],
      cwd: shim,
    },
    { command: 'cargo', args: ['test', '--workspace', '--locked'], cwd: shim, counts: cargoCounts },
    // The real-time guard's positive control: a plugin that allocates and sleeps in process() must be seen.
    {
      command: 'cargo',
      args: ['build', '--locked', '-p', 'simmer-vst3', '--features', 'break-realtime', '--target-dir', 'target/broken'],
      cwd: shim,
    },
    {
      command: 'cargo',
      args: ['test', '--locked', '-p', 'simmer-host', '--test', 'realtime_guard', '--', '--ignored'],
      cwd: shim,
      counts: cargoCounts,
    },
    {
      command: 'cargo',
      args: ['build', '--locked', '-p', 'simmer-clap', '--features', 'break-realtime', '--target-dir', 'target/broken'],
      cwd: shim,
    },
    {
      command: 'cargo',
      args: ['test', '--locked', '-p', 'simmer-clap-host', '--test', 'realtime_guard', '--', '--ignored'],
      cwd: shim,
      counts: cargoCounts,
    },
  ],
  // The built plugin in a host of our own, with the real service.
  host: [
    { command: 'cargo', args: ['build', '--locked', '-p', 'simmer-host'], cwd: shim },
    { command: bin('vitest'), args: ['run', '--project', 'host'], counts: vitestCounts },
  ],
  // The page in Chromium, with the real service, the built plugins in hosts of our own, and invented scenes.
  page: [
    { command: 'cargo', args: ['build', '--locked', '-p', 'simmer-host', '-p', 'simmer-clap-host'], cwd: shim },
    { command: bin('vitest'), args: ['run', '--project', 'page'], counts: vitestCounts },
  ],
  unit: [{ command: bin('vitest'), args: ['run', '--project', 'unit'], counts: vitestCounts }],
  // The kernel in every engine that can be had, and takes, loops and seeks on it.
  kernel: [
    {
      command: bin('vitest'),
      args: ['run', '--project', 'kernel-takes', '--project', 'codes-takes'],
      counts: vitestCounts,
    },
    { command: process.execPath, args: [join(root, 'scripts', 'check-engines.mjs')] },
  ],
  ardour: [{ command: bin('vitest'), args: ['run', '--project', 'ardour'], counts: vitestCounts }],
  'second-host': [{ command: bin('vitest'), args: ['run', '--project', 'second-host'], counts: vitestCounts }],
  training: [
    { command: python, args: ['-m', 'ruff', 'check', '.'], cwd: training },
    { command: python, args: ['-m', 'ruff', 'format', '--check', '.'], cwd: training },
    { command: python, args: ['-m', 'mypy'], cwd: training },
    { command: python, args: ['-m', 'pytest', '-q'], cwd: training, counts: pytestCounts },
    { command: bin('vitest'), args: ['run', '--project', 'train'], counts: vitestCounts },
  ],
};

/** "test result: ok. 12 passed; 0 failed; …", once per test binary. */
function cargoCounts(lines) {
  return sum(lines.map((line) => /^test result: \w+\. (\d+) passed; (\d+) failed/.exec(line)));
}

/** "      Tests  2 failed | 193 passed (195)", with colours off. */
function vitestCounts(lines) {
  const line = lines.find((text) => /^\s*Tests\s/.test(text)) ?? '';
  return { passed: Number(/(\d+) passed/.exec(line)?.[1] ?? 0), failed: Number(/(\d+) failed/.exec(line)?.[1] ?? 0) };
}

/** "3 failed, 21 passed in 12.3s" */
function pytestCounts(lines) {
  const line = lines.findLast((text) => / in [\d.]+s/.test(text)) ?? '';
  return {
    passed: Number(/(\d+) passed/.exec(line)?.[1] ?? 0),
    failed: Number(/(\d+) (failed|error)/.exec(line)?.[1] ?? 0),
  };
}

function sum(matches) {
  const found = matches.filter((match) => match !== null);
  const add = (group) => found.reduce((total, match) => total + Number(match[group]), 0);
  return { passed: add(1), failed: add(2) };
}

function stagesWanted(args) {
  const without = args.includes('--without') ? args.slice(args.indexOf('--without') + 1) : [];
  const named = args.includes('--without') ? args.slice(0, args.indexOf('--without')) : args;
  for (const name of [...named, ...without]) {
    if (!(name in stages)) {
      console.error(`test: there is no stage '${name}'; the stages are ${Object.keys(stages).join(', ')}`);
      process.exit(2);
    }
  }
  return Object.keys(stages).filter((name) => (named.length === 0 || named.includes(name)) && !without.includes(name));
}

const wanted = stagesWanted(process.argv.slice(2));
endProcessesWithUs();
const setUp = spawnSync(process.execPath, [join(root, 'scripts', 'setup.mjs'), '--for', 'test', ...wanted], {
  stdio: 'inherit',
});
if (setUp.status !== 0) process.exit(1);

const broken = join(shim, 'target', 'broken', 'debug');
const environment = {
  ...process.env,
  SIMMER_BROKEN_PLUGIN: join(broken, 'libsimmer_vst3.so'),
  SIMMER_BROKEN_CLAP: join(broken, 'libsimmer_clap.so'),
  NO_COLOR: '1',
  FORCE_COLOR: '0',
  CARGO_TERM_COLOR: 'never',
  CI: 'true',
};
const total = { passed: 0, failed: 0 };
const report = [];
/** What failing commands said last: told again at the end, since it is the end of a log that is kept and read. */
const lastWords = [];
const lastWordsLines = 40;
/** What could not be tried here, and why: nothing is left out unseen. */
const skipped = [];
for (const name of wanted) {
  const started = performance.now();
  let failure;
  for (const { command, args, cwd = root, counts } of stages[name]) {
    console.log(`\n── ${name}: ${[command.replace(`${root}/`, ''), ...args].join(' ')}`);
    if (command.includes('/') && !existsSync(command)) {
      failure = `${command} is missing`;
      break;
    }
    const ended = await runProcess(command, args, {
      cwd,
      env: environment,
      timeoutMillis: 40 * 60_000,
      onLine: (line) => console.log(line),
    });
    const counted = counts?.(ended.lines) ?? { passed: 0, failed: 0 };
    total.passed += counted.passed;
    total.failed += counted.failed;
    skipped.push(...ended.lines.filter((line) => /\bskipped: /.test(line)).map((line) => `${name}: ${line}`));
    if (ended.code !== 0) {
      failure ??= `${args.join(' ')} ended with ${ended.code ?? ended.signal}`;
      lastWords.push(`── the end of ${name}: ${args.join(' ')}`, ...ended.lines.slice(-lastWordsLines));
    }
    if (counts !== undefined && counted.passed + counted.failed === 0) failure ??= `${args.join(' ')} ran no test`;
  }
  report.push({ name, seconds: (performance.now() - started) / 1000, failure });
}

for (const line of ['', ...lastWords, '', ...skipped]) console.log(line);
for (const { name, seconds, failure } of report) {
  console.log(
    `${failure === undefined ? 'ok    ' : 'FAILED'} ${name.padEnd(11)} ${seconds.toFixed(0).padStart(5)} s  ${failure ?? ''}`,
  );
}
// A stage that failed without a failing test (a linter, say) is a failure all the same.
const failedOtherwise = total.failed === 0 ? report.filter(({ failure }) => failure !== undefined).length : 0;
console.log(`${total.passed} passed, ${total.failed + failedOtherwise} failed`);
process.exit(report.some(({ failure }) => failure !== undefined) ? 1 : 0);
