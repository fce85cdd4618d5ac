import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { Development, scratchCheckout } from '../support/development.js';

let development: Development | undefined;
afterEach(async () => {
  await development?.interrupt();
  development = undefined;
});

/** What a request with just these headers is answered; `fetch` would set some of its own. */
async function answerTo(url: URL | string, headers: Readonly<Record<string, string>> = {}) {
  const asked = request(url, { headers }).end();
  const [answer] = await once(asked, 'response');
  let body = '';
  for await (const part of answer) body += String(part);
  return { status: answer.statusCode as number, headers: answer.headers, body };
}

/** The address and the cookie that its key is good for. */
async function enter(address: string): Promise<{ page: URL; cookie: string }> {
  const { status, headers } = await answerTo(address);
  expect(status).toBe(303);
  return { page: new URL(headers.location, address), cookie: headers['set-cookie'][0].split(';')[0] };
}

/** The first message of the feed, or the status that it is refused with. */
async function greeting(page: URL, cookie: string, origin = page.origin): Promise<{ pid: number } | number> {
  const feed = new URL('feed', page);
  feed.protocol = 'ws:';
  const socket = new WebSocket(feed, { headers: { cookie, origin } });
  const refused = once(socket, 'unexpected-response').then(([, answer]) => answer.statusCode as number);
  const greeted = once(socket, 'message').then(([message]) => JSON.parse(String(message)) as { pid: number });
  socket.on('error', () => {});
  const first = await Promise.race([greeted, refused]);
  socket.terminate();
  return first;
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('npm run dev', { tags: ['full'], timeout: 600_000 }, () => {
  test('starts a changed service anew, shows an error and recovers, and ends with Ctrl-C', async () => {
    const checkout = scratchCheckout();
    development = new Development(checkout, []);
    const [, address = ''] = await development.said(/page {6}(\S+)/);
    const [, first = ''] = await development.said(/service {3}runs, process (\d+)/);
    const { page, cookie } = await enter(address);

    // The page comes from Vite, what it asks for from the service.
    expect((await answerTo(page, { cookie })).body).toContain('/@vite/client');
    expect(await greeting(page, cookie)).toMatchObject({ type: 'hello', pid: Number(first) });
    expect((await answerTo(new URL('takes/none/none/steps', page), { cookie })).status).toBe(404);
    expect((await answerTo(new URL('src/takes/player.ts', page), { cookie })).status).toBe(200);

    // Its door is the service's: a name, an origin, a key.
    expect((await answerTo(page)).status).toBe(401);
    expect((await answerTo(new URL('src/main.ts', page))).status).toBe(401);
    expect((await answerTo(page, { cookie, host: 'evil.example' })).status).toBe(403);
    expect(await greeting(page, 'simmer-page=guess')).toBe(401);
    expect(await greeting(page, cookie, 'http://evil.example')).toBe(403);

    const source = join(checkout, 'service', 'src', 'main.ts');
    const sound = readFileSync(source, 'utf8');
    writeFileSync(source, `${sound}\nconst wrong: number = 'text';\n`);
    await development.said(/changed {3}service.src.main\.ts/);
    await development.said(/error .*main\.ts.*TS2322/);
    await development.said(/build {5}failed: what ran before goes on/);
    expect(await greeting(page, cookie)).toMatchObject({ pid: Number(first) });

    writeFileSync(
      source,
      sound.replace(/^await main\(\);$/m, "process.stderr.write('changed indeed\\n');\nawait main();"),
    );
    await development.said(/service {3}changed indeed/);
    const [, second = ''] = await development.said(/service {3}runs, process (\d+)/);
    expect(second).not.toBe(first);
    expect(isAlive(Number(first))).toBe(false);
    expect(await greeting(page, cookie)).toMatchObject({ pid: Number(second) });

    // A page that shows a script is told when it changes.
    const script = join(checkout, 'plugin-ui', 'src', 'main.ts');
    expect((await answerTo(new URL('src/main.ts', page), { cookie })).status).toBe(200);
    writeFileSync(script, `${readFileSync(script, 'utf8')}\n// changed\n`);
    await development.said(/vite .*src\/main\.ts/);

    expect(await development.interrupt()).toBe(130);
    expect(isAlive(Number(second))).toBe(false);
  });

  test('shows invented instances with --scenes', async () => {
    const checkout = scratchCheckout();
    development = new Development(checkout, ['--scenes']);
    const [, address = ''] = await development.said(/page {6}(\S+)/);
    const [, first = ''] = await development.said(/scenes {4}runs, process (\d+)/);
    const { page, cookie } = await enter(address);
    expect(page.pathname).toBe('/hot/');
    expect((await answerTo(page, { cookie })).body).toContain('/@vite/client');
    expect(await greeting(page, cookie)).toMatchObject({ type: 'hello', pid: Number(first) });

    // Everything that the document names is there.
    for (const name of ['src/main.ts', 'icon.svg', '/src/takes/player.ts']) {
      expect((await answerTo(new URL(name, page), { cookie })).status, name).toBe(200);
    }

    const scenes = join(checkout, 'plugin-ui', 'dev', 'example-server.ts');
    writeFileSync(scenes, `${readFileSync(scenes, 'utf8')}\n// changed\n`);
    const [, second = ''] = await development.said(/scenes {4}runs, process (\d+)/);
    expect(await greeting(page, cookie)).toMatchObject({ pid: Number(second) });
  });
});
