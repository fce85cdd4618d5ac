import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { startMonitor } from '../../../service/src/monitor/server.js';
import { FakeSessions } from './examples.js';
import { ask, openPage, parseAnswer, type RunningMonitor, runMonitor, speak } from './support.js';

const open: RunningMonitor[] = [];

async function run(options: Parameters<typeof runMonitor>[0] = {}): Promise<RunningMonitor> {
  const monitor = await runMonitor(options);
  open.push(monitor);
  return monitor;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((monitor) => monitor.close()));
});

const headOnly = { headersTimeoutMillis: 60, requestTimeoutMillis: 60_000, connectionCheckIntervalMillis: 20 };
const bodyOnly = { headersTimeoutMillis: 60, requestTimeoutMillis: 60, connectionCheckIntervalMillis: 20 };
const impatient = { limits: { ...headOnly, requestTimeoutMillis: 120 } };

describe('unfinished requests', () => {
  it.each([
    ['a connection that says nothing', ''],
    ['half a head', 'GET / HTTP/1.1\r\nHost: 127.0.0.1'],
    ['a head without an end', 'GET / HTTP/1.1\r\nHost: x\r\nX-Slow: 1\r\n'],
  ])('%s is dropped', async (_what, text) => {
    const monitor = await run({ limits: headOnly });
    const answer = parseAnswer(await speak(monitor.port, text));
    expect([0, 408]).toContain(answer.status);
  });

  it('a body that never comes is dropped with its connection', async () => {
    const monitor = await run({ limits: { ...bodyOnly, keepAliveTimeoutMillis: 60_000 } });
    const cookie = await monitor.cookie();
    const head = `GET / HTTP/1.1\r\nHost: ${monitor.host}\r\nCookie: ${cookie}\r\nContent-Length: 100\r\n\r\n`;
    expect(parseAnswer(await speak(monitor.port, head)).status).toBe(200);
  });

  it('a finished request over the same limits is answered', async () => {
    const monitor = await run(impatient);
    expect((await ask(monitor.port, { headers: [['Cookie', await monitor.cookie()]] })).status).toBe(200);
  });

  it('what is not HTTP is refused', async () => {
    const monitor = await run();
    expect(parseAnswer(await speak(monitor.port, '\x16\x03\x01 hello\r\n\r\n')).status).toBe(400);
  });

  it('a head larger than the limit is refused', async () => {
    const monitor = await run();
    const answer = await ask(monitor.port, { headers: [['X-Large', 'x'.repeat(10_000)]] }).catch(() => undefined);
    expect(answer?.status ?? 400).toBe(400);
  });
});

describe('where it listens', () => {
  it('is loopback only', async () => {
    const monitor = await run();
    const outside = Object.values(networkInterfaces())
      .flat()
      .filter((address) => address?.family === 'IPv4' && !address.internal);
    // The port is still free on every other address of this machine: nobody listens there.
    for (const address of outside) await bindOnce(monitor.port, address?.address ?? '');
    await expect(bindOnce(monitor.port, '127.0.0.1')).rejects.toThrow('EADDRINUSE');
  });

  it('is another port for every service', async () => {
    const [first, second] = [await run(), await run()];
    expect(first.port).not.toBe(second.port);
    expect((await ask(second.port, { headers: [['Cookie', await first.cookie()]] })).status).toBe(401);
  });
});

describe('lifetime', () => {
  it('closes twice, takes the pages with it and frees its port', async () => {
    const monitor = await run();
    const page = await openPage(monitor);
    await monitor.close();
    open.splice(0);
    expect(await page.closed).toBe(1001);
    await bindOnce(monitor.port, '127.0.0.1');
  });

  it('closes when its signal says so', async () => {
    const stop = new AbortController();
    const monitor = await run({ signal: stop.signal });
    const page = await openPage(monitor);
    stop.abort();
    expect(await page.closed).toBe(1001);
  });

  it('does not start when it was told to stop before', async () => {
    const sessions = new FakeSessions();
    const options = { observer: sessions, models: () => [], version: '0', signal: AbortSignal.abort() };
    await expect(startMonitor(options)).rejects.toThrow();
    expect(sessions.listeners.size).toBe(0);
  });

  it('stops listening to the sessions', async () => {
    const monitor = await run();
    expect(monitor.sessions.listeners.size).toBe(1);
    await monitor.close();
    open.splice(0);
    expect(monitor.sessions.listeners.size).toBe(0);
  });
});

describe('a page that was not built', () => {
  it('says so and how to build it', async () => {
    const empty = await mkdtemp(join(tmpdir(), 'simmer-none-'));
    for (const pageFolder of [empty, join(empty, 'missing')]) {
      const monitor = await run({ pageFolder });
      const answer = await ask(monitor.port, { headers: [['Cookie', await monitor.cookie()]] });
      expect(answer.status).toBe(503);
      expect(answer.body).toContain('npm run build:ui');
    }
    await rm(empty, { recursive: true });
  });
});

async function bindOnce(port: number, address: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: address, exclusive: true }, resolve);
  });
  await new Promise((resolve) => server.close(resolve));
}
