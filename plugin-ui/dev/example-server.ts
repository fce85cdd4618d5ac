import { readFile } from 'node:fs/promises';
import { createServer, type ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { WebSocketServer } from 'ws';
import { type MonitorMessage, monitorProtocol } from '../../service/src/core/monitor.js';
import { pageCommandSchema } from '../../service/src/core/page-commands.js';
import { exampleModels } from './example-models.js';
import { scenes } from './example-scenes.js';
import { ExampleService, type ExampleSession } from './example-sessions.js';

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the built page with invented instances, under the very headers of the service: for looking at it, not for
 * the world. `headers` go with every answer. Its addresses are the service's, and every path names a scene first: `/hot/`. Returns the port.
 */
export async function serveExample(pageFolder: string, headers: Readonly<Record<string, string>>): Promise<number> {
  const services = new Map<string, ExampleService>();
  const serviceOf = (scene: string): ExampleService | undefined => {
    const found = scenes[scene];
    if (found === undefined) return undefined;
    const service = services.get(scene) ?? new ExampleService(found);
    services.set(scene, service);
    return service;
  };
  /** Scenes whose document was just loaded: one whose link breaks is served once for each. */
  const fresh = new Set<string>();
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    const url = new URL(request.url ?? '/', 'http://localhost');
    const [, scene = '', ...rest] = url.pathname.split('/');
    const service = serviceOf(scene);
    const part = (at: number) => decodeURIComponent(rest[at] ?? '');
    if (rest[0] === 'takes' && service !== undefined) {
      const session = service.sessions.find(({ snapshot }) => snapshot.id === part(1));
      if (session !== undefined) return takes(response, session, part(2), rest[3] ?? '', url.searchParams);
      return answer(response, 404, 'text/plain', 'No such instance.');
    }
    // The icon and other files of the style sheets are at the root.
    const path = service === undefined ? url.pathname.slice(1) : rest.join('/') || 'index.html';
    if (path === 'index.html') fresh.add(scene);
    const type = types[extname(path)];
    if (type === undefined || path.includes('..')) return answer(response, 404, 'text/plain', 'Nothing here.');
    readFile(join(pageFolder, path)).then(
      (body) => answer(response, 200, type, body),
      () => answer(response, 404, 'text/plain', 'Nothing here.'),
    );
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (client, request) => {
    const scene = (request.url ?? '').split('/')[1] ?? '';
    const service = serviceOf(scene);
    if (service === undefined) return client.close();
    const say = (messages: readonly MonitorMessage[]) => {
      for (const message of messages) if (client.readyState === client.OPEN) client.send(JSON.stringify(message));
    };
    if (scenes[scene]?.linkBreaks === true && !fresh.delete(scene)) return client.close();
    const models = scenes[scene]?.models === 'none' ? [] : exampleModels;
    say([{ type: 'hello', protocol: monitorProtocol, version: 'example', pid: process.pid, models }]);
    say(service.greeting());
    const ticker = setInterval(() => say(service.advance()), 100);
    client.on('close', () => clearInterval(ticker));
    client.on('message', (data) => say(service.receive(pageCommandSchema.parse(JSON.parse(String(data))))));
    if (scenes[scene]?.linkBreaks === true) setTimeout(() => client.close(), 1_200);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

function takes(
  response: ServerResponse,
  session: ExampleSession,
  id: string,
  what: string,
  query: URLSearchParams,
): void {
  const take = session.takes.find((known) => known.id === id);
  const sound = session.sound(id);
  const [from = 0, to = 0, level = 0] = ['from', 'to', 'level'].map((name) => Number(query.get(name)));
  if (take === undefined || sound === undefined || !(to > from)) {
    answer(response, 404, 'text/plain', 'No such take.');
    return;
  }
  const start = Math.max(from, take.rootStep);
  const end = Math.min(to, take.endStep);
  response.setHeader('simmer-present', end > start ? `${start}-${end}` : '');
  if (what === 'lane') {
    const lane = session.laneValues(from, to, 600);
    answer(response, 200, 'application/json', JSON.stringify({ delivered: lane, evaluated: lane }));
  } else if (what === 'steps') {
    const values = new Int16Array(to - from);
    if (end > start) values.set(sound.steps(start, end), start - from);
    answer(response, 200, 'application/octet-stream', new Uint8Array(values.buffer));
  } else {
    const pairs = sound.peaks(level, from, to);
    answer(response, 200, 'application/octet-stream', new Uint8Array(pairs.buffer));
  }
}

function answer(response: ServerResponse, status: number, type: string, body: string | Uint8Array): void {
  response.writeHead(status, { 'Content-Type': type });
  response.end(body);
}
