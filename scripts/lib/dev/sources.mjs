import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';

/**
 * What the page is developed against.
 *
 * @typedef {object} Source
 * @property {string} name
 * @property {string[]} watched files and folders that it is made of
 * @property {(path: string) => boolean} ignored of what is watched: what is made, not written
 * @property {(changed: readonly string[]) => Command[]} build what is to be run before it starts, in order
 * @property {Command} start prints a JSON object with the address of its page when it is ready
 * @typedef {[command: string, ...args: string[]]} Command
 */

/** The service, as `simmer serve` runs it. @param {string} root @param {string[]} args @returns {Source} */
export function realService(root, args) {
  const at = (/** @type {string} */ path) => join(root, path);
  const below = (/** @type {readonly string[]} */ changed, /** @type {string} */ folder) =>
    changed.some((path) => path.startsWith(`${folder}${sep}`));
  return {
    name: 'service',
    watched: ['service/src', 'proto', 'kernel'].map(at),
    ignored: (path) => path.includes(`${sep}generated${sep}`) || path.includes(`${sep}build${sep}`),
    build: (changed) => {
      /** @type {Command[]} */
      const commands = [];
      const generated = at('service/src/wire/generated/simmer.js');
      if (below(changed, 'proto') || !existsSync(generated)) commands.push(['node', at('scripts/build-proto.mjs')]);
      const kernel = at('dist/kernel/samplernn.wasm');
      if (below(changed, 'kernel') || !existsSync(kernel)) commands.push(['node', at('scripts/build-kernel.mjs')]);
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
