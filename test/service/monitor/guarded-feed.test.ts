import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Question, type RunningMonitor, runMonitor, upgradeHeaders } from './support.js';

let monitor: RunningMonitor;

let cookie: string;

beforeAll(async () => {
  monitor = await runMonitor();
  cookie = await monitor.cookie();
});

afterAll(() => monitor.close());

describe('every answer', () => {
  it.each<[string, () => Question]>([
    ['the page', () => ({ headers: [['Cookie', cookie]] })],
    ['a redirect', () => ({ path: `/?token=${monitor.token}` })],
    ['401', () => ({})],
    ['403', () => ({ headers: [['Host', 'evil.example']] })],
    ['404', () => ({ path: '/nothing', headers: [['Cookie', cookie]] })],
    ['405', () => ({ method: 'POST' })],
    ['a refused upgrade', () => ({ path: '/feed', headers: upgradeHeaders })],
    [
      'a foreign origin asking',
      () => ({
        headers: [
          ['Origin', 'http://evil.example'],
          ['Cookie', cookie],
        ],
      }),
    ],
  ])('carries the headers that keep other sites out: %s', async (_what, question) => {
    const { headers } = await ask(monitor.port, question());
    expect(headers['content-security-policy']).toContain("default-src 'none'");
    expect(headers['content-security-policy']).toContain("frame-ancestors 'none'");
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['referrer-policy']).toBe('no-referrer');
    expect(headers['cross-origin-resource-policy']).toBe('same-origin');
    expect(headers['cross-origin-opener-policy']).toBe('same-origin');
    expect(headers['cache-control']).toBe('no-store');
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
  });
});

describe('the feed', () => {
  const upgrade = (path: string, headers: readonly (readonly [string, string])[]) =>
    ask(monitor.port, { path, headers: [...upgradeHeaders, ...headers] });

  it.each(['127.0.0.1', 'localhost'])('opens for its own page under %s', async (name) => {
    const host = `${name}:${monitor.port}`;
    const opened = new Promise<string>((resolve) => {
      void upgrade('/feed', [
        ['Host', host],
        ['Origin', `http://${host}`],
        ['Cookie', cookie],
      ]).then(() => resolve(''));
      setTimeout(resolve, 150, 'still open');
    });
    expect(await opened).toBe('still open');
  });

  it.each<[string, number, () => (readonly [string, string])[], string?]>([
    ['no origin', 403, () => [['Cookie', cookie]]],
    [
      'the null origin',
      403,
      () => [
        ['Origin', 'null'],
        ['Cookie', cookie],
      ],
    ],
    [
      'a foreign origin',
      403,
      () => [
        ['Origin', 'http://evil.example'],
        ['Cookie', cookie],
      ],
    ],
    [
      'another port',
      403,
      () => [
        ['Origin', `http://127.0.0.1:${monitor.port + 1}`],
        ['Cookie', cookie],
      ],
    ],
    [
      'https',
      403,
      () => [
        ['Origin', `https://${monitor.host}`],
        ['Cookie', cookie],
      ],
    ],
    [
      'the other name of this host',
      403,
      () => [
        ['Origin', `http://localhost:${monitor.port}`],
        ['Cookie', cookie],
      ],
    ],
    [
      'two origins',
      403,
      () => [
        ['Origin', `http://${monitor.host}`],
        ['Origin', 'http://evil.example'],
      ],
    ],
    [
      'a rebound name with its matching origin',
      403,
      () => [
        ['Host', `evil.example:${monitor.port}`],
        ['Origin', `http://evil.example:${monitor.port}`],
        ['Cookie', cookie],
      ],
    ],
    ['no cookie', 401, () => [['Origin', `http://${monitor.host}`]]],
    [
      'a wrong cookie',
      401,
      () => [
        ['Origin', `http://${monitor.host}`],
        ['Cookie', `${cookie}x`],
      ],
    ],
    [
      'another path',
      404,
      () => [
        ['Origin', `http://${monitor.host}`],
        ['Cookie', cookie],
      ],
      '/',
    ],
  ])('stays closed for %s', async (_what, status, headers, path = '/feed') => {
    const answer = await upgrade(path, headers());
    expect(answer.status).toBe(status);
    expect(answer.headers['sec-websocket-accept']).toBeUndefined();
  });

  it('is not opened by the token in its address', async () => {
    const answer = await upgrade(`/feed?token=${monitor.token}`, [['Origin', `http://${monitor.host}`]]);
    expect(answer.status).toBe(401);
  });
});
