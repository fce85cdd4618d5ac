import { once } from 'node:events';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { createServer as createVite, runnerImport } from 'vite';
import { forward, forwardSocket } from './forward.mjs';

/** What a service answers; all else is Vite's. */
const serviceAnswers = /^\/(feed$|takes\/|jobs\/)/;
const firstPart = /^\/([\w-]+)(?=\/)/;

/**
 * Serves the page through Vite, and what it asks for from the service, at one address. It is guarded as the service
 * guards its own page, by the very same code: a name, an origin, a key for a cookie. The service's guard stays as it is,
 * and its cookie never comes into a browser.
 *
 * @param {{ root: string, port: number, scenes: boolean, say: (line: string) => void,
 *   target: () => import('./forward.mjs').Target }} parts
 */
export async function servePage({ root, port: wished, scenes, say, target }) {
  const quiet = { configFile: /** @type {const} */ (false), root, logLevel: /** @type {const} */ ('error') };
  const monitor = join(root, 'service', 'src', 'monitor');
  const { module: guards } = await runnerImport(join(monitor, 'guard.ts'), quiet);
  const { module: http } = await runnerImport(join(monitor, 'http.ts'), quiet);

  const server = createServer();
  const port = await listen(server, wished);
  const guard = guards.createGuard(port);
  // Vite hears of those sockets alone that were let in.
  const admitted = createServer();
  const vite = await createVite({
    configFile: join(root, 'plugin-ui', 'vite.config.ts'),
    server: { middlewareMode: true, hmr: { server: admitted } },
    clearScreen: false,
    customLogger: loggerFor(say),
  });

  /** A scene is a folder of its own to the page: the path inside it, or the path as it is. @param {string} path */
  const inScene = (path) => {
    const scene = firstPart.exec(path)?.[1] ?? '';
    return target()?.scenes.includes(scene) ? path.replace(firstPart, '') : path;
  };

  server.on('request', (request, response) => {
    const refuse = (/** @type {{ status: number, text: string }} */ { status, text }) =>
      response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' }).end(text);
    if (!guard.hostAllowed(request)) return refuse(http.refusals.notOurName);
    const url = http.parseTarget(request);
    if (url === undefined) return refuse(http.refusals.wrongTarget);
    const token = url.query.get('token');
    if (token !== null) {
      if (!guard.tokenMatches(token)) return refuse(http.refusals.noKey);
      return response.writeHead(303, { 'Set-Cookie': guard.setCookie, Location: url.path }).end();
    }
    if (!guard.cookieMatches(request)) return refuse(http.refusals.noKey);
    if (serviceAnswers.test(inScene(url.path))) return forward(request, response, target());
    // What Vite has lies at the root.
    request.url = inScene(request.url ?? '/');
    return vite.middlewares(request, response);
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = !guard.hostAllowed(request)
      ? http.refusals.notOurName
      : !guard.originAllowed(request)
        ? http.refusals.notOurOrigin
        : !guard.cookieMatches(request)
          ? http.refusals.noKey
          : undefined;
    if (refusal !== undefined) http.refuseSocket(socket, refusal);
    else if (serviceAnswers.test(inScene(request.url ?? ''))) forwardSocket(request, socket, target());
    else admitted.emit('upgrade', request, socket, head);
  });

  return {
    address: `http://127.0.0.1:${port}/${scenes ? 'hot/' : ''}?token=${guard.pageToken}`,
    /** Pages that are open load anew. */
    reload: () => vite.ws.send({ type: 'full-reload' }),
    /** @param {readonly string[]} paths @param {(path: string) => void} onChange */
    watch(paths, onChange) {
      vite.watcher.add([...paths]);
      for (const kind of /** @type {const} */ (['add', 'change', 'unlink'])) {
        vite.watcher.on(kind, (path) => {
          if (paths.some((watched) => path.startsWith(watched))) onChange(path);
        });
      }
    },
  };
}

/** The wished port, or a free one. @param {import('node:http').Server} server @param {number} wished */
async function listen(server, wished) {
  for (const port of [wished, 0]) {
    server.listen({ host: '127.0.0.1', port, exclusive: true });
    const listening = await once(server, 'listening').catch(() => undefined);
    if (listening !== undefined) break;
  }
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  return address.port;
}

/** @param {(line: string) => void} say @returns {import('vite').Logger} */
function loggerFor(say) {
  /** @type {Set<string>} */
  const warned = new Set();
  const tell = (/** @type {string} */ text) => {
    for (const line of text.split('\n')) say(`vite      ${line}`);
  };
  return {
    hasWarned: false,
    info: tell,
    warn: tell,
    warnOnce(text) {
      if (!warned.has(text)) tell(text);
      warned.add(text);
    },
    error: tell,
    clearScreen() {},
    hasErrorLogged: () => false,
  };
}
