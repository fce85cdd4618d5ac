import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startProcess } from '../process.mjs';
import { atLeast, versionIn } from './look.mjs';
import { SetupFailure } from './missing.mjs';
import { ask, runVisibly } from './run.mjs';

/** @typedef {import('./missing.mjs').Missing} Missing */

/**
 * Notes what the system lacks for these needs.
 *
 * @param {string} root @param {Set<string>} needs @param {Missing} missing
 */
export function systemNeeds(root, needs, missing) {
  if (needs.has('ardour') && !hasArdour()) missing.add('Ardour, the DAW that plays the plugin', ['ardour']);
  if (needs.has('rust')) {
    checkRust(root, missing);
    // Rust links with the C compiler.
    if (ask('cc', ['--version']) === undefined)
      missing.add('a C compiler and linker, which Rust needs', ['gcc', 'libc6-dev']);
  }
  if (needs.has('rust-lint')) {
    if (ask('cargo', ['fmt', '--version']) === undefined) missing.add('rustfmt', ['rustfmt-web']);
    if (ask('cargo', ['clippy', '--version']) === undefined) missing.add('clippy', ['rust-web-clippy']);
  }
  if (needs.has('python') || needs.has('second-hosts')) {
    if (ask('python3', ['-c', 'import venv, ensurepip']) === undefined)
      missing.add('Python with venv', ['python3', 'python3-venv']);
  }
  if (needs.has('browser') && !browsers.some((name) => ask(name, ['--version']) !== undefined)) {
    missing.add('Chromium, in which the page is tried and the kernel compared', ['chromium']);
  }
  if (needs.has('x-server') && spawnSync('Xvfb', ['-help']).error !== undefined) {
    missing.add('Xvfb, on which the editor is tried', ['xvfb']);
  }
  if (needs.has('other-engines')) {
    if (ask('python3', ['-c', 'import venv, ensurepip']) === undefined)
      missing.add('Python with venv, for wasmtime', ['python3', 'python3-venv']);
  }
  if (needs.has('python')) {
    if (ask('fluidsynth', ['--version']) === undefined)
      missing.add('fluidsynth, which plays the corpus', ['fluidsynth']);
  }
}

const browsers = ['chromium', 'chromium-browser', 'google-chrome'];

function hasArdour() {
  return readdirSync('/usr/bin').some((name) => /^ardour\d+-lua$/.test(name));
}

/** @param {string} root @param {Missing} missing */
function checkRust(root, missing) {
  const manifest = readFileSync(join(root, 'native-shim', 'Cargo.toml'), 'utf8');
  const least = versionIn(/^rust-version = "([\d.]+)"/m.exec(manifest)?.[1]) ?? [1, 87];
  const found = versionIn(ask('cargo', ['--version']));
  const foundCompiler = versionIn(ask('rustc', ['--version']));
  if (found && foundCompiler && atLeast(found, least) && atLeast(foundCompiler, least)) return;
  const wanted = least.join('.');
  if (ask('rustup', ['--version']) !== undefined) {
    throw new SetupFailure(
      `Rust ${found?.join('.') ?? '(none)'} is too old for ${wanted}: run \`rustup update stable\`.`,
    );
  }
  // Debian keeps the newer compiler that browsers need as rustc-web.
  const what = found ? `Rust ${wanted} or newer (there is ${found.join('.')})` : `Rust ${wanted} or newer`;
  missing.add(what, ['cargo-web', 'rustc-web']);
}

/**
 * Says what is missing and installs it with apt. @param {Missing} missing
 * @throws SetupFailure with what to install by hand, where that cannot be done
 */
export async function installPackages(missing) {
  console.log('setup: this machine lacks:');
  for (const { what, packages } of missing.items) console.log(`         ${what}  (${packages.join(' ')})`);
  const names = missing.packages;
  const byHand = `Install it by hand: ${names.join(' ')}; Rust comes from https://rustup.rs as well. Then run this again.`;
  if (!existsSync('/usr/bin/apt-get')) throw new SetupFailure(`this is not Debian or Ubuntu. ${byHand}`);
  const asRoot = await becomeRoot(byHand);
  await runVisibly('Updating the list of packages', ...asRoot(['apt-get', 'update']));
  const unknown = names.filter((name) => !/Candidate: \d/.test(ask('apt-cache', ['policy', name]) ?? ''));
  if (unknown.length > 0) throw new SetupFailure(`this Debian has no ${unknown.join(', ')}. ${byHand}`);
  await runVisibly(
    `Installing ${names.join(' ')}`,
    ...asRoot(['apt-get', 'install', '--yes', '--no-install-recommends', ...names]),
  );
}

/** How to run a command as root: being it, or with sudo (which may ask for the password, once). @param {string} byHand */
async function becomeRoot(byHand) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  /** @param {string[]} prefix @returns {(command: string[]) => [string, string[], string, typeof env]} */
  const running = (prefix) => (command) => {
    const [program = '', ...args] = [...prefix, ...command];
    return [program, args, '/', env];
  };
  if (process.getuid?.() === 0) return running([]);
  if (ask('sudo', ['--version']) === undefined)
    throw new SetupFailure(`you are not root, and sudo is not installed. ${byHand}`);
  const sudo = ['sudo', '--non-interactive', 'DEBIAN_FRONTEND=noninteractive'];
  if (ask('sudo', ['--non-interactive', 'true']) !== undefined) return running(sudo);
  if (!process.stdin.isTTY)
    throw new SetupFailure(`sudo would ask for a password, and there is no terminal. ${byHand}`);
  const { code } = await startProcess('sudo', ['--validate'], { attached: true }).exited;
  // sudo remembers a password for its terminal only, and our steps have none.
  if (code !== 0 || ask('sudo', ['--non-interactive', 'true']) === undefined)
    throw new SetupFailure(`sudo refused. ${byHand}`);
  return running(sudo);
}
