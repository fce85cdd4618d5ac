import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { runVisibly } from './run.mjs';

/** Folders inside sources that hold what is made. */
const madeFolders = new Set(['node_modules', 'dist', 'target', 'generated']);

/** @typedef {{ name: string, sources: string[], results: string[], stamp: string, command: [string, string[]] }} Build */

/** @param {Set<string>} needs @returns {Build[]} */
function buildsFor(needs) {
  /** @type {Build[]} */
  const builds = [];
  if (needs.has('build')) {
    builds.push({
      name: 'the service and its page',
      sources: [
        'package-lock.json',
        'tsconfig.json',
        'proto',
        'kernel',
        'service/src',
        'scripts/lib',
        'scripts/build-proto.mjs',
        'scripts/build-kernel.mjs',
        'test',
        'plugin-ui',
      ],
      results: [
        'dist/service/src/main.js',
        'dist/scripts/lib/demo.js',
        'plugin-ui/dist/index.html',
        'service/src/wire/generated/simmer.js',
        'dist/kernel/samplernn.wasm',
      ],
      stamp: 'dist/.built-from',
      command: ['npm', ['run', '--silent', 'build']],
    });
  }
  if (needs.has('shim')) {
    const fixture = needs.has('fixture');
    const bundles = ['Simmer.vst3', 'Simmer.clap', ...(fixture ? ['SimmerTestLatent.vst3'] : [])].map(
      (name) => `native-shim/target/bundle/${name}`,
    );
    builds.push({
      name: fixture ? 'the plugin and the fixture of its tests' : 'the plugin',
      sources: ['proto', 'native-shim', 'scripts/build-shim.mjs'],
      results: bundles,
      stamp: `native-shim/target/bundle/.built-from${fixture ? '-with-fixture' : ''}`,
      command: ['node', ['scripts/build-shim.mjs', ...(fixture ? ['--fixture'] : [])]],
    });
  }
  return builds;
}

/** Builds what was made from other sources than there are now. @param {string} root @param {Set<string>} needs */
export async function buildWhatChanged(root, needs) {
  for (const { name, sources, results, stamp, command } of buildsFor(needs)) {
    const digest = digestOf(root, sources);
    const stampPath = join(root, stamp);
    const upToDate =
      results.every((result) => existsSync(join(root, result))) &&
      existsSync(stampPath) &&
      readFileSync(stampPath, 'utf8') === digest;
    if (upToDate) continue;
    await runVisibly(`Building ${name}`, ...command, root);
    mkdirSync(dirname(stampPath), { recursive: true });
    writeFileSync(stampPath, digest);
  }
}

/** Digest of the names and contents of all files below these paths. @param {string} root @param {string[]} paths */
function digestOf(root, paths) {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesBelow(join(root, path)))) {
    hash
      .update(`${relative(root, file)}\0`)
      .update(readFileSync(file))
      .update('\0');
  }
  return hash.digest('hex');
}

/** @param {string} path @returns {string[]} */
function filesBelow(path) {
  if (!existsSync(path)) return [];
  let entries;
  try {
    entries = readdirSync(path, { withFileTypes: true });
  } catch {
    return [path];
  }
  return entries
    .filter((entry) => !(entry.isDirectory() && madeFolders.has(entry.name)))
    .sort((left, right) => (left.name < right.name ? -1 : 1))
    .flatMap((entry) =>
      entry.isDirectory() ? filesBelow(join(path, entry.name)) : entry.isFile() ? [join(path, entry.name)] : [],
    );
}
