import { relative } from 'node:path';
import { servePage } from './page-server.mjs';
import { exampleService, realService } from './sources.mjs';
import { Supervisor } from './supervisor.mjs';

/** Changes that come together are one: an editor writes several files, and some of them twice. */
const settleMillis = 150;

/** @param {string} line */
const say = (line) => console.log(`dev: ${line}`);

/**
 * Runs until the process ends.
 *
 * @param {{ root: string, scenes: boolean, port: number, serveArgs: string[] }} wish
 */
export async function develop({ root, scenes, port, serveArgs }) {
  const source = scenes ? exampleService(root) : realService(root, serveArgs);
  const supervisor = new Supervisor(source, root, say);
  const page = await servePage({ root, port, scenes, say, target: () => supervisor.target });
  supervisor.onStarted = () => page.reload();

  /** @type {Set<string>} */
  const changed = new Set();
  /** @type {NodeJS.Timeout | undefined} */
  let settling;
  page.watch(source.watched, (path) => {
    if (source.ignored(path)) return;
    changed.add(relative(root, path));
    clearTimeout(settling);
    settling = setTimeout(() => {
      const paths = [...changed];
      changed.clear();
      say(`changed   ${paths.slice(0, 3).join(', ')}${paths.length > 3 ? ` and ${paths.length - 3} more` : ''}`);
      supervisor.renew();
    }, settleMillis);
  });

  say(`page      ${page.address}${scenes ? '   and so on: /takes/, /hour/ (plugin-ui/dev/example-scenes.ts)' : ''}`);
  say(`watching  ${source.watched.map((path) => relative(root, path)).join(', ')}; Vite watches plugin-ui`);
  say('Ctrl-C ends everything');
  supervisor.renew();
}
