// Serves the page with invented instances: `node plugin-ui/dev/serve-example.mjs [port's file]`. Nothing of a DAW, a
// model or the service is needed. It prints an address; /hot/, /takes/ and so on are its scenes (example-scenes.ts).
import { fileURLToPath } from 'node:url';
import { build, runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const quiet = { configFile: false, root: at('../..'), logLevel: 'error' };

await build({ configFile: at('../vite.config.ts'), logLevel: 'warn' });
const { module: example } = await runnerImport(at('./example-server.ts'), quiet);
const { module: http } = await runnerImport(at('../../service/src/monitor/http.ts'), quiet);
const { module: plays } = await runnerImport(at('./example-scenes.ts'), quiet);
const port = await example.serveExample(at('../dist'), http.securityHeaders);
for (const scene of Object.keys(plays.scenes)) console.log(`http://127.0.0.1:${port}/${scene}/`);
