import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Asking, comeBack } from '../../../plugin-ui/src/monitor/come-back.js';
import { createComeBack } from '../../../service/src/monitor/come-back.js';
import { ask, type RunningMonitor, runMonitor } from './support.js';

const key = 'k'.repeat(43);
let monitor: RunningMonitor;
beforeEach(async () => {
  monitor = await runMonitor();
  const { port } = monitor;
  await monitor.close();
  // What follows on the port of one that has ended.
  monitor = await runMonitor({ before: { port, comeBackKey: key } });
  expect(monitor.port).toBe(port);
});
afterEach(() => monitor.close());

/** A page that asks the monitor itself; `answers` may change what comes. */
function page(host = monitor.host, answer = (text: string) => text) {
  const asked: { path: string; credentials: string | undefined; setCookie: string | null }[] = [];
  const fetched = async (path: string, { credentials }: Asking) => {
    const told = await ask(monitor.port, { path: `/${path}`, headers: [['Host', host]] });
    asked.push({ path, credentials, setCookie: told.headers['set-cookie'] ?? null });
    return new Response(answer(told.body), { status: told.status });
  };
  return { asked, means: { fetch: fetched, crypto, host } };
}

describe('a page that comes back', () => {
  it('is given the cookie of the service that follows, and sends no key', async () => {
    const { asked, means } = page();
    expect(await comeBack(key, means)).toBe(true);
    expect(asked.map(({ credentials }) => credentials)).toEqual(['omit', 'same-origin']);
    expect(asked[0]?.setCookie).toBeNull();
    expect(asked.map(({ path }) => path).join()).not.toContain(key);
    const cookie = asked[1]?.setCookie?.split(';')[0] ?? '';
    expect((await ask(monitor.port, { headers: [['Cookie', cookie]] })).status).toBe(200);
    expect(asked[1]?.setCookie).toMatch(/HttpOnly; SameSite=Strict; Path=\/$/);
  });

  it('is not let in with another key, and says nothing to who does not know its own', async () => {
    const { asked, means } = page();
    expect(await comeBack('x'.repeat(43), means)).toBe(false);
    expect(asked).toHaveLength(1);
  });

  it('says nothing to one who answers nonsense', async () => {
    for (const nonsense of ['', '{}', '[]', 'null', '{"nonce": 3}', `{"nonce": "a", "proof": "${'A'.repeat(43)}"}`]) {
      const { asked, means } = page(undefined, () => nonsense);
      expect(await comeBack(key, means)).toBe(false);
      expect(asked).toHaveLength(1);
    }
  });

  it('goes on as before where it has no key, or the browser no way to prove', async () => {
    const { asked, means } = page();
    expect(await comeBack(undefined, means)).toBe(true);
    expect(await comeBack(key, { ...means, crypto: { getRandomValues: () => new Uint8Array() } })).toBe(true);
    expect(asked).toEqual([]);
  });

  it('is refused under a name that is not the service’s', async () => {
    const { asked, means } = page(`evil.example:${monitor.port}`);
    expect(await comeBack(key, means)).toBe(false);
    expect(asked.every(({ setCookie }) => setCookie === null)).toBe(true);
  });
});

describe('a proof', () => {
  const host = '127.0.0.1:1';
  const pageNonce = 'p'.repeat(43);

  /** What a page that knows the key proves. */
  async function proofOf(nonce: string, at = host): Promise<string> {
    const imported = await crypto.subtle.importKey('raw', Buffer.from(key), { name: 'HMAC', hash: 'SHA-256' }, false, [
      'sign',
    ]);
    const signed = await crypto.subtle.sign('HMAC', imported, Buffer.from(`simmer page ${at} ${nonce}`));
    return Buffer.from(signed).toString('base64url');
  }

  it('is good once, here, and for ten seconds', async () => {
    let now = 0;
    const back = createComeBack(key, () => now);
    const nonce = () => back.challenge(host, pageNonce)?.nonce ?? '';
    const once = nonce();
    expect(back.admits(host, once, await proofOf(once))).toBe(true);
    expect(back.admits(host, once, await proofOf(once))).toBe(false);
    const elsewhere = nonce();
    expect(back.admits(host, elsewhere, await proofOf(elsewhere, '127.0.0.1:2'))).toBe(false);
    const late = nonce();
    now += 10_001;
    expect(back.admits(host, late, await proofOf(late))).toBe(false);
    expect(back.admits(host, 'n'.repeat(43), await proofOf('n'.repeat(43)))).toBe(false);
    const wrong = nonce();
    expect(back.admits(host, wrong, '')).toBe(false);
  });

  it('of the service is never one of a page, and nonces do not pile up', async () => {
    const back = createComeBack(key);
    const challenge = back.challenge(host, pageNonce);
    expect(back.admits(host, challenge?.nonce ?? '', challenge?.proof ?? '')).toBe(false);
    expect(back.challenge(host, 'short')).toBeUndefined();
    const first = back.challenge(host, pageNonce)?.nonce ?? '';
    for (let more = 0; more < 64; more += 1) back.challenge(host, pageNonce);
    expect(back.admits(host, first, await proofOf(first))).toBe(false);
  });
});
