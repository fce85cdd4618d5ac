import { createHmac } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { dirname, join } from 'node:path';
import type { BrowserContext } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { TestBrowser } from './browser.js';
import { PlayingHost, ready, until } from './playing-host.js';
import { SimmerPage } from './simmer-page.js';

let browser: TestBrowser;
beforeAll(async () => {
  browser = await TestBrowser.start();
});
afterAll(() => browser.close());

async function start(runtimeDir: string, args: readonly string[] = []): Promise<ServiceProcess> {
  const service = await ServiceProcess.start(args, runtimeDir);
  onTestFinished(async () => void (await service.stop()));
  return service;
}

const names = ['Bass', 'Bells', 'Choir'] as const;
const tab = ({ page }: SimmerPage, name: string) => page.getByRole('tab', { name, exact: true });
const choose = async (simmer: SimmerPage, name: string) => {
  await tab(simmer, name).click();
  await simmer.instance.getByRole('heading', { level: 2, name, exact: true }).waitFor();
};
/** Names of the instances as their tabs have them. */
const tabs = async ({ page }: SimmerPage) => (await page.getByRole('tab').allInnerTexts()).sort();
const shown = ({ instance }: SimmerPage) => instance.getByRole('button', { name: / in the song$/, pressed: true });

test('three instances on two pages: each its own, and a service that is killed and started again costs them nothing', async () => {
  const runtimeDir = temporaryFolder();
  const first = await start(runtimeDir);
  const temperatures = { Bass: 0.5, Bells: 1, Choir: 1.5 };
  const host = new PlayingHost(
    names.map((name) => ({
      track: { name },
      parameters: { Temperature: temperatures[name] },
      segments: [ready, { kind: 'play', frameCount: 48_000 * 4 }, until(`${name}-ends`, { kind: 'stop' })],
    })),
    { runtimeDir },
  );
  const context = await browser.context();
  const one = await SimmerPage.open(browser, first, context);
  const two = await SimmerPage.open(browser, first, context);
  for (const simmer of [one, two]) await simmer.until('three instances', async () => (await tabs(simmer)).length === 3);
  expect(await tabs(one)).toEqual([...names]);

  // Each its own: what is turned and chosen on one page of one instance is there and nowhere else.
  await choose(one, 'Bells');
  await choose(two, 'Choir');
  for (const [simmer, name] of [
    [one, 'Bells'],
    [two, 'Choir'],
  ] as const) {
    await simmer.until(
      `the temperature of ${name}`,
      async () => (await simmer.value('Temperature')) === temperatures[name],
    );
    await simmer.until(`takes of ${name}`, async () => (await simmer.instance.locator('li.take').count()) > 0);
  }
  const draw = one.instance.getByRole('button', { name: 'Draw a lane' });
  await draw.click();
  await one.instance.getByLabel('Curve to insert').selectOption('sine');
  const points = one.instance.locator('.drawing-tools .hint');
  const drawn = (await points.innerText()).replace(/It is drawn.*/, '');
  expect(drawn).toMatch(/^\d+ points/);
  const take = one.instance.locator('li.take').first();
  const takeName = 'The good one';
  await take.getByLabel('Name of the take').fill(takeName);
  await take.getByLabel('Name of the take').press('Enter');
  await take.getByRole('button', { name: `Show ${takeName} in the song` }).click();
  expect(await shown(one).count()).toBe(1);
  expect(await shown(two).count()).toBe(0);
  await two.instance.getByRole('button', { name: 'Draw a lane' }).click();
  expect(await two.instance.locator('.drawing-tools .hint').innerText()).toContain('Click in the lane to put a point');

  // Closing one disturbs none.
  host.go('Bass-ends');
  for (const simmer of [one, two]) {
    await simmer.until('the first has gone', async () => (await tabs(simmer)).join() === 'Bells,Choir');
    expect(simmer.page.url()).toBe(`${new URL(first.discovery.page).origin}/`);
  }
  expect(await one.instance.getByRole('heading', { level: 2 }).innerText()).toBe('Bells');
  expect(await points.innerText()).toContain(drawn);
  // The song receives what has changed of its takes once a second; pages receive the state of things at most ten times as often.
  const toldBefore = one.sessionMessageCount;
  await one.until('the song knows of the name', () => one.sessionMessageCount > toldBefore + 20);

  await first.stop('SIGKILL');
  for (const { page } of [one, two]) await page.getByText('The connection to Simmer is lost.').first().waitFor();
  const second = await start(runtimeDir);
  expect(second.discovery.page).not.toBe(first.discovery.page);
  expect(new URL(second.discovery.page).origin).toBe(new URL(first.discovery.page).origin);
  for (const simmer of [one, two]) {
    await simmer.page.getByText('Connected', { exact: true }).waitFor();
    await simmer.page.getByText(`process ${second.pid}`).waitFor();
    await simmer.until('both are back', async () => (await tabs(simmer)).join() === 'Bells,Choir');
  }
  expect(await one.instance.getByRole('heading', { level: 2 }).innerText()).toBe('Bells');
  expect(await two.instance.getByRole('heading', { level: 2 }).innerText()).toBe('Choir');
  expect(await points.innerText()).toContain(drawn);
  await expect.poll(() => shown(one).count(), { timeout: 20_000 }).toBe(1);
  await one.instance.getByRole('button', { name: `Show ${takeName} in the song`, pressed: true }).waitFor();
  expect(await one.value('Temperature')).toBe(temperatures.Bells);
  // It is no picture of what was: the knob is in the host's hands and in ours.
  await one.drag('Temperature', [20, 40]);
  const turned = await one.value('Temperature');
  await choose(two, 'Bells');
  await two.until('the other page sees it', async () => Math.abs((await two.value('Temperature')) - turned) < 0.001);
  host.go(...names.map((name) => `${name}-ends`));
  await host.ended;
  for (const simmer of [one, two]) expect(simmer.watched.wrong).toEqual([]);
});

