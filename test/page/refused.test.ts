import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { ServiceProcess } from '../support/service-process.js';
import { TestBrowser } from './browser.js';
import { SimmerPage } from './simmer-page.js';

/** Names that the browser takes to this machine: of another site, and one that an attacker has bound to loopback. */
const [otherSite, reboundName] = ['other-site.test', 'rebound.test'];

let browser: TestBrowser;
let service: ServiceProcess;
let stranger: Server;
let careless: Server;
let simmer: URL;
beforeAll(async () => {
  browser = await TestBrowser.start([`--host-resolver-rules=MAP *.test 127.0.0.1`]);
  service = await ServiceProcess.start();
  simmer = new URL(service.discovery.page);
  stranger = await listening(
    createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end('<!doctype html><title>stranger</title><body>');
    }),
  );
  careless = await listening(carelessServer());
});
afterAll(async () => {
  await browser.close();
  await service.stop();
  for (const server of [stranger, careless]) server.close();
});

async function listening(server: Server): Promise<Server> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

/** What Simmer would be without its guards: every attempt below succeeds against it. */
function carelessServer(): Server {
  const server = createServer((request, response) => {
    response.setHeader('Access-Control-Allow-Origin', request.headers.origin ?? '*');
    response.setHeader('Access-Control-Allow-Credentials', 'true');
    response.setHeader('Content-Type', request.url?.endsWith('.js') ? 'text/javascript' : 'text/html');
    response.end(request.url?.endsWith('.js') ? '0' : '<!doctype html><p>Models on this machine</p>');
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', (client) => client.send('hello'));
  return server;
}

/** What a page tries to learn of another origin, in its own words. Every answer is `refused`, or what it got. */
const attempts: Readonly<Record<string, string>> = {
  'a fetch with cookies': `fetch(target + '/', { credentials: 'include' }).then((answer) => answer.text())`,
  'a fetch that asks for nothing to read': `fetch(target + '/', { credentials: 'include', mode: 'no-cors' }).then(() => 'sent')`,
  'a fetch of sound': `fetch(target + '/takes/a/0123456789abcdef/peaks?from=0&to=1&level=0', { credentials: 'include' }).then((answer) => answer.status)`,
  'a POST': `fetch(target + '/', { method: 'POST', credentials: 'include', body: 'x' }).then((answer) => answer.status)`,
  'its script': `new Promise((resolve, reject) => {
    const script = document.createElement('script');
    script.onload = () => resolve('loaded');
    script.onerror = reject;
    script.src = target + scriptPath;
    document.body.append(script);
  })`,
  'a WebSocket': `new Promise((resolve, reject) => {
    const socket = new WebSocket(target.replace('http', 'ws') + '/feed');
    socket.onmessage = ({ data }) => resolve(data);
    socket.onopen = () => setTimeout(() => resolve('open'), 2000);
    socket.onclose = reject;
  })`,
};

async function attempt(page: Page, what: string, target: string, scriptPath: string): Promise<string> {
  const head = `const target = ${JSON.stringify(target)}; const scriptPath = ${JSON.stringify(scriptPath)};`;
  return await page.evaluate(`{ ${head} (${attempts[what]}).then(String, () => 'refused') }`);
}

/** The service's own script, as its page names it. */
async function scriptPath(): Promise<string> {
  const own = await SimmerPage.open(browser, service);
  const path = await own.page.locator('script[src]').first().getAttribute('src');
  await own.page.context().close();
  return `/${(path ?? '').replace(/^\.\//, '')}`;
}

describe.each([
  ['another site', () => `http://${otherSite}:${portOf(stranger)}`],
  // Cookies know no ports: for the browser this is the same site, and it sends them.
  ['another port of this machine', () => `http://127.0.0.1:${portOf(stranger)}`],
])('a page of %s, in a browser that has Simmer’s cookie', (_what, origin) => {
  test('learns nothing', async () => {
    const own = await SimmerPage.open(browser, service);
    const context = own.page.context();
    const script = await scriptPath();
    const { page } = await browser.page(context);
    await page.goto(origin());
    for (const what of Object.keys(attempts)) {
      const careful = await attempt(page, what, simmer.origin, script);
      expect(`${what}: ${careful}`).toBe(`${what}: refused`);
      const open = await attempt(page, what, `http://127.0.0.1:${portOf(careless)}`, '/any.js');
      expect(`${what}: ${open}`).not.toBe(`${what}: refused`);
    }
  });

  test('cannot show it in a frame, nor post a form to it', async () => {
    const own = await SimmerPage.open(browser, service);
    const context = own.page.context();
    const { page } = await browser.page(context);
    await page.goto(origin());
    const framed = async (target: string, post: boolean): Promise<string> => {
      await page.evaluate(`{
        document.body.replaceChildren();
        const frame = document.createElement('iframe');
        frame.name = 'within';
        const form = document.createElement('form');
        Object.assign(form, { target: 'within', action: ${JSON.stringify(target)}, method: 'post' });
        document.body.append(frame, form);
        new Promise((resolve) => {
          frame.onload = resolve;
          ${post ? 'form.submit()' : `frame.src = ${JSON.stringify(target)}`};
        })
      }`);
      // A frame that shows another site, or nothing but a refusal, is another process's: the one that was there goes away meanwhile.
      let shown: string | undefined;
      await expect
        .poll(async () => {
          const frame = page.frames().findLast((one) => one !== page.mainFrame() && !one.isDetached());
          shown = await frame?.content().catch(() => undefined);
          return shown === undefined;
        })
        .toBe(false);
      return shown ?? '';
    };
    for (const post of [false, true]) {
      expect(await framed(`http://127.0.0.1:${portOf(careless)}/`, post)).toContain('Models on this machine');
      expect(await framed(`${simmer.origin}/`, post)).not.toMatch(/Models on this machine|id="page"/);
    }
  });

  test('has no hold of a window that it opens', async () => {
    const own = await SimmerPage.open(browser, service);
    const context = own.page.context();
    const { page } = await browser.page(context);
    await page.goto(origin());
    const opened = async (target: string) => {
      const [popup] = await Promise.all([
        context.waitForEvent('page'),
        page.evaluate(`void (globalThis.opened = open(${JSON.stringify(target)}))`),
      ]);
      await popup.waitForURL(target);
      return await popup.locator('body').innerText();
    };
    const isGone = () => page.evaluate('opened.closed');
    expect(await opened(`http://127.0.0.1:${portOf(careless)}/`)).toContain('Models');
    expect(await isGone()).toBe(false);
    const text = await opened(`${simmer.origin}/`);
    // For the opener it is gone, whatever it shows to the person who may see it.
    await expect.poll(isGone).toBe(true);
    if (origin().includes(otherSite)) expect(text).toContain('it is private');
  });
});

describe('the address', () => {
  const shown = async (page: Page) => ({
    text: await page.locator('body').innerText(),
    parts: await page.locator('#page, script, link').count(),
    cookies: (await page.context().cookies()).length,
  });

  test.each([
    ['without the token', () => `${simmer.origin}/`],
    ['with another token', () => `${simmer.origin}/?token=${'A'.repeat(43)}`],
  ])('%s shows that it is private and nothing else', async (_what, address) => {
    const { page } = await browser.page();
    expect((await page.goto(address()))?.status()).toBe(401);
    expect(await shown(page)).toMatchObject({ parts: 0, cookies: 0 });
    expect((await shown(page)).text).toContain('This is the page of Simmer, and it is private.');
  });

  test('under a name that was bound to this machine is refused, with the right token too', async () => {
    const { page } = await browser.page();
    const rebound = new URL(simmer);
    rebound.hostname = reboundName;
    expect((await page.goto(rebound.href))?.status()).toBe(403);
    expect(await shown(page)).toMatchObject({ parts: 0, cookies: 0 });
    // The same browser by the right name: it is the name that was refused.
    expect((await page.goto(simmer.href))?.status()).toBe(200);
    await page.getByText('Connected', { exact: true }).waitFor();
  });

  test('with the token opens; without its cookie no file and no feed is had any more', async () => {
    const own = await SimmerPage.open(browser, service);
    expect(own.page.url()).toBe(`${simmer.origin}/`);
    const feed = `new Promise((resolve) => {
      const socket = new WebSocket(location.origin.replace('http', 'ws') + '/feed');
      socket.onopen = () => resolve('open');
      socket.onclose = () => resolve('refused');
    })`;
    expect(await own.page.evaluate(feed)).toBe('open');
    await own.page.context().clearCookies();
    expect(await own.page.evaluate(feed)).toBe('refused');
    expect((await own.page.reload())?.status()).toBe(401);
  });
});
