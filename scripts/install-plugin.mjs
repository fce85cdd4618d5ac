// Copies the built plugin to the user's own VST3 folder, where hosts look for it.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundle = join(root, 'native-shim', 'target', 'bundle', 'Simmer.vst3');

function fail(message) {
  console.error(`install-plugin: ${message}`);
  process.exit(1);
}

function userFolder() {
  switch (process.platform) {
    case 'linux':
      return join(homedir(), '.vst3');
    case 'darwin':
      return join(homedir(), 'Library', 'Audio', 'Plug-Ins', 'VST3');
    case 'win32':
      return join(process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'), 'Programs', 'Common', 'VST3');
    default:
      return fail(`no VST3 folder is known for ${process.platform}`);
  }
}

if (!existsSync(bundle)) fail('there is no built plugin yet: run `npm run build:shim` first');

const folder = userFolder();
const target = join(folder, 'Simmer.vst3');
const fresh = join(folder, `.Simmer.vst3.${process.pid}.new`);
const replaced = existsSync(target);
mkdirSync(folder, { recursive: true });
try {
  rmSync(fresh, { recursive: true, force: true });
  cpSync(bundle, fresh, { recursive: true });
  rmSync(target, { recursive: true, force: true });
  renameSync(fresh, target);
} catch (error) {
  rmSync(fresh, { recursive: true, force: true });
  fail(`cannot write ${target}: ${error.message}\n  Close hosts that have the plugin loaded, and try again.`);
}
console.log(`${replaced ? 'Replaced' : 'Installed'} ${target}`);
console.log('Let your DAW scan its VST3 plugins; Simmer is listed as an effect.');
