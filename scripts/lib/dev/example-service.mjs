// The scenes of plugin-ui/dev in a process of their own, for the development server. Prints {page} when it is ready.
import { fileURLToPath } from 'node:url';
import { runnerImport } from 'vite';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { module: example } = await runnerImport(`${root}plugin-ui/dev/example-server.ts`, {
  configFile: false,
  root,
  logLevel: 'error',
});
// Documents and scripts come from Vite: of this server only what a service answers is asked.
const port = await example.serveExample(`${root}plugin-ui/dist`, {});
console.log(JSON.stringify({ page: `http://127.0.0.1:${port}/` }));
