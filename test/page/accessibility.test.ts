// @module-tag offline
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { violations } from './axe.js';
import { TestBrowser } from './browser.js';
import { sceneNames, startExample } from './example.js';

/** Draws a lane and opens what is folded away, so that all of it is there to be looked at. */
async function openEverything(page: Page): Promise<void> {
  for (const summary of await page.locator('summary:visible').all()) await summary.click();
}

const acts: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'missing-service': async (page) => page.getByText('The connection to Simmer is lost.').first().waitFor(),
  drawing: async (page) => {
    await page.getByRole('button', { name: 'Draw a lane' }).click();
    await page.getByLabel('Curve to insert').selectOption('sine');
    await page.getByRole('button', { name: 'Next point' }).click();
  },
};

const narrow = new Set(['hot', 'cold-guide', 'pair', 'missing-model', 'drawing']);

let browser: TestBrowser;
let address: (scene: string) => string;
beforeAll(async () => {
  browser = await TestBrowser.start();
  address = await startExample();
});
afterAll(() => browser.close());

describe.each(['dark', 'light'] as const)('%s', (colorScheme) => {
  test.each(sceneNames)('axe has nothing against %s', async (scene) => {
    const context = await browser.context({ colorScheme, reducedMotion: 'reduce' });
    const { page, wrong } = await browser.page(context);
    // Invented sound is seconds of arithmetic for each take, and nothing that axe looks at.
    await page.route(/\/takes\/[^/]+\/[^/]+\//, (route) => route.fulfill({ status: 404, body: '' }));
    await page.goto(address(scene));
    await page.getByRole('heading', { name: 'Models on this machine' }).waitFor();
    if (scene !== 'empty') await page.locator('article.session').first().waitFor();
    await acts[scene]?.(page);
    await openEverything(page);
    expect(await violations(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 780 });
    // What is laid out anew on a narrow page is in these; colours are what they were.
    if (colorScheme === 'dark' && narrow.has(scene)) expect(await violations(page)).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth - innerWidth')).toBe(0);
    expect(wrong).toEqual([]);
  });
});

test('axe is there and sees: a page with a nameless button and pale words', async () => {
  const { page } = await browser.page();
  await page.goto(address('connected'));
  await page.locator('article.session').first().waitFor();
  await page.evaluate(`{
    const button = document.createElement('button');
    const pale = document.createElement('p');
    pale.textContent = 'pale';
    pale.style.color = '#777';
    pale.style.background = '#666';
    document.querySelector('main').append(button, pale);
  }`);
  const found = (await violations(page)).map((text) => text.split(':')[0]);
  expect(found).toContain('button-name');
  expect(found).toContain('color-contrast');
});
