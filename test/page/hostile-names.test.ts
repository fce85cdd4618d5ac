import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { repository } from '../../scripts/lib/folders.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { TestBrowser } from './browser.js';
import { PlayingHost, ready, until } from './playing-host.js';
import { SimmerPage } from './simmer-page.js';

const payload = (name: string) => `<img src=x onerror="globalThis.ran='${name}'"><b>${name}</b>`;

let browser: TestBrowser;
let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  const models = temporaryFolder();
  const folder = join(models, 'one-song');
  cpSync(join(repository, 'models', 'one-song'), folder, { recursive: true });
  const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Record<string, unknown>;
  const hostile = { ...manifest, title: payload('model'), provenance: payload('origin'), licence: payload('law') };
  writeFileSync(join(folder, 'manifest.json'), JSON.stringify(hostile));
  [browser, service] = await Promise.all([
    TestBrowser.start(),
    ServiceProcess.start(['--models', models, '--model', 'tiny'], runtimeDir),
  ]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});

test('names of tracks, takes and models are text: nothing of them runs, and no element comes of them', async () => {
  const track = (name: string) => ({
    track: { name: payload(name), colour: 0x3366cc },
    segments: [ready, until('over')],
  });
  const host = new PlayingHost([track('left'), track('right')], { runtimeDir });
  const simmer = await SimmerPage.open(browser, service);
  const { page } = simmer;
  await page.getByRole('tab').nth(1).waitFor();
  const strange = page.locator('#page :is(img, iframe, object, script)');
  const name = simmer.instance.getByLabel('Name of the take').last();
  await name.waitFor();
  await name.fill(payload('take'));
  await name.press('Enter');
  await simmer.until('the take is named by the service', () =>
    simmer.received.some(
      (message) => message.type === 'takes' && message.takes.some((take) => take.name === payload('take')),
    ),
  );
  await simmer.until('the bounce lists it', async () =>
    (await simmer.instance.getByLabel('Of', { exact: true }).innerText()).includes(payload('take')),
  );
  for (const tab of await page.getByRole('tab').all()) {
    await tab.click();
    expect(await simmer.instance.getByRole('heading', { level: 2 }).innerText()).toMatch(/^<img src=x onerror=.*<\/b>/);
  }
  const text = await page.locator('body').innerText();
  for (const shown of ['left', 'right', 'model', 'origin', 'law']) expect(text).toContain(payload(shown));
  expect(await strange.count()).toBe(0);
  expect(await page.evaluate('globalThis.ran')).toBeUndefined();
  expect(simmer.watched.wrong).toEqual([]);
  host.go('over');
  await host.ended;

  // What was looked for would have been found: as markup it is an element here, and it runs where no policy forbids that.
  await page.evaluate(
    `document.querySelector('#page main').insertAdjacentHTML('beforeend', ${JSON.stringify(payload('markup'))})`,
  );
  expect(await strange.count()).toBe(1);
  await simmer.until('the policy is what keeps it from running', () => simmer.watched.wrong.length > 0);
  const bare = await browser.page();
  await bare.page.setContent(payload('bare'));
  await expect.poll(() => bare.page.evaluate('globalThis.ran')).toBe('bare');
});