/** Who listens where a service was: an answer that a stranger gives to a page that comes back, and what it learned. */
async function stranger(
  port: number,
  challenge: (page: string) => object,
): Promise<{ asked: string[]; feeds: number }> {
  const learned = { asked: [] as string[], feeds: 0 };
  const server = createServer((request, response) => {
    learned.asked.push(`${request.url} ${request.headers.cookie ?? 'no cookie'}`);
    const page = new URL(request.url ?? '/', 'http://stranger').searchParams.get('page') ?? '';
    response.setHeader('Content-Type', 'application/json');
    response.end(JSON.stringify(challenge(page)));
  });
  const sockets = new WebSocketServer({ server });
  sockets.on('connection', () => {
    learned.feeds += 1;
  });
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return learned;
}

test('a stranger on the port of a dead service learns nothing, and is shown nothing', async () => {
  const runtimeDir = temporaryFolder();
  const service = await start(runtimeDir);
  const context: BrowserContext = await browser.context();
  const simmer = await SimmerPage.open(browser, service, context);
  const { host, port } = new URL(service.discovery.page);
  const file = join(dirname(service.discoveryFile), 'page.json');
  const { comeBackKey } = JSON.parse(readFileSync(file, 'utf8')) as { comeBackKey: string };
  expect(statSync(file).mode & 0o777).toBe(0o600);
  await service.stop('SIGKILL');
  const nonce = 'A'.repeat(43);
  const learned = await stranger(Number(port), () => ({ nonce, proof: nonce }));
  await simmer.until('the page has asked twice', () => learned.asked.length > 1);
  expect(learned.feeds).toBe(0);
  expect(learned.asked.filter((line) => !/^\/come-back\?page=[\w-]{43} no cookie$/.test(line))).toEqual([]);
  expect(learned.asked.join()).not.toContain(comeBackKey);
  expect(new Set(learned.asked).size).toBe(learned.asked.length);
  await simmer.page.getByText('The connection to Simmer is lost.').first().waitFor();
  // One who knew the key would be believed: it is the proof that he lacks.
  const proof = (page: string) =>
    createHmac('sha256', comeBackKey).update(`simmer service ${host} ${page} ${nonce}`).digest('base64url');
  expect(proof('x')).not.toBe(nonce);
});

test('a service whose port is taken takes another, and lets in nobody who was at the old one', async () => {
  const runtimeDir = temporaryFolder();
  const service = await start(runtimeDir);
  const { port } = new URL(service.discovery.page);
  const keyOf = () =>
    (JSON.parse(readFileSync(join(runtimeDir, 'page.json'), 'utf8')) as { comeBackKey: string }).comeBackKey;
  const key = keyOf();
  await service.stop();
  await stranger(Number(port), () => ({}));
  const next = await start(runtimeDir);
  expect(new URL(next.discovery.page).port).not.toBe(port);
  expect(keyOf()).not.toBe(key);
  const simmer = await SimmerPage.open(browser, next);
  expect(simmer.watched.wrong).toEqual([]);
});
