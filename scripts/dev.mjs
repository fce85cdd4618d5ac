// npm run dev: the service and its page, built anew as they are changed.
//
//   npm run dev                     the page on the real service, which is built and started again on a change
//   npm run dev -- --scenes         the page on invented instances (plugin-ui/dev)
//   npm run dev -- --port 5180      where the page is; by default there, or on a free port
//   npm run dev -- --model film     what else is said goes to `simmer serve`
//
// The page itself comes from Vite and changes in the browser. Ctrl-C ends everything.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { endProcessesWithUs } from './lib/process.mjs';

const root = join(fileURLToPath(import.meta.url), '..', '..');
endProcessesWithUs();
const setUp = spawnSync(process.execPath, [join(root, 'scripts/setup.mjs'), '--needs', 'npm'], { stdio: 'inherit' });
if (setUp.status !== 0) process.exit(1);
// It needs packages that may only now be there.
const { develop } = await import('./lib/dev/develop.mjs');

const args = process.argv.slice(2);
/** @param {string} name @param {number} count */
const take = (name, count) => (args.includes(name) ? args.splice(args.indexOf(name), count) : []);
const [scenes] = take('--scenes', 1);
const [, port = '5180'] = take('--port', 2);
if (!/^\d{1,5}$/.test(port) || Number(port) > 65_535) {
  console.error(`dev: ${port} is no port`);
  process.exit(2);
}
await develop({ root, scenes: scenes !== undefined, port: Number(port), serveArgs: args });
