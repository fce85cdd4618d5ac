/**
 * What the tests are: stages of commands, each in one of two tiers.
 *
 *   quick   `npm test`: what a newcomer and every commit runs
 *   full    `npm run test:full`: everything else
 *
 * A test is in the tier of its project; one that carries the other tier's name as its tag is in that one
 * (vitest.config.ts). What plays against the clock runs alone; in a project that does, the tests with the tag 'offline' do
 * not, and run beside other things. test/scripts/tiers.test.ts proves that nothing falls between.
 */
import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(fileURLToPath(import.meta.url), '../../../..');
const shim = join(root, 'native-shim');
const training = join(root, 'training');
/** What each command leaves for the report. */
export const resultsFolder = join(root, 'out', 'test-results');

/** @typedef {'quick' | 'full'} Tier */
/** @type {readonly Tier[]} */
export const tiers = ['quick', 'full'];

/**
 * @typedef {object} Command
 * @property {string} name what it is called in reports; unique
 * @property {string} stage
 * @property {Tier} tier
 * @property {string} command
 * @property {string[]} args
 * @property {string} cwd
 * @property {Record<string, string>} [env] beside this process's
 * @property {'vitest' | 'cargo' | 'pytest'} [counted] how its results are read; without it it has none
 * @property {string} [results] the file that it writes them to
 * @property {string} [project] vitest's
 * @property {string} [filter] which tags vitest runs of it
 * @property {boolean} alone it plays against the clock: nothing else runs meanwhile
 * @property {string} [holds] what two commands cannot have at once
 * @property {readonly string[]} after names of the commands that it needs to have succeeded
 * @property {readonly string[]} needs what scripts/setup.mjs sees to before
 */

/** @type {Command[]} */
const commands = [];

/** @param {string} stage @param {Tier} tier @param {string} name @param {string[]} line @param {Partial<Command>} [more] */
function add(stage, tier, name, [command = '', ...args], more = {}) {
  commands.push({ name, stage, tier, command, args, cwd: root, alone: false, after: [], needs: [], ...more });
}

/** @param {string} name */
const bin = (name) => join(root, 'node_modules', '.bin', name);

/**
 * The tests of one of vitest's projects.
 *
 * @param {string} stage @param {string} project
 * @param {object} tests which there are
 * @param {Tier} tests.own the tier of those that have no other one's tag
 * @param {boolean} [tests.inBoth] there are some in the other tier
 * @param {boolean} [tests.live] they play against the clock, but for those of its own tier that are tagged as offline
 * @param {Partial<Command>} more
 */
function addVitest(stage, project, { own, inBoth = false, live = false }, more) {
  const other = own === 'quick' ? 'full' : 'quick';
  for (const tier of inBoth ? tiers : [own]) {
    // The few of the other tier are not worth two commands.
    const kinds = live && tier === own ? ['offline', 'live'] : [live ? 'live' : ''];
    for (const kind of kinds) {
      const tags = [
        ...(inBoth ? [tier === own ? `!${other}` : other] : []),
        ...(kinds.length > 1 ? [kind === 'live' ? '!offline' : 'offline'] : []),
      ];
      const name = [project, tier, kind].filter((word) => word !== '').join(' ');
      const filter = tags.join(' && ');
      const reporters = ['--reporter=default', `--reporter=${join(root, 'scripts/lib/testing/vitest-reporter.mjs')}`];
      const filtered = filter === '' ? [] : [`--tags-filter=${filter}`];
      add(stage, tier, name, [bin('vitest'), 'run', '--project', project, ...filtered, ...reporters], {
        counted: 'vitest',
        results: join(resultsFolder, `${name.replaceAll(' ', '-')}.json`),
        project,
        filter,
        alone: kind === 'live',
        ...more,
      });
    }
  }
}

const javascript = ['npm', 'build'];
add('lint', 'quick', 'biome', [bin('biome'), 'check', '.'], { needs: javascript });
add('lint', 'quick', 'types', [bin('tsc'), '-b'], { needs: javascript });
add('lint', 'quick', 'types of the page', [bin('tsc'), '-p', 'plugin-ui', '--noEmit'], { needs: javascript });
const checkedFolders = ['service/src', 'plugin-ui/src', 'test', 'scripts/lib'];
const depcruise = [bin('depcruise'), '--config', '.dependency-cruiser.cjs', ...checkedFolders];
add('lint', 'quick', 'imports', depcruise, { needs: javascript });

// What is long to install or to build, and can be while other things are tested.
/** @param {string} name @param {...string} needs */
function addSetUp(name, ...needs) {
  const setUp = [process.execPath, join(root, 'scripts', 'setup.mjs'), '--needs', ...needs];
  add('build', 'full', name, setUp, { needs });
  return [name];
}
const pyTorch = addSetUp('PyTorch', 'python');
const release = addSetUp('the plugin as it is shipped', 'rust', 'shim', 'fixture');
const otherHosts = addSetUp('hosts from PyPI', 'second-hosts');

// One set of features for all that cargo builds here: it builds a crate anew for another one.
const cargoTest = ['cargo', 'test', '--workspace', '--locked'];
const plugin = 'the plugin and its hosts';
/** Cargo lets one command at a time build there: a second one only waits. */
const holds = 'native-shim/target/debug';
add('build', 'quick', plugin, [...cargoTest, '--no-run'], { cwd: shim, holds, needs: ['rust'] });
const brokenPlugin = 'the broken plugin';
const breaking = ['-p', 'simmer-vst3', '-p', 'simmer-clap', '--features', 'break-realtime'];
const buildBroken = ['cargo', 'build', '--locked', ...breaking, '--target-dir', 'target/broken'];
add('build', 'full', brokenPlugin, buildBroken, { cwd: shim, needs: ['rust'] });

