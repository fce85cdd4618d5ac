// The scenes of plugin-ui/dev in a process of their own, for the development server. Prints {page, scenes} when it is ready.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const quiet = { configFile: /** @type {const} */ (false), root, logLevel: /** @type {const} */ ('error') };
const { module: example } = await runnerImport(`${root}plugin-ui/dev/example-server.ts`, quiet);
const { module: plays } = await runnerImport(`${root}plugin-ui/dev/example-scenes.ts`, quiet);
// Documents and scripts come from Vite: of this server only what a service answers is asked.
const port = await example.serveExample(`${root}plugin-ui/dist`, {});
console.log(JSON.stringify({ page: `http://127.0.0.1:${port}/`, scenes: Object.keys(plays.scenes) }));
