import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { WebSocketServer } from 'ws';
import type { ModelCard, StoreSnapshot } from '../core/monitor.js';
import type { SessionObserver } from '../session/observe.js';
import { type ComeBack, createComeBack } from './come-back.js';
import { Feed } from './feed.js';
import { createGuard, type Guard } from './guard.js';
import { createRequestListener, parseTarget, type Refusal, refusals, refuseSocket } from './http.js';
import { findJobFile } from './job-files.js';
import { type MonitorLimits, monitorLimits } from './limits.js';
import { noActions, type PageActions } from './page-actions.js';
import { readPageFiles } from './page-files.js';
import { noJobs, type PageJobs } from './page-jobs.js';
import { noSounds, type PageSounds } from './page-sounds.js';
import { answerSound } from './sound-requests.js';

export const feedPath = '/feed';

export interface MonitorOptions {
  readonly observer: SessionObserver;
  /** What pages may do; undefined: they only look. */
  readonly actions?: PageActions;
  /** The sound of takes; undefined: there is none. */
  readonly sounds?: PageSounds;
  /** What pages asked for; undefined: nothing can be. */
  readonly jobs?: PageJobs;
  /** Asked again and again: what is known of a model grows. */
  readonly models: () => readonly ModelCard[];
  readonly version: string;
  /** How the store of rendered audio stands; undefined: nothing is stored. */
  readonly store?: (() => StoreSnapshot) | undefined;
  /** What a plugin is refused for that cannot open a session; undefined: nobody asks. */
  readonly refused?: (() => string) | undefined;
  readonly pid?: number;
  /** Aborting it closes the monitor. */
  readonly signal: AbortSignal;
  /** The built page; by default this package's plugin-ui/dist. */
  readonly pageFolder?: string;
  readonly limits?: Partial<MonitorLimits>;
  /** Where the page of the service before was, and the key of the pages it left open; undefined: nothing is known of it. */
  readonly before?: { readonly port: number; readonly comeBackKey: string } | undefined;
}

export interface Monitor {
  /** The address to open. It carries the page's key: print it for the person who started the service, log it nowhere. */
  readonly pageUrl: string;
  /** What the next service is to know, so that pages come back to it. */
  readonly address: { readonly port: number; readonly comeBackKey: string };
  close(): Promise<void>;
}

/** Serves the page and its feed on a free port of 127.0.0.1, the one it had before if that is free, and nowhere else. */
export async function startMonitor(options: MonitorOptions): Promise<Monitor> {
  options.signal.throwIfAborted();
  const limits = { ...monitorLimits, ...options.limits };
  const files = await readPageFiles(options.pageFolder ?? join(packageFolder(), 'plugin-ui', 'dist'), limits);
  const { server, port } = await listen(limits, options.before?.port);

  const guard = createGuard(port);
  const actions = options.actions ?? noActions;
  const jobs = options.jobs ?? noJobs;
  const comeBack = comeBackFor(port, options.before);
  const feed = new Feed({
    ...options,
    actions,
    jobs,
    pid: options.pid ?? process.pid,
    limits,
    comeBackKey: comeBack.key,
  });
  const sounds = options.sounds ?? noSounds;
  const sound = (path: string, query: URLSearchParams) => answerSound(sounds, limits, path, query);
  const jobFile = (path: string) => findJobFile(jobs, path);
  server.on('request', createRequestListener({ guard, files, comeBack, sound, jobFile }));
  acceptFeedClients(server, guard, feed, limits);

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= shutDown(server, feed);
    return closing;
  };
  if (options.signal.aborted) await close();
  options.signal.addEventListener('abort', () => void close(), { once: true });
  const address = { port, comeBackKey: comeBack.key };
  return { pageUrl: `http://127.0.0.1:${port}/?token=${guard.pageToken}`, address, close };
}

/** Pages that were open at another port are not to come back: they would have to ask whoever has it now. */
function comeBackFor(port: number, before: MonitorOptions['before']): ComeBack {
  return createComeBack(before?.port === port ? before.comeBackKey : randomBytes(32).toString('base64url'));
}

/** @throws Error when no port can be listened on; one that is wished for and taken is none. */
async function listen(limits: MonitorLimits, wished: number | undefined): Promise<{ server: Server; port: number }> {
  const server = createServer({
    headersTimeout: limits.headersTimeoutMillis,
    requestTimeout: limits.requestTimeoutMillis,
    keepAliveTimeout: limits.keepAliveTimeoutMillis,
    connectionsCheckingInterval: limits.connectionCheckIntervalMillis,
    maxHeaderSize: limits.headerBytesMax,
  });
  server.maxConnections = limits.connectionsMax;
  server.on('clientError', (error, socket) => {
    const tooSlow = 'code' in error && error.code === 'ERR_HTTP_REQUEST_TIMEOUT';
    refuseSocket(socket, { ...refusals.wrongTarget, status: tooSlow ? 408 : 400 });
  });
  const bind = async (port: number) => {
    server.listen({ host: '127.0.0.1', port, exclusive: true });
    await once(server, 'listening');
  };
  if (wished !== undefined) await bind(wished).catch(() => {});
  if (!server.listening) await bind(0);
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The page has no port.');
  return { server, port: address.port };
}

function acceptFeedClients(server: Server, guard: Guard, feed: Feed, limits: MonitorLimits): void {
  const sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: limits.clientMessageBytesMax,
  });
  server.on('upgrade', (request, socket, head) => {
    const refusal = ((): Refusal | undefined => {
      if (!guard.hostAllowed(request)) return refusals.notOurName;
      if (!guard.originAllowed(request)) return refusals.notOurOrigin;
      if (!guard.cookieMatches(request)) return refusals.noKey;
      if (parseTarget(request)?.path !== feedPath) return refusals.notFound;
      return feed.full ? refusals.tooMany : undefined;
    })();
    if (refusal === undefined) sockets.handleUpgrade(request, socket, head, (client) => feed.connect(client));
    else refuseSocket(socket, refusal);
  });
}

async function shutDown(server: Server, feed: Feed): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  await feed.close();
  server.closeAllConnections();
  await closed;
}

/** The folder of package.json: this file is at another depth once it is built. */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder);
    if (parent === folder) throw new Error('Simmer is not installed in a package: there is no package.json above it.');
    folder = parent;
  }
  return folder;
}
