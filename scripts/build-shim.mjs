// Builds the plugin and lays it out as a VST3 bundle under native-shim/target/bundle.
//
//   node scripts/build-shim.mjs             Simmer.vst3
//   node scripts/build-shim.mjs --fixture   and SimmerTestLatent.vst3, which only the tests load
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const shim = join(root, 'native-shim');
const wantedCargo = [1, 88];

const plugins = [
  { crate: 'simmer-vst3', library: 'simmer_vst3', bundle: 'Simmer' },
  { crate: 'simmer-latent-fixture', library: 'simmer_latent_fixture', bundle: 'SimmerTestLatent', fixture: true },
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

/** Where a VST3 bundle keeps its binary, per platform. */
function layout(name, library) {
  const cpu = { x64: 'x86_64', arm64: process.platform === 'win32' ? 'arm64' : 'aarch64' }[process.arch];
  if (cpu === undefined) fail(`no VST3 folder name is known for ${process.arch}`);
  switch (process.platform) {
    case 'linux':
      return { built: `lib${library}.so`, binary: join('Contents', `${cpu}-linux`, `${name}.so`) };
    case 'darwin':
      return { built: `lib${library}.dylib`, binary: join('Contents', 'MacOS', name) };
    case 'win32':
      return { built: `${library}.dll`, binary: join('Contents', `${cpu}-win`, `${name}.vst3`) };
    default:
      return fail(`no VST3 bundle layout is known for ${process.platform}`);
  }
}

function infoPlist(name, version) {
  const entries = {
    CFBundleDevelopmentRegion: 'English',
    CFBundleExecutable: name,
    CFBundleIdentifier: `local.simmer.${name.toLowerCase()}`,
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

function bundle({ library, bundle: name }) {
  const { built, binary } = layout(name, library);
  const folder = join(shim, 'target', 'bundle', `${name}.vst3`);
  // Built aside and renamed, so that a host never finds half a bundle.
  const fresh = `${folder}.new`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(dirname(join(fresh, binary)), { recursive: true });
  copyFileSync(join(shim, 'target', 'release', built), join(fresh, binary));
  if (process.platform === 'darwin') {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
    writeFileSync(join(fresh, 'Contents', 'Info.plist'), infoPlist(name, version));
    writeFileSync(join(fresh, 'Contents', 'PkgInfo'), 'BNDL????');
  }
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  const megabytes = statSync(join(folder, binary)).size / 1e6;
  console.log(`${relative(root, folder)} (${megabytes.toFixed(2)} MB)`);
}

checkCargo();
const chosen = plugins.filter(({ fixture }) => !fixture || process.argv.includes('--fixture'));
const packages = chosen.flatMap(({ crate }) => ['-p', crate]);
const cargo = spawnSync('cargo', ['build', '--release', '--locked', ...packages], { cwd: shim, stdio: 'inherit' });
if (cargo.status !== 0) fail('cargo could not build the plugin (see above)');
chosen.forEach(bundle);
