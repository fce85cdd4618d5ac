// Builds the plugin in both formats and lays them out, as hosts look for them, under native-shim/target/bundle.
//
//   node scripts/build-shim.mjs             Simmer.vst3 and Simmer.clap
//   node scripts/build-shim.mjs --fixture   and SimmerTestLatent.vst3, which only the tests load
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const shim = join(root, 'native-shim');
const wantedCargo = [1, 88];

const plugins = [
  { crate: 'simmer-vst3', library: 'simmer_vst3', name: 'Simmer', format: 'vst3' },
  { crate: 'simmer-clap', library: 'simmer_clap', name: 'Simmer', format: 'clap' },
  {
    crate: 'simmer-latent-fixture',
    library: 'simmer_latent_fixture',
    name: 'SimmerTestLatent',
    format: 'vst3',
    fixture: true,
  },
];

function fail(message) {
  console.error(`build-shim: ${message}`);
  process.exit(1);
}

function checkCargo() {
  const asked = spawnSync('cargo', ['--version'], { encoding: 'utf8' });
  const found = /^cargo (\d+)\.(\d+)/.exec(asked.stdout ?? '');
  const wanted = wantedCargo.join('.');
  if (!found) {
    fail(
      `no cargo found; the plugin is built with Rust ${wanted} or newer.\n` +
        '  Get it from https://rustup.rs, or on Debian 12: apt-get install cargo-web rustc-web',
    );
  }
  const [major, minor] = [Number(found[1]), Number(found[2])];
  if (major < wantedCargo[0] || (major === wantedCargo[0] && minor < wantedCargo[1])) {
    fail(`cargo ${major}.${minor} is too old; Rust ${wanted} or newer is needed (https://rustup.rs)`);
  }
}

/** What cargo calls a library. */
function builtFile(library) {
  switch (process.platform) {
    case 'linux':
      return `lib${library}.so`;
    case 'darwin':
      return `lib${library}.dylib`;
    case 'win32':
      return `${library}.dll`;
    default:
      return fail(`no plugin layout is known for ${process.platform}`);
  }
}

/** Where a plugin keeps its binary, relative to `NAME.FORMAT`; empty: that is the binary itself. */
function binaryOf(name, format) {
  if (process.platform === 'darwin') return join('Contents', 'MacOS', name);
  // A CLAP is a bundle on macOS alone.
  if (format === 'clap') return '';
  const cpu = { x64: 'x86_64', arm64: process.platform === 'win32' ? 'arm64' : 'aarch64' }[process.arch];
  if (cpu === undefined) fail(`no VST3 folder name is known for ${process.arch}`);
  return process.platform === 'win32'
    ? join('Contents', `${cpu}-win`, `${name}.vst3`)
    : join('Contents', `${cpu}-linux`, `${name}.so`);
}

function infoPlist(name, format, version) {
  const entries = {
    CFBundleDevelopmentRegion: 'English',
    CFBundleExecutable: name,
    CFBundleIdentifier: `local.simmer.${name.toLowerCase()}.${format}`,
    CFBundleInfoDictionaryVersion: '6.0',
    CFBundleName: name,
    CFBundlePackageType: 'BNDL',
    CFBundleShortVersionString: version,
    CFBundleVersion: version,
  };
  const lines = Object.entries(entries).map(([key, value]) => `  <key>${key}</key><string>${value}</string>`);
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0">',
    '<dict>',
    ...lines,
    '</dict>',
    '</plist>',
    '',
  ].join('\n');
}

function bundle({ library, name, format }) {
  const binary = binaryOf(name, format);
  const target = join(shim, 'target', 'bundle', `${name}.${format}`);
  // Built aside and renamed, so that a host never finds half a bundle.
  const fresh = `${target}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(dirname(join(fresh, binary)), { recursive: true });
  copyFileSync(join(shim, 'target', 'release', builtFile(library)), join(fresh, binary));
  if (process.platform === 'darwin') {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    writeFileSync(join(fresh, 'Contents', 'Info.plist'), infoPlist(name, format, version));
    writeFileSync(join(fresh, 'Contents', 'PkgInfo'), 'BNDL????');
  }
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
  const megabytes = statSync(join(target, binary)).size / 1e6;
  console.log(`${relative(root, target)} (${megabytes.toFixed(2)} MB)`);
}

checkCargo();
const chosen = plugins.filter(({ fixture }) => !fixture || process.argv.includes('--fixture'));
const packages = chosen.flatMap(({ crate }) => ['-p', crate]);
const cargo = spawnSync('cargo', ['build', '--release', '--locked', ...packages], { cwd: shim, stdio: 'inherit' });
if (cargo.status !== 0) fail('cargo could not build the plugin (see above)');
chosen.forEach(bundle);
