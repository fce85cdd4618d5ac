// Serves the page with two instances that play themselves: `node plugin-ui/dev/serve-example.mjs [sessions] [seconds]`.
// With three, the
// third is an export that failed; with none, the page is empty. Nothing of a DAW, a model or the rest of the service is needed. It prints the address and runs until it is stopped.
import { fileURLToPath } from 'node:url';
import { build, runnerImport } from 'vite';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));
const quiet = { configFile: false, root: at('../..'), logLevel: 'error' };
const [count = '2', warmUpSeconds = '9'] = process.argv.slice(2);

await build({ configFile: at('../vite.config.ts'), logLevel: 'warn' });
const { module: monitor } = await runnerImport(at('../../service/src/monitor/server.ts'), quiet);
const { module: example } = await runnerImport(at('./example-sessions.ts'), quiet);

const stop = new AbortController();
process.once('SIGINT', () => stop.abort());
process.once('SIGTERM', () => stop.abort());
const running = await monitor.startMonitor({
  observer: new example.ExampleSessions(Number(count), Number(warmUpSeconds)),
  models: Number(count) > 0 ? example.exampleModels : [],
  store: () => example.exampleStore(Number(count) > 2),
  version: '0.1.0-example',
  signal: stop.signal,
});
console.log(running.pageUrl);
stop.signal.addEventListener('abort', () => process.exit(0));
