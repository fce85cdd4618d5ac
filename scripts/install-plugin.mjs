// Copies the built plugins to the user's own VST3 and CLAP folders, where hosts look for them.
import { cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const bundles = join(root, 'native-shim', 'target', 'bundle');

function fail(message) {
  console.error(`install-plugin: ${message}`);
  process.exit(1);
}

/** Where hosts look for plugins of a format (`vst3` or `clap`). */
function userFolder(format) {
  switch (process.platform) {
    case 'linux':
      return join(homedir(), `.${format}`);
    case 'darwin':
      return join(homedir(), 'Library', 'Audio', 'Plug-Ins', format.toUpperCase());
    case 'win32': {
      const local = process.env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local');
      return join(local, 'Programs', 'Common', format.toUpperCase());
    }
    default:
      return fail(`no plugin folder is known for ${process.platform}`);
  }
}

function install(format) {
  const name = `Simmer.${format}`;
  const bundle = join(bundles, name);
  const folder = userFolder(format);
  const target = join(folder, name);
  const fresh = join(folder, `.${name}.${process.pid}.new`);
  const replaced = existsSync(target);
  try {
    mkdirSync(folder, { recursive: true });
    rmSync(fresh, { recursive: true, force: true });
    cpSync(bundle, fresh, { recursive: true });
    rmSync(target, { recursive: true, force: true });
    renameSync(fresh, target);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    fail(`cannot write ${target}: ${error.message}\n  Close hosts that have the plugin loaded, and try again.`);
  }
  console.log(`${replaced ? 'Replaced' : 'Installed'} ${target}`);
}

const formats = ['vst3', 'clap'];
const missing = formats.filter((format) => !existsSync(join(bundles, `Simmer.${format}`)));
if (missing.length > 0) {
  fail(`there is no built Simmer.${missing.join(' and no Simmer.')} yet: run \`npm run build:shim\` first`);
}
formats.forEach(install);
console.log('Let your DAW scan its VST3 or CLAP plugins; Simmer is listed as an effect. One format is enough.');
