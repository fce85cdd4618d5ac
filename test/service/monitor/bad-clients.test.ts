import { connect } from 'node:net';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { snapshot } from './examples.js';
import { ask, ofType, openPage, type RunningMonitor, runMonitor, upgradeHeaders } from './support.js';

const open: RunningMonitor[] = [];

async function run(options: Parameters<typeof runMonitor>[0] = {}): Promise<RunningMonitor> {
  const monitor = await runMonitor({ ...options, limits: { snapshotIntervalMillis: 10, ...options.limits } });
  open.push(monitor);
  return monitor;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((monitor) => monitor.close()));
});

describe('a client that misbehaves is dropped, and the others are not', () => {
  it.each([
    ['speaks', 'hello', 1008],
    ['speaks at length', 'x'.repeat(400_000), 1009],
    ['sends bytes', Buffer.from([1, 2, 3]), 1008],
  ])('one that %s', async (_what, message, code) => {
    const monitor = await run();
    const calm = await openPage(monitor);
    const loud = await openPage(monitor);
    loud.socket.send(message);
    expect(await loud.closed).toBe(code);
    monitor.sessions.sessions = [snapshot()];
    await vi.waitFor(() => expect(ofType(calm, 'sessions').at(-1)?.sessions).toHaveLength(1));
  });

  it('one that does not answer a ping', async () => {
    const monitor = await run({ limits: { pingIntervalMillis: 30 } });
    const calm = await openPage(monitor);
    const cookie = await monitor.cookie();
    // Reads everything and answers nothing.
    const mute = connect(monitor.port, '127.0.0.1');
    const gone = new Promise((resolve) => mute.once('close', resolve));
    const head = [...upgradeHeaders, ['Host', monitor.host], ['Origin', `http://${monitor.host}`], ['Cookie', cookie]];
    mute.write(`GET /feed HTTP/1.1\r\n${head.map(([name, value]) => `${name}: ${value}\r\n`).join('')}\r\n`);
    mute.resume();
    await gone;
    expect(calm.socket.readyState).toBe(calm.socket.OPEN);
  });

  it('one that does not read', async () => {
    const monitor = await run({ limits: { bufferedBytesMax: 64 * 1024 } });
    const calm = await openPage(monitor);
    const slow = await openPage(monitor);
    slow.socket.pause();
    let count = 0;
    const large = () => {
      count += 1;
      monitor.sessions.sessions = [snapshot({ hostName: 'x'.repeat(1_000_000), playheadFrame: count })];
    };
    const timer = setInterval(large, 10);
    await vi.waitFor(() => expect(ofType(calm, 'sessions').length).toBeGreaterThan(40), 10_000);
    clearInterval(timer);
    slow.socket.resume();
    expect(await slow.closed).toBe(1006);
    expect(calm.socket.readyState).toBe(calm.socket.OPEN);
  });

  it('one too many', async () => {
    const monitor = await run({ limits: { feedClientsMax: 2 } });
    const first = await openPage(monitor);
    await openPage(monitor);
    const headers = [
      ...upgradeHeaders,
      ['Origin', `http://${monitor.host}`],
      ['Cookie', await monitor.cookie()],
    ] as const;
    expect((await ask(monitor.port, { path: '/feed', headers })).status).toBe(503);
    first.socket.close();
    await first.closed;
    await openPage(monitor);
  });
});
