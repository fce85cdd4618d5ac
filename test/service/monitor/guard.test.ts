import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, type Question, type RunningMonitor, runMonitor } from './support.js';

let monitor: RunningMonitor;

let cookie: string;

beforeAll(async () => {
  monitor = await runMonitor();
  cookie = await monitor.cookie();
});

afterAll(() => monitor.close());

const get = (question: Question = {}) =>
  ask(monitor.port, { ...question, headers: [['Cookie', cookie], ...(question.headers ?? [])] });

describe('the name a request uses', () => {
  it.each(['127.0.0.1', 'localhost'])('lets %s in', async (name) => {
    expect((await get({ headers: [['Host', `${name}:${monitor.port}`]] })).status).toBe(200);
  });

  it.each([
    ['a rebound name', (port: number) => `evil.example:${port}`],
    ['no port', () => '127.0.0.1'],
    ['another port', (port: number) => `127.0.0.1:${port + 1}`],
    ['every address', (port: number) => `0.0.0.0:${port}`],
    ['a longer name', (port: number) => `localhost.evil.example:${port}`],
    ['another spelling of loopback', (port: number) => `127.1:${port}`],
    ['IPv6 loopback', (port: number) => `[::1]:${port}`],
    ['a user before it', (port: number) => `evil@127.0.0.1:${port}`],
    ['nothing', () => ''],
  ])('refuses %s, even with the key', async (_what, host) => {
    const answer = await get({ headers: [['Host', host(monitor.port)]] });
    expect(answer.status).toBe(403);
    expect(answer.body).not.toContain('<title>');
  });

  it('refuses two names, though the first is right', async () => {
    const headers = [
      ['Host', monitor.host],
      ['Host', 'evil.example'],
    ] as const;
    expect((await get({ headers })).status).toBeGreaterThanOrEqual(400);
  });

  it('is checked before the token is looked at', async () => {
    const answer = await ask(monitor.port, {
      path: `/?token=${monitor.token}`,
      headers: [['Host', `evil.example:${monitor.port}`]],
    });
    expect(answer.status).toBe(403);
    expect(answer.headers['set-cookie']).toBeUndefined();
  });
});

describe('the key', () => {
  it('is exchanged for a cookie that scripts and other sites cannot use, and leaves the address', async () => {
    const answer = await ask(monitor.port, { path: `/?token=${monitor.token}` });
    expect(answer.status).toBe(303);
    expect(answer.headers.location).toBe('/');
    expect(answer.headers['set-cookie']).toMatch(
      new RegExp(`^simmer-page-${monitor.port}=[\\w-]{43}; HttpOnly; SameSite=Strict; Path=/$`),
    );
    expect(answer.headers['set-cookie']).not.toContain(monitor.token);
  });

  it.each([
    ['no cookie', () => []],
    ['an empty cookie', () => [['Cookie', `simmer-page-${monitor.port}=`] as const]],
    ['a wrong cookie', () => [['Cookie', `simmer-page-${monitor.port}=${'A'.repeat(43)}`] as const]],
    ['the token as the cookie', () => [['Cookie', `simmer-page-${monitor.port}=${monitor.token}`] as const]],
    ['the cookie under another name', () => [['Cookie', cookie.replace('simmer', 'simmers')] as const]],
    ['half the cookie', () => [['Cookie', cookie.slice(0, -20)] as const]],
  ])('is asked for when there is %s', async (_what, headers) => {
    const answer = await ask(monitor.port, { headers: headers() });
    expect(answer.status).toBe(401);
    expect(answer.body).toContain('simmer serve');
  });

  it.each(['', 'wrong', 'A'.repeat(43)])('is not "%s", even beside the cookie', async (token) => {
    expect((await get({ path: `/?token=${token}` })).status).toBe(401);
  });

  it('opens only the page itself', async () => {
    expect((await ask(monitor.port, { path: `/assets/page.js?token=${monitor.token}` })).status).toBe(401);
  });

  it('is found among other cookies of this host', async () => {
    const crowd = `a=b; simmer-page-${monitor.port}=planted; ${cookie}; c=d`;
    expect((await ask(monitor.port, { headers: [['Cookie', crowd]] })).status).toBe(200);
  });

  it('is another one in every service', async () => {
    const other = await runMonitor();
    expect(other.token).not.toBe(monitor.token);
    expect(Buffer.from(other.token, 'base64url')).toHaveLength(32);
    await other.close();
  });
});

describe('methods and addresses', () => {
  it('GET gives the page and HEAD its head', async () => {
    const page = await get();
    const head = await get({ method: 'HEAD' });
    expect(page.body).toContain('<title>page</title>');
    expect(head.status).toBe(200);
    expect(head.headers['content-length']).toBe(page.headers['content-length']);
    expect(head.body).toBe('');
  });

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH', 'TRACE'])('%s is refused', async (method) => {
    const answer = await get({ method });
    expect(answer.status).toBe(405);
    expect(answer.headers.allow).toBe('GET, HEAD');
  });

  it('serves what was built', async () => {
    const script = await get({ path: '/assets/page.js' });
    expect(script.body).toBe('export {};');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
  });

  it.each([
    '/secret.js',
    '/../secret.js',
    '/assets/../../secret.js',
    '/%2e%2e/secret.js',
    '/..%2fsecret.js',
    '/..\\secret.js',
    '//secret.js',
    '/assets/page.js/',
    '/assets/page.js%00.html',
    '/assets/./page.js',
    '/@fs/etc/passwd?raw??',
    '/etc/passwd',
    '/notes.txt',
    '/index.html',
    '/__proto__',
    '/constructor',
  ])('has nothing at %s', async (path) => {
    const answer = await get({ path });
    expect(answer.status).toBe(404);
    expect(answer.body).not.toContain('secret');
  });

  it.each(['http://evil.example/', 'evil.example:80', '*'])('does not take %s for an address', async (path) => {
    expect((await get({ path })).status).toBe(400);
  });
});
