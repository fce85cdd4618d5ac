// Serves the page with invented instances: `node plugin-ui/dev/serve-example.mjs`. Nothing of a DAW, a model or the service
// is needed. It prints an address for each scene: /hot/, /takes/ and so on (example-scenes.ts).
import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { build, runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const quiet = { configFile: false, root: at('../..'), logLevel: 'error' };

/** Builds the page and serves it. Resolves to the address of each scene. */
export async function serveExample() {
  await build({ configFile: at('../vite.config.ts'), logLevel: 'warn' });
  const { module: example } = await runnerImport(at('./example-server.ts'), quiet);
  const { module: http } = await runnerImport(at('../../service/src/monitor/http.ts'), quiet);
  const { module: plays } = await runnerImport(at('./example-scenes.ts'), quiet);
  const port = await example.serveExample(at('../dist'), http.securityHeaders);
  const scenes = Object.keys(plays.scenes).map((scene) => [scene, `http://127.0.0.1:${port}/${scene}/`]);
  return { addresses: Object.fromEntries(scenes) };
}

if (process.argv[1] !== undefined && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  for (const address of Object.values((await serveExample()).addresses)) console.log(address);
}
