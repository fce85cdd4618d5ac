// @module-tag offline
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fixtureModels } from '../support/played-model.js';
import { runSimmer, temporaryFolder } from '../support/service-process.js';
import { violations } from './axe.js';
import { TestBrowser } from './browser.js';

let browser: TestBrowser;
let address: string;
beforeAll(async () => {
  browser = await TestBrowser.start();
  const out = join(temporaryFolder(), 'study');
  const args = ['study', '--models', fixtureModels, '--model', 'vq-tiny', '--temperatures', '0.5,1.4', '--items', '2'];
  const { code, stderr } = await runSimmer([
    ...args,
    ...['--conditions', 'Ada/Walk,Cleo/Run', '--seconds', '2', '--rate', '24000', '--out', out],
  ]);
  expect(code, stderr).toBe(0);
  address = pathToFileURL(join(out, 'index.html')).href;
});
afterAll(() => browser.close());

test('a study is one page from the disk: players, spectrograms, sorting, and blind votes that stay', async () => {
  const context = await browser.context();
  const watched = await browser.page(context);
  const { page } = watched;
  const asked: string[] = [];
  page.on('request', (request) => {
    if (/^https?:/.test(request.url())) asked.push(request.url());
  });
  await page.goto(address);
  const cards = page.locator('.card');
  expect(await cards.count()).toBe(8);
  expect(await page.locator('caption').allTextContents()).toEqual([
    'Tiny codes · Ada / Walk',
    'Tiny codes · Cleo / Run',
  ]);

  // The pictures show something, and not the same of each.
  const pictures = await page.evaluate<string[]>(
    "[...document.querySelectorAll('.card canvas')].map((one) => one.toDataURL())",
  );
  expect(new Set(pictures).size).toBe(8);

  await cards.nth(1).getByRole('button').click();
  await page.waitForFunction("document.querySelector('audio').currentTime > 0.1");
  expect(await page.evaluate<number>("document.querySelector('audio').duration")).toBeCloseTo(2, 1);
  expect(await cards.nth(1).getAttribute('class')).toContain('playing');
  await page.keyboard.press('Escape');
  expect(await page.evaluate<boolean>("document.querySelector('audio').paused")).toBe(true);

  await page.getByLabel('Sort by').selectOption('entropy');
  const entropies = (await page.locator('.facts').allTextContents()).map((text) =>
    Number(/entropy ([\d.]+)/.exec(text)?.[1]),
  );
  expect(entropies).toHaveLength(8);
  expect(entropies).toEqual([...entropies].sort((a, b) => b - a));
  await page.getByLabel('Sort by').selectOption('temperature and item');

  const better = page.getByRole('button', { name: 'A is better' });
  expect(await better.isDisabled()).toBe(true);
  await page.getByRole('button', { name: 'Draw a pair' }).click();
  await page.getByRole('button', { name: 'Play B' }).click();
  await page.waitForFunction("document.querySelector('audio').currentTime > 0.1");
  // Nothing says which it is before the vote.
  expect(await page.locator('#reveal').textContent()).toBe('');
  await better.click();
  expect(await page.locator('#reveal').textContent()).toMatch(/^A was .*T .*; B was .*T /);
  await page.keyboard.press('n');
  await page.keyboard.press('0');
  expect(await page.locator('#votes').textContent()).toBe('2 votes');
  await page.reload();
  expect(await page.locator('#votes').textContent()).toBe('2 votes');
  expect(await page.locator('#tally').textContent()).toMatch(/T 0\.5\d of 2T 1\.4\d of 2/);
  expect(asked).toEqual([]);
  expect(watched.wrong).toEqual([]);
});

test('it is fit for everybody, in light and dark', async () => {
  for (const colorScheme of ['light', 'dark'] as const) {
    const { page } = await browser.page(await browser.context({ colorScheme }));
    await page.goto(address);
    expect(await violations(page)).toEqual([]);
  }
});