// From here on what takes long comes first, so that nothing long is left when all else is done.
const venv = join(training, '.venv', process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const inPython = { cwd: training, after: pyTorch };
/** @param {...string} args */
const python = (...args) => [process.env.SIMMER_TRAINING_PYTHON ?? venv, '-m', ...args];
const junit = join(resultsFolder, 'pytest.xml');
const pytest = python('pytest', '-q', `--junitxml=${junit}`);
add('training', 'full', 'pytest', pytest, { ...inPython, counted: 'pytest', results: junit });
addVitest('training', 'train', { own: 'full' }, { after: pyTorch, needs: javascript });
add('training', 'full', 'ruff', python('ruff', 'check', '.'), inPython);
add('training', 'full', 'ruff format', python('ruff', 'format', '--check', '.'), inPython);
add('training', 'full', 'mypy', python('mypy'), inPython);

addVitest('unit', 'unit', { own: 'quick', inBoth: true }, { needs: javascript });

// Takes, loops and seeks on the kernel, on models of codes and under codes; the kernel's bits in every engine that can be had.
addVitest('kernel', 'kernel-takes', { own: 'full', inBoth: true }, { needs: javascript });
addVitest('kernel', 'codes-takes', { own: 'full', inBoth: true }, { needs: javascript });
addVitest('kernel', 'stereo-takes', { own: 'full', inBoth: true }, { needs: javascript });
addVitest('kernel', 'coded-takes', { own: 'full', inBoth: true }, { needs: javascript });
const engines = [process.execPath, join(root, 'scripts', 'check-engines.mjs')];
add('kernel', 'full', 'engines', engines, { needs: [...javascript, 'browser', 'other-engines'] });

const withPlugin = [...javascript, 'rust'];
const inArdour = { after: release, needs: [...withPlugin, 'ardour'] };
addVitest('ardour', 'ardour', { own: 'full', live: true }, inArdour);
const inOtherHosts = { after: [...release, ...otherHosts], needs: [...withPlugin, 'x-server'] };
addVitest('second-host', 'second-host', { own: 'full', live: true }, inOtherHosts);

const rustLint = { cwd: shim, needs: ['rust', 'rust-lint'] };
add('shim', 'quick', 'rustfmt', ['cargo', 'fmt', '--all', '--check'], rustLint);
const clippy = ['cargo', 'clippy', '--workspace', '--all-targets', '--locked', '--', '-D', 'warnings'];
add('shim', 'quick', 'clippy', clippy, { ...rustLint, holds });
/** @type {Partial<Command>} */
const testsOfRust = { cwd: shim, counted: 'cargo', needs: ['rust', 'x-server'] };
/** Files of tests by name; several crates have one of the same. */
const files = readdirSync(join(shim, 'crates'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.rs') && basename(dirname(path)) === 'tests')
  .map((path) => basename(path, '.rs'));
/** Those that play against the clock; the editor and what is awaited for up to 20 s do not. */
const live = ['abuse', 'crowd', 'gestures', 'playback'];
const offline = [...new Set(files)].filter((name) => !live.includes(name)).sort();
/** @param {readonly string[]} names */
const tests = (names) => names.flatMap((name) => ['--test', name]);
const ready = { ...testsOfRust, after: [plugin] };
add('shim', 'quick', 'cargo test offline', [...cargoTest, '--lib', '--bins', ...tests(offline)], { ...ready, holds });
add('shim', 'quick', 'cargo test live', [...cargoTest, ...tests(live)], { ...ready, alone: true });
// Cargo tests examples in documents apart from all else; there may be none.
add('shim', 'quick', 'cargo test documents', [...cargoTest, '--doc'], {
  cwd: shim,
  holds,
  needs: ['rust'],
  after: [plugin],
});
// The real-time guards' positive controls: a plugin that allocates and sleeps in process() must be seen. And waits of 30 s.
const ignored = [...cargoTest, '--', '--ignored'];
const broken = join(shim, 'target', 'broken', 'debug');
const env = {
  SIMMER_BROKEN_PLUGIN: join(broken, 'libsimmer_vst3.so'),
  SIMMER_BROKEN_CLAP: join(broken, 'libsimmer_clap.so'),
};
add('shim', 'full', 'cargo test ignored', ignored, { ...testsOfRust, env, holds, after: [plugin, brokenPlugin] });

// The built plugin in a host of our own, with the real service; and the page in Chromium with all of that.
addVitest('host', 'host', { own: 'full', inBoth: true, live: true }, { after: [plugin], needs: withPlugin });
const inChromium = { after: [plugin], needs: [...withPlugin, 'browser'] };
addVitest('page', 'page', { own: 'full', inBoth: true, live: true }, inChromium);

export const allCommands = /** @type {readonly Command[]} */ (commands);
/** What can be asked for by name; 'build' comes with what needs it. */
export const stages = [...new Set(commands.map(({ stage }) => stage))].filter((stage) => stage !== 'build');

/** These commands and those that they need. @param {readonly Command[]} wanted @returns {Command[]} */
export function withWhatTheyNeed(wanted) {
  // What is needed may need something itself: a set gives what is added on the way too.
  const all = new Set(wanted);
  for (const { after } of all) for (const one of commands) if (after.includes(one.name)) all.add(one);
  return commands.filter((one) => all.has(one));
}
