// Looks at what is missing, says so, installs it where it may, and builds what has changed.
//
//   npm run setup                            for the demonstration
//   npm run setup -- --for test [stage...]   for npm test, or some of its stages, or with --full for npm run test:full
//   npm run setup -- --needs python          for one thing
//
// Plain JavaScript without packages: it runs before there are any.
import { existsSync, mkdirSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcessesWithUs } from './lib/process.mjs';
import { buildWhatChanged } from './lib/setup/build.mjs';
import { checkNode, checkSpace, npmPackagesMissing, pythonMissing } from './lib/setup/look.mjs';
import { Missing, SetupFailure } from './lib/setup/missing.mjs';
import { runVisibly } from './lib/setup/run.mjs';
import { setUpSecondHosts } from './lib/setup/second-host.mjs';
import { installPackages, systemNeeds } from './lib/setup/system.mjs';
import { commandsWanted, UnknownStage } from './lib/testing/wish.mjs';

const root = join(fileURLToPath(import.meta.url), '..', '..');

/** What each purpose needs; the tests say so themselves (scripts/lib/testing/stages.mjs). */
const needsOf = {
  demo: ['npm', 'build', 'rust', 'ardour', 'shim'],
  bench: ['npm', 'build', 'rust', 'ardour', 'shim', 'browser'],
  figures: ['npm', 'build', 'python'],
  gallery: ['npm', 'build'],
};

/** What takes minutes: the tests see to it themselves, while others of them run. */
const long = new Set(['shim', 'fixture', 'second-hosts', 'python']);

/**
 * What is missing is looked at, and installed by the system's packages, for `all`; made and built for `now`.
 *
 * @param {string[]} args @returns {{ all: Set<string>, now: Set<string> }}
 */
function readNeeds([flag, ...words]) {
  if (flag === '--needs') return { all: new Set(words), now: new Set(words) };
  if (flag !== undefined && flag !== '--for')
    throw new SetupFailure(`unknown option ${flag}; say --for demo or --for test`, 2);
  const [purpose = 'demo', ...rest] = words;
  if (purpose === 'test') {
    const all = new Set(testsWanted(rest).flatMap(({ needs }) => needs));
    return { all, now: new Set([...all].filter((need) => !long.has(need))) };
  }
  if (!(purpose in needsOf)) throw new SetupFailure(`there is nothing to set up for '${purpose}'`, 2);
  return { all: new Set(needsOf[purpose]), now: new Set(needsOf[purpose]) };
}

/** @param {string[]} args */
function testsWanted(args) {
  try {
    return commandsWanted(args).commands;
  } catch (thrown) {
    if (!(thrown instanceof UnknownStage)) throw thrown;
    throw new SetupFailure(thrown.message, 2);
  }
}

async function setUp() {
  const { all, now: needs } = readNeeds(process.argv.slice(2));
  checkNode();
  // rustup installs there and tells only new shells.
  const cargoHome = join(process.env.CARGO_HOME ?? join(process.env.HOME ?? '/', '.cargo'), 'bin');
  if (existsSync(cargoHome)) process.env.PATH = `${process.env.PATH}${delimiter}${cargoHome}`;

  const missing = new Missing();
  systemNeeds(root, all, missing);
  if (missing.some) await installPackages(missing);
  if (needs.has('npm') && npmPackagesMissing(root)) {
    await runVisibly(
      'Installing the npm packages of package-lock.json',
      'npm',
      ['ci', '--no-audit', '--no-fund'],
      root,
    );
  }
  if (needs.has('python')) await setUpPython();
  if (needs.has('second-hosts')) await setUpSecondHosts(root);
  await buildWhatChanged(root, needs);
}

/** PyTorch's packages (5.8 GB) and, while they are unpacked, their wheels (2.6 GB). */
const trainingGigabytes = 9;

async function setUpPython() {
  if (process.env.SIMMER_TRAINING_PYTHON !== undefined || !pythonMissing(root)) return;
  checkSpace(join(root, 'training'), trainingGigabytes, 'PyTorch');
  const folder = join(root, 'training', '.venv');
  const python = join(folder, 'bin', 'python');
  if (!existsSync(python)) await runVisibly('Making training/.venv', 'python3', ['-m', 'venv', folder], root);
  const requirements = join(root, 'training', 'requirements.txt');
  // The wheels are unpacked on the disk that was looked at: /tmp is small on some machines.
  const unpacking = join(folder, 'unpacking');
  mkdirSync(unpacking, { recursive: true });
  await runVisibly(
    'Installing training/requirements.txt into training/.venv (PyTorch is large: this may take minutes)',
    python,
    // pip's cache would keep the wheels for a second time, and nobody reads them again; nor is most of what
    // pip would compile ever imported.
    [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--disable-pip-version-check',
      '--no-cache-dir',
      '--no-compile',
      '-r',
      requirements,
    ],
    root,
    { ...process.env, TMPDIR: unpacking },
  );
  rmSync(unpacking, { recursive: true, force: true });
}

endProcessesWithUs();
try {
  await setUp();
} catch (thrown) {
  if (!(thrown instanceof SetupFailure)) throw thrown;
  console.error(`setup: ${thrown.message}`);
  process.exit(thrown.exitCode);
}
