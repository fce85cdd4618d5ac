import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type FeedSocket, Link, retryMillis, silentMillis } from '../../plugin-ui/src/monitor/link.js';
import { monitorProtocol } from '../../service/src/core/monitor.js';
import { monitorLimits } from '../../service/src/monitor/limits.js';

class FakeSocket extends EventTarget implements FeedSocket {
  closed = false;
  readonly sent: string[] = [];

  close(): void {
    this.closed = true;
  }

  send(text: string): void {
    if (this.closed) throw new Error('InvalidStateError');
    this.sent.push(text);
  }

  say(message: unknown): void {
    this.dispatchEvent(new MessageEvent('message', { data: JSON.stringify(message) }));
  }

  drop(): void {
    this.dispatchEvent(new Event('close'));
  }
}

const hello = { type: 'hello', protocol: monitorProtocol, version: '0.1.0', pid: 1, models: [] };

function start() {
  const sockets: FakeSocket[] = [];
  const events: string[] = [];
  const link = new Link({
    open: () => {
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    admit: undefined,
    random: () => 0,
    helloMillisMax: 5_000,
    events: {
      onOpen: () => events.push('open'),
      onMessage: (message) => events.push(message.type),
      onLost: (attempt, millis) => events.push(`lost ${attempt} ${millis}`),
      onSilent: () => events.push('silent'),
      onForeign: () => events.push('foreign'),
    },
  });
  const latest = (): FakeSocket => {
    const socket = sockets.at(-1);
    if (socket === undefined) throw new Error('No socket was opened.');
    return socket;
  };
  return { link, sockets, events, latest };
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('the link', () => {
  it('opens, listens, and comes back more and more slowly', () => {
    const { events, latest, sockets } = start();
    latest().say(hello);
    latest().drop();
    for (const millis of [500, 1_000, 2_000, 4_000, 8_000, 10_000]) {
      vi.advanceTimersByTime(millis - 1);
      const before = sockets.length;
      vi.advanceTimersByTime(1);
      expect(sockets.length).toBe(before + 1);
      latest().drop();
    }
    expect(events.slice(0, 5)).toEqual(['open', 'hello', 'lost 1 500', 'lost 2 1000', 'lost 3 2000']);
    expect(events.at(-1)).toBe('lost 7 10000');
  });

  it('is fast again after a greeting', () => {
    const { events, latest } = start();
    latest().drop();
    vi.advanceTimersByTime(500);
    latest().say(hello);
    latest().drop();
    expect(events).toEqual(['lost 1 500', 'open', 'hello', 'lost 1 500']);
  });

  it('takes a feed that never greets for dead', () => {
    const { events, latest } = start();
    const silent = latest();
    vi.advanceTimersByTime(5_000);
    expect(events).toEqual(['lost 1 500']);
    expect(silent.closed).toBe(true);
  });

  it('says once that a feed has fallen silent, and stays with it', () => {
    const { events, latest, sockets } = start();
    latest().say(hello);
    vi.advanceTimersByTime(silentMillis - 1);
    expect(events).toEqual(['open', 'hello']);
    vi.advanceTimersByTime(1);
    expect(events).toEqual(['open', 'hello', 'silent']);
    vi.advanceTimersByTime(3_600_000);
    expect(events).toHaveLength(3);
    expect(sockets).toHaveLength(1);
    latest().say(hello);
    vi.advanceTimersByTime(silentMillis);
    expect(events.slice(3)).toEqual(['open', 'hello', 'silent']);
  });

  it('never calls a feed silent that speaks once a second, nor one that is gone', () => {
    const { events, latest } = start();
    latest().say(hello);
    for (let second = 0; second < 60; second += 1) {
      vi.advanceTimersByTime(monitorLimits.aliveIntervalMillis + monitorLimits.snapshotIntervalMillis);
      latest().say(hello);
    }
    expect(events).not.toContain('silent');
    latest().drop();
    vi.advanceTimersByTime(400);
    expect(events.at(-1)).toBe('lost 1 500');
    expect(events).not.toContain('silent');
  });

  it('gives up on a service of another version', () => {
    const { events, latest, sockets } = start();
    latest().say({ ...hello, protocol: monitorProtocol + 1 });
    latest().drop();
    vi.advanceTimersByTime(60_000);
    expect(events).toEqual(['foreign']);
    expect(sockets).toHaveLength(1);
    expect(latest().closed).toBe(true);
  });

  it('tries at once when asked, and only once', () => {
    const { link, latest, sockets, events } = start();
    latest().drop();
    link.retryNow();
    expect(sockets).toHaveLength(2);
    latest().say(hello);
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
    expect(events).toEqual(['lost 1 500', 'open', 'hello', 'silent']);
  });

  it('carries what is said only while it is greeted', () => {
    const { link, latest } = start();
    const first = latest();
    expect(link.send('too early')).toBe(false);
    first.say(hello);
    expect(link.send('events')).toBe(true);
    first.drop();
    expect(link.send('too late')).toBe(false);
    vi.advanceTimersByTime(500);
    expect(link.send('not yet')).toBe(false);
    latest().say(hello);
    latest().closed = true;
    expect(link.send('to a socket that closes')).toBe(false);
    link.dispose();
    expect(link.send('to nobody')).toBe(false);
    expect([first.sent, latest().sent]).toEqual([['events'], []]);
  });

  it('leaves nothing behind', () => {
    const { link, latest, sockets, events } = start();
    latest().drop();
    vi.advanceTimersByTime(500);
    link.dispose();
    expect(latest().closed).toBe(true);
    latest().say(hello);
    latest().drop();
    vi.advanceTimersByTime(60_000);
    expect(sockets).toHaveLength(2);
    expect(events).toEqual(['lost 1 500']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('spreads pages out, but never waits longer than ten seconds or less than three eighths of one', () => {
    for (let attempt = 0; attempt < 2_000; attempt += 1) {
      const millis = retryMillis(attempt, (attempt % 10) / 10);
      expect(millis).toBeGreaterThanOrEqual(375);
      expect(millis).toBeLessThanOrEqual(10_000);
    }
  });
});

describe('after a loss', () => {
  it('asks to be let in before it opens, and tries later where it is not', async () => {
    const answers = [false, true];
    const sockets: FakeSocket[] = [];
    const events: string[] = [];
    const link = new Link({
      open: () => {
        const socket = new FakeSocket();
        sockets.push(socket);
        return socket;
      },
      admit: () => {
        events.push('asks');
        return Promise.resolve(answers.shift() ?? true);
      },
      random: () => 0,
      helloMillisMax: 5_000,
      events: {
        onOpen: () => events.push('open'),
        onMessage: () => {},
        onLost: (attempt) => events.push(`lost ${attempt}`),
        onSilent: () => {},
        onForeign: () => {},
      },
    });
    sockets[0]?.say(hello);
    sockets[0]?.drop();
    await vi.advanceTimersByTimeAsync(500);
    expect(events).toEqual(['open', 'lost 1', 'asks', 'lost 2']);
    expect(sockets).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(sockets).toHaveLength(2);
    sockets[1]?.drop();
    link.dispose();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(sockets).toHaveLength(2);
  });
});
