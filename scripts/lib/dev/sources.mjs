import { readdirSync, statSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * What the page is developed against.
 *
 * @typedef {object} Source
 * @property {string} name
 * @property {string[]} watched files and folders that it is made of
 * @property {(path: string) => boolean} ignored of what is watched: what is made, not written
 * @property {() => Command[]} build what is to be run before it starts, in order
 * @property {Command} start prints a JSON object with the address of its page when it is ready
 * @typedef {[command: string, ...args: string[]]} Command
 */

/** The service, as `simmer serve` runs it. @param {string} root @param {string[]} args @returns {Source} */
export function realService(root, args) {
  const at = (/** @type {string} */ path) => join(root, path);
  return {
    name: 'service',
    watched: ['service/src', 'proto', 'kernel'].map(at),
    ignored: (path) => path.includes(`${sep}generated${sep}`) || path.includes(`${sep}build${sep}`),
    build: () => {
      /** @type {Command[]} */
      const commands = [];
      // They may also have changed while nothing watched.
      if (newest(at('proto')) > newest(at('service/src/wire/generated'))) {
        commands.push(['node', at('scripts/build-proto.mjs')]);
      }
      if (newest(at('kernel')) > newest(at('dist/kernel'))) commands.push(['node', at('scripts/build-kernel.mjs')]);
      // The service alone: what is wrong elsewhere does not hold it up.
      commands.push(['node', at('node_modules/typescript/bin/tsc'), '-p', at('service'), '--pretty', 'false']);
      return commands;
    },
    start: ['node', '--enable-source-maps', at('service/bin/simmer.js'), 'serve', '--json', ...args],
  };
}

/** Invented instances; needs no model and no host. @param {string} root @returns {Source} */
export function exampleService(root) {
  return {
    name: 'scenes',
    watched: [join(root, 'plugin-ui', 'dev'), join(root, 'service', 'src', 'core')],
    ignored: (path) => !path.endsWith('.ts'),
    build: () => [],
    start: ['node', join(root, 'scripts', 'lib', 'dev', 'example-service.mjs')],
  };
}

/** When the newest file below a folder was written; 0 where there is none. @param {string} folder @returns {number} */
function newest(folder) {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return 0;
  if (!stats.isDirectory()) return stats.mtimeMs;
  return Math.max(0, ...readdirSync(folder).map((name) => newest(join(folder, name))));
}
