import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import WebSocket from 'ws';
import { type MonitorMessage, monitorMessageSchema } from '../../../service/src/core/monitor.js';
import { type MonitorOptions, startMonitor } from '../../../service/src/monitor/server.js';
import { FakeSessions } from './examples.js';

export interface RunningMonitor {
  readonly sessions: FakeSessions;
  readonly port: number;
  readonly token: string;
  readonly host: string;
  cookie(): Promise<string>;
  close(): Promise<void>;
}

/** A monitor over a page of two small files, with a file beside the page that must never be served. */
export async function runMonitor(options: Partial<MonitorOptions> = {}): Promise<RunningMonitor> {
  const root = await mkdtemp(join(tmpdir(), 'simmer-page-'));
  const pageFolder = join(root, 'dist');
  await mkdir(join(pageFolder, 'assets'), { recursive: true });
  await writeFile(join(pageFolder, 'index.html'), '<!doctype html><title>page</title>');
  await writeFile(join(pageFolder, 'assets', 'page.js'), 'export {};');
  await writeFile(join(pageFolder, 'notes.txt'), 'not a kind of file that a page has');
  await writeFile(join(root, 'secret.js'), 'secret');

  const sessions = new FakeSessions();
  const stop = new AbortController();
  const monitor = await startMonitor({
    observer: sessions,
    models: () => [],
    version: '0.1.0',
    pid: 42,
    signal: stop.signal,
    pageFolder,
    ...options,
  });
  const url = new URL(monitor.pageUrl);
  const port = Number(url.port);
  const token = url.searchParams.get('token') ?? '';
  const host = `127.0.0.1:${port}`;
  return {
    sessions,
    port,
    token,
    host,
    cookie: async () => {
      const answer = await ask(port, { path: `/?token=${token}` });
      return (answer.headers['set-cookie'] ?? '').split(';')[0] ?? '';
    },
    close: async () => {
      await monitor.close();
      await rm(root, { recursive: true });
    },
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Question {
  readonly method?: string;
  readonly path?: string;
  /** Sent as they are, in order; without any, only the right Host. */
  readonly headers?: readonly (readonly [name: string, value: string])[];
}

/** One request written byte by byte, so that nothing normalises a path, a method or a header on the way. */
export async function ask(port: number, question: Question = {}): Promise<Answer> {
  const { method = 'GET', path = '/', headers = [] } = question;
  const named = headers.some(([name]) => name.toLowerCase() === 'host');
  const all = named ? headers : [['Host', `127.0.0.1:${port}`] as const, ...headers];
  const lines = all.filter(([name]) => name !== '').map(([name, value]) => `${name}: ${value}\r\n`);
  return parseAnswer(await speak(port, `${method} ${path} HTTP/1.1\r\n${lines.join('')}Connection: close\r\n\r\n`));
}

/** Writes to a bare socket and returns what comes until the server closes it. */
export function speak(port: number, text: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(text));
    const parts: Buffer[] = [];
    socket.on('data', (part) => parts.push(part));
    socket.on('close', () => resolve(Buffer.concat(parts).toString('utf8')));
    socket.on('error', reject);
  });
}

export function parseAnswer(text: string): Answer {
  const [head = '', ...rest] = text.split('\r\n\r\n');
  const [first = '', ...lines] = head.split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), line.slice(line.indexOf(':') + 1).trim()]),
  );
  return { status: Number(first.split(' ')[1] ?? 0), headers, body: rest.join('\r\n\r\n') };
}

export const upgradeHeaders = [
  ['Upgrade', 'websocket'],
  ['Connection', 'Upgrade'],
  ['Sec-WebSocket-Version', '13'],
  ['Sec-WebSocket-Key', 'dGhlIHNhbXBsZSBub25jZQ=='],
] as const;

/** A page as the browser opens it, keeping every message it was sent, each parsed with the schema. */
export async function openPage(monitor: RunningMonitor): Promise<OpenPage> {
  const socket = new WebSocket(`ws://${monitor.host}/feed`, {
    headers: { origin: `http://${monitor.host}`, cookie: await monitor.cookie() },
  });
  const messages: MonitorMessage[] = [];
  socket.on('message', (data) => messages.push(monitorMessageSchema.parse(JSON.parse(data.toString()))));
  const closed = new Promise<number>((resolve) => socket.once('close', resolve));
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  return { socket, messages, closed };
}

export interface OpenPage {
  readonly socket: WebSocket;
  readonly messages: MonitorMessage[];
  /** The close code. */
  readonly closed: Promise<number>;
}

export function ofType<Type extends MonitorMessage['type']>(
  page: OpenPage,
  type: Type,
): Extract<MonitorMessage, { type: Type }>[] {
  return page.messages.filter((message): message is Extract<MonitorMessage, { type: Type }> => message.type === type);
}
