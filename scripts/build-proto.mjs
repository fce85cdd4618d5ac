// Generates the service's protobuf module from proto/: the JavaScript, its types, and a copy beside the built code
// (tsc copies no JavaScript that has its own .d.ts). Run by `npm run build:proto`.
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, renameSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const generated = join(root, 'service/src/wire/generated');
const built = join(root, 'dist/service/src/wire/generated');
const cli = join(root, 'node_modules/protobufjs-cli/bin');

const script = join(generated, 'simmer.js');
const types = join(generated, 'simmer.d.ts');
mkdirSync(generated, { recursive: true });
mkdirSync(built, { recursive: true });

// Written under another name first, so that a build running beside this one never reads half a file.
const unfinished = `${script}.${process.pid}.tmp.js`;
const run = (/** @type {string} */ tool, /** @type {string[]} */ args) =>
  execFileSync(process.execPath, [join(cli, tool), ...args], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });

run('pbjs', [
  '--target=static-module',
  '--wrap=es6',
  '--path=proto',
  '--no-create',
  '--no-verify',
  '--no-convert',
  '--no-delimited',
  '--no-service',
  `--out=${unfinished}`,
  'simmer/v1/render_service.proto',
  'simmer/v1/takes.proto',
]);
run('pbts', [`--out=${types}.${process.pid}.tmp`, unfinished]);
renameSync(unfinished, script);
renameSync(`${types}.${process.pid}.tmp`, types);
copyFileSync(script, join(built, 'simmer.js'));
copyFileSync(types, join(built, 'simmer.d.ts'));
