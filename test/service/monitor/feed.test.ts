import { afterEach, describe, expect, it, vi } from 'vitest';
import { monitorProtocol } from '../../../service/src/core/monitor.js';
import { modelCard, snapshot, storeSnapshot, stretch } from './examples.js';
import { ofType, openPage, type RunningMonitor, runMonitor } from './support.js';

const open: RunningMonitor[] = [];

async function run(options: Parameters<typeof runMonitor>[0] = {}): Promise<RunningMonitor> {
  const monitor = await runMonitor({ ...options, limits: { snapshotIntervalMillis: 10, ...options.limits } });
  open.push(monitor);
  return monitor;
}

afterEach(async () => {
  await Promise.all(open.splice(0).map((monitor) => monitor.close()));
});

const card = modelCard({ title: '<b>One</b>' });

const pause = (millis: number) => new Promise((resolve) => setTimeout(resolve, millis));

describe('what a page is told', () => {
  it('is first who speaks, then the sessions, then their lane so far', async () => {
    const monitor = await run({
      models: () => [card],
    });
    monitor.sessions.sessions = [snapshot()];
    monitor.sessions.lane(stretch('s1', 1, [0, 480], 0.75));
    const page = await openPage(monitor);
    await vi.waitFor(() => expect(page.messages.map((message) => message.type)).toEqual(['hello', 'sessions', 'lane']));
    expect(ofType(page, 'hello')[0]).toMatchObject({
      protocol: monitorProtocol,
      version: '0.1.0',
      pid: 42,
      models: [{ title: '<b>One</b>' }],
    });
    expect(ofType(page, 'sessions')[0]?.sessions).toEqual([snapshot()]);
    expect(ofType(page, 'lane')[0]).toEqual({ type: 'lane', ...stretch('s1', 1, [0, 480], 0.75) });
  });

  it('is who speaks again only when more is known of a model', async () => {
    let models = [card];
    const monitor = await run({ models: () => models });
    const page = await openPage(monitor);
    await pause(80);
    expect(ofType(page, 'hello')).toHaveLength(1);
    models = [{ ...card, realTimeFactor: 6.5 }];
    await vi.waitFor(() => expect(ofType(page, 'hello')).toHaveLength(2));
    expect(ofType(page, 'hello')[1]?.models).toEqual(models);
    await pause(80);
    expect(ofType(page, 'hello')).toHaveLength(2);
  });

  it('is the sessions again only when they have changed', async () => {
    const monitor = await run();
    monitor.sessions.sessions = [snapshot()];
    const page = await openPage(monitor);
    await pause(80);
    expect(ofType(page, 'sessions')).toHaveLength(1);
    monitor.sessions.sessions = [snapshot({ temperatureDelivered: 1.1 })];
    await vi.waitFor(() => expect(ofType(page, 'sessions').at(-1)?.sessions[0]?.temperatureDelivered).toBe(1.1));
    monitor.sessions.sessions = [];
    await vi.waitFor(() => expect(ofType(page, 'sessions').at(-1)?.sessions).toEqual([]));
    expect(ofType(page, 'sessions')).toHaveLength(3);
  });

  it('is where audio was missing, when more is and to those who come later', async () => {
    const monitor = await run();
    monitor.sessions.sessions = [snapshot()];
    const page = await openPage(monitor);
    monitor.sessions.gapsOf = [{ session: 's1', version: 1, all: [{ fromFrame: 5, toFrame: 9 }] }];
    await vi.waitFor(() => expect(ofType(page, 'gaps')).toEqual([{ type: 'gaps', session: 's1', gaps: [[5, 9]] }]));
    await pause(80);
    expect(ofType(page, 'gaps')).toHaveLength(1);
    const later = await openPage(monitor);
    await vi.waitFor(() => expect(ofType(later, 'gaps')).toHaveLength(1));
    monitor.sessions.gapsOf = [{ session: 's1', version: 2, all: [{ fromFrame: 5, toFrame: 12 }] }];
    await vi.waitFor(() => expect(ofType(page, 'gaps').at(-1)?.gaps).toEqual([[5, 12]]));
  });

  it('is what was just heard', async () => {
    const monitor = await run();
    monitor.sessions.sessions = [snapshot()];
    const page = await openPage(monitor);
    await vi.waitFor(() => expect(ofType(page, 'sessions')).toHaveLength(1));
    const peaks = { type: 'peaks' as const, session: 's1', take: 'a', firstStep: 64, low: [-3, -4], high: [5, 6] };
    monitor.sessions.sound(peaks);
    await vi.waitFor(() => expect(ofType(page, 'peaks')).toEqual([peaks]));
  });

  it('is the same again now and then, so that a service that stands still is noticed', async () => {
    const monitor = await run({ limits: { aliveIntervalMillis: 20 } });
    monitor.sessions.sessions = [snapshot()];
    const page = await openPage(monitor);
    await vi.waitFor(() => expect(ofType(page, 'sessions').length).toBeGreaterThan(3));
    expect(new Set(page.messages.map((message) => JSON.stringify(message))).size).toBe(2);
  });

  it('is how the store stands, and that there is none', async () => {
    let bytes = 7;
    const monitor = await run({ store: () => storeSnapshot({ bytes }) });
    const page = await openPage(monitor);
    await vi.waitFor(() => expect(ofType(page, 'sessions')[0]?.store).toEqual(storeSnapshot({ bytes: 7 })));
    bytes = 8;
    await vi.waitFor(() => expect(ofType(page, 'sessions').at(-1)?.store.bytes).toBe(8));
    const without = await openPage(await run());
    await vi.waitFor(() => expect(ofType(without, 'sessions')[0]?.store).toMatchObject({ bytes: 0, bytesMax: 0 }));
  });

  it('is at most one view per interval, however fast they change', async () => {
    const monitor = await run({ limits: { snapshotIntervalMillis: 50 } });
    let playheadFrame = 0;
    Object.defineProperty(monitor.sessions, 'sessions', {
      get: () => {
        playheadFrame += 1;
        return [snapshot({ playheadFrame })];
      },
    });
    const started = performance.now();
    const first = await openPage(monitor);
    const second = await openPage(monitor);
    await pause(500);
    await vi.waitFor(() => expect(ofType(second, 'sessions').length).toBeGreaterThan(2));
    const elapsed = performance.now() - started;
    for (const page of [first, second]) {
      expect(ofType(page, 'sessions').length).toBeLessThanOrEqual(2 + elapsed / 50);
    }
  });

  it('is new lane in one stretch per interval', async () => {
    const monitor = await run({ limits: { snapshotIntervalMillis: 40 } });
    monitor.sessions.sessions = [snapshot()];
    const page = await openPage(monitor);
    await vi.waitFor(() => expect(ofType(page, 'sessions')).toHaveLength(1));
    for (let block = 0; block < 50; block += 1)
      monitor.sessions.lane(stretch('s1', 1, [block * 256, block * 256 + 128]));
    await vi.waitFor(() => expect(ofType(page, 'lane')).toHaveLength(1));
    expect(ofType(page, 'lane')[0]?.evaluated.frames).toHaveLength(100);
  });

  it('is a number where there is none that JSON could carry', async () => {
    const monitor = await run();
    monitor.sessions.sessions = [snapshot({ realTimeFactor: Number.POSITIVE_INFINITY, linkMillis: Number.NaN })];
    const page = await openPage(monitor);
    await vi.waitFor(() => expect(ofType(page, 'sessions')).toHaveLength(1));
    expect(ofType(page, 'sessions')[0]?.sessions[0]).toMatchObject({ realTimeFactor: Number.MAX_VALUE, linkMillis: 0 });
  });

  it('is why it is closed, when the sessions cannot be read; and the next page is served', async () => {
    const monitor = await run();
    const page = await openPage(monitor);
    monitor.sessions.failing = true;
    expect(await page.closed).toBe(1011);
    monitor.sessions.failing = false;
    const next = await openPage(monitor);
    await vi.waitFor(() => expect(ofType(next, 'hello')).toHaveLength(1));
  });
});
