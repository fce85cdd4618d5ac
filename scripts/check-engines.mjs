// npm run check:engines: draws the same 30 s, and 4 s under codes, in every engine that can be had here, and compares the bits.
//
//   --all      an engine that cannot be had is a failure
//   --record   writes what this Node draws to test/kernel/golden.json first (then raise kernelVersion)
//
// Node 20, 22 and 24 come from npm and wasmtime from PyPI, into node_modules/.cache/engines; Chromium is the system's.
// Prints a table and ends with 1 where a hash differs from test/kernel/golden.json or an engine fails. One that cannot be
// had is skipped, and the table says so.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { makeCases } from './engines/make-case.mjs';
import { runInChromium } from './engines/run-in-chromium.mjs';

const root = join(fileURLToPath(import.meta.url), '..', '..');
const engines = join(root, 'scripts', 'engines');
const cache = join(root, 'node_modules', '.cache', 'engines');
const kernel = join(root, 'dist', 'kernel', 'samplernn.wasm');
const golden = join(root, 'test', 'kernel', 'golden.json');
/** The last release of each line when this was written. */
const nodeVersions = ['20.20.2', '22.23.3', '24.21.0'];
/** V8's compilers: the baseline one alone, the optimising one alone, and both as they come. */
const tiers = {
  baseline: ['--liftoff', '--no-wasm-tier-up', '--no-wasm-dynamic-tiering'],
  optimising: ['--no-liftoff'],
  default: [],
};

/** Thrown where an engine is not to be had on this machine. */
class NotHere extends Error {}

const skipsFail = process.argv.includes('--all');

const linesOf = (text) => text.trim().split('\n');

/** @param {string} program @param {string[]} args */
function output(program, args) {
  return linesOf(
    execFileSync(program, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 }),
  );
}

/** Where the `node` of a version is; npm brings it. @param {string} version */
function nodeOf(version) {
  if (version === process.versions.node) return process.execPath;
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = join(cache, `node-${version}`);
  const program = join(folder, 'node_modules', name, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  if (!existsSync(program)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
    fetched('npm', ['install', '--no-audit', '--no-fund', '--no-save', '--prefix', folder, `${name}@${version}`]);
  }
  return program;
}

/** A Python that has wasmtime. */
function pythonWithWasmtime() {
  const folder = join(cache, 'wasmtime');
  const python = join(folder, 'bin', 'python');
  const has = () => spawnSync(python, ['-c', 'import wasmtime']).status === 0;
  if (has()) return python;
  mkdirSync(cache, { recursive: true });
  fetched('python3', ['-m', 'venv', folder]);
  const requirements = join(engines, 'requirements.txt');
  fetched(python, ['-m', 'pip', 'install', '--quiet', '--only-binary=:all:', '--require-hashes', '-r', requirements]);
  return python;
}

/**
 * Installs what an engine needs. Registries fail for a moment now and then, hence three tries.
 *
 * @param {string} program @param {string[]} args @throws NotHere where it fails
 */
function fetched(program, args) {
  let said = '';
  for (let tries = 0; tries < 3; tries += 1) {
    const { status, stderr, error } = spawnSync(program, args, { encoding: 'utf8', timeout: 300_000 });
    if (status === 0) return;
    said =
      error?.message ??
      linesOf(stderr ?? '')
        .slice(-3)
        .join(' | ');
  }
  throw new NotHere(`${program} ${args.join(' ')}: ${said}`);
}

/** A browser that ends before it has drawn is started once more; a wrong hash is never tried again. */
async function drawnBy(run, cases) {
  try {
    return await run(cases);
  } catch (error) {
    if (error instanceof NotHere) throw error;
    row('', `once more, after: ${error.message}`);
    return run(cases);
  }
}

const row = (name, cells) => console.log(`${name.padEnd(30)} ${cells}`);

function chromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const found = names.find((name) => spawnSync(name, ['--version'], { stdio: 'ignore' }).status === 0);
  if (found === undefined) throw new NotHere('no Chromium is installed (Debian: apt-get install chromium)');
  return found;
}

/** Every engine by name, as a function from case folders to hashes. */
function everyEngine() {
  const runs = [];
  for (const version of nodeVersions) {
    for (const [tier, flags] of Object.entries(tiers)) {
      const run = (cases) => output(nodeOf(version), [...flags, join(engines, 'run-in-node.mjs'), kernel, ...cases]);
      runs.push([`Node ${version}, ${tier}`, run]);
    }
  }
  for (const [tier, flags] of Object.entries(tiers)) {
    runs.push([`Chromium, ${tier}`, (cases) => runInChromium(chromium(), flags, kernel, cases)]);
  }
  for (const level of ['speed', 'none']) {
    const run = (cases) => output(pythonWithWasmtime(), [join(engines, 'run_in_wasmtime.py'), kernel, level, ...cases]);
    runs.push([`wasmtime, optimisation ${level}`, run]);
  }
  return runs;
}

/** SHA-256 of what `simmer render` makes of a lane: the whole way, from the lane's grid to the host's rate. */
function songOf(program, folder) {
  const [lane, wav] = [join(folder, 'lane.csv'), join(folder, 'song.wav')];
  writeFileSync(lane, '0,0.6\n4,1.2\n4,0.8,hold\n7.5,1.05\n');
  const simmer = join(root, 'service', 'bin', 'simmer.js');
  const song = ['--model', 'one-song', '--engine', 'kernel', '--seconds', '10', '--rate', '48000', '--take', '3'];
  output(program, [simmer, 'render', ...song, '--lane', lane, '-o', wav]);
  return createHash('sha256').update(readFileSync(wav)).digest('hex');
}

/** A copy of a case with other uniforms for the block in the middle: it must not have the case's hash. */
function disturbed(folder) {
  const inputs = readFileSync(join(folder, 'inputs.bin'));
  const { stateFloats, blocks } = JSON.parse(readFileSync(join(folder, 'about.json'), 'utf8'));
  const first = 4 * (stateFloats + blocks * 64 + (blocks >> 1) * 64);
  for (let at = first; at < first + 256; at += 4) inputs.writeFloatLE(1 - inputs.readFloatLE(at), at);
  const place = `${folder}-disturbed`;
  mkdirSync(place);
  writeFileSync(join(place, 'inputs.bin'), inputs);
  for (const name of ['image.bin', 'about.json']) writeFileSync(join(place, name), readFileSync(join(folder, name)));
  return place;
}

const work = mkdtempSync(join(tmpdir(), 'simmer-engines-'));
let failures = 0;
try {
  const cases = await makeCases(root, work);
  if (process.argv.includes('--record')) {
    const drawn = output(process.execPath, [join(engines, 'run-in-node.mjs'), kernel, ...cases]);
    const [int8, float32, codedInt8, codedFloat32] = drawn;
    const song = songOf(process.execPath, work);
    writeFileSync(golden, `${JSON.stringify({ int8, float32, codedInt8, codedFloat32, song }, null, 2)}\n`);
  }
  const { song, ...draws } = JSON.parse(readFileSync(golden, 'utf8'));
  const expected = Object.values(draws);
  const short = (hash) => `${hash.slice(0, 16)}…`.padEnd(19);
  row('30 s, and 4 s under codes, by', ['int8', 'float32', 'int8', 'float32'].map((name) => name.padEnd(19)).join(' '));
  row('committed', expected.map(short).join(' '));
  for (const [name, run] of everyEngine()) {
    try {
      const started = performance.now();
      const hashes = await drawnBy(run, cases);
      const same = hashes.length === expected.length && hashes.every((hash, place) => hash === expected[place]);
      if (!same) failures += 1;
      const seconds = ((performance.now() - started) / 1000).toFixed(1);
      row(name, `${hashes.map(short).join(' ')} ${same ? 'equal' : 'DIFFERS'}  ${seconds} s`);
    } catch (error) {
      if (skipsFail || !(error instanceof NotHere)) failures += 1;
      row(name, `${error instanceof NotHere ? 'skipped' : 'FAILED'}: ${error.message}`);
    }
  }
  row('', '');
  row('10 s of one-song at 48 kHz, by', 'simmer render');
  row('committed', short(song));
  for (const version of nodeVersions) {
    try {
      const own = songOf(nodeOf(version), work);
      if (own !== song) failures += 1;
      row(`Node ${version}`, `${short(own)} ${''.padEnd(19)} ${own === song ? 'equal' : 'DIFFERS'}`);
    } catch (error) {
      if (skipsFail || !(error instanceof NotHere)) failures += 1;
      row(`Node ${version}`, `${error instanceof NotHere ? 'skipped' : 'FAILED'}: ${error.message}`);
    }
  }
  row('', '');
  const [control] = output(process.execPath, [join(engines, 'run-in-node.mjs'), kernel, disturbed(cases[0])]);
  const seen = control !== expected[0];
  if (!seen) failures += 1;
  row('control: a block disturbed', `${short(control)} ${''.padEnd(19)} ${seen ? 'seen' : 'NOT SEEN'}`);
} finally {
  rmSync(work, { recursive: true, force: true });
}
console.log(failures === 0 ? 'All that ran drew the same bits.' : `${failures} did not draw the committed bits.`);
process.exit(failures === 0 ? 0 : 1);
