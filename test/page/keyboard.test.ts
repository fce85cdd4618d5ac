import type { Locator } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { violations } from './axe.js';
import { TestBrowser } from './browser.js';
import { PlayingHost, ready, sampleRate, until } from './playing-host.js';
import { SimmerPage } from './simmer-page.js';

let browser: TestBrowser;
let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  [browser, service] = await Promise.all([
    TestBrowser.start(),
    ServiceProcess.start(['--bounce-folder', temporaryFolder()], runtimeDir),
  ]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});

/** What a person at the keys comes to with Tab, and nothing else: no pointer, no focus by script. */
class Keys {
  /** Where the focus was and could not be seen. */
  readonly unseen = new Set<string>();

  constructor(readonly simmer: SimmerPage) {}

  get page() {
    return this.simmer.page;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  /** Replaces what a field says. */
  async write(text: string): Promise<void> {
    await this.press('Control+a');
    await this.page.keyboard.type(text);
  }

  /** Tabs on until an element has the focus. @throws where all of the page was passed and it never had */
  async reach(wanted: Locator, key: 'Tab' | 'Shift+Tab' = 'Tab'): Promise<void> {
    for (let stops = 0; stops < 150; stops += 1) {
      if (await wanted.evaluate((element) => element === element.ownerDocument.activeElement)) return;
      await this.press(key);
      await this.look();
    }
    throw new Error(`${wanted} is not reached with ${key}`);
  }

  private async look(): Promise<void> {
    const unseen = await this.page.evaluate<string>(`{
      const focused = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(focused);
      const seen = focused === document.body || (outlineStyle !== 'none' && parseFloat(outlineWidth) > 0);
      seen ? '' : focused.outerHTML.slice(0, 120)
    }`);
    if (unseen !== '') this.unseen.add(unseen);
  }
}

test('the whole job by keys: set a temperature, choose, name and keep a take, draw a lane, start a bounce', async () => {
  const host = new PlayingHost(
    {
      runLoop: true,
      track: { name: 'Bells' },
      segments: [
        ready,
        { kind: 'play', frameCount: 3 * sampleRate, parameters: { Take: 1 } },
        { kind: 'play', frameCount: 2 * sampleRate, parameters: { Take: 2 } },
        until('over', { kind: 'stop' }),
      ],
    },
    { runtimeDir },
  );
  const simmer = await SimmerPage.open(browser, service);
  const { instance, page } = simmer;
  const keys = new Keys(simmer);
  const button = (name: string | RegExp) => instance.getByRole('button', { name, exact: true });
  const takes = instance.getByRole('region', { name: 'Takes' }).getByRole('listitem');
  await simmer.until('two takes and rest', async () => (await takes.count()) >= 2 && !(await simmer.isPlaying()));

  // A screen reader says who is there, and gets to it past everything else.
  await expect.poll(() => page.getByRole('status').innerText()).toMatch(/Bells/);
  await keys.press('Tab');
  expect(await page.locator(':focus').innerText()).toBe('To the instances');
  await keys.press('Enter');

  const temperature = simmer.knob('Temperature');
  await keys.reach(temperature);
  await page.keyboard.type('0.8');
  await keys.press('Enter');
  await keys.reach(temperature);
  await expect.poll(() => temperature.getAttribute('aria-valuetext')).toMatch(/^0\.800, \w+/);
  await simmer.until('the edit is sent', () => simmer.edits.at(-1)?.phase === 'end');
  expect(simmer.edits.map(({ phase, value }) => (phase === 'perform' ? value : phase))).toEqual(['begin', 0.8, 'end']);
  await keys.press('ArrowUp', 'ArrowUp', 'PageDown');
  await simmer.until(
    'what the keys gave is the host’s',
    () => simmer.edits.filter(({ phase }) => phase === 'end').length === 2,
  );
  expect(await simmer.value('Temperature')).toBeCloseTo(0.8 + 0.02 - 0.1, 6);

  const name = takes.last().getByRole('textbox', { name: 'Name of the take' });
  await keys.reach(name);
  await keys.write('Keeper');
  await keys.press('Enter');
  await simmer.until('the take is named', () => simmer.takes.some((take) => take.name === 'Keeper'));
  await keys.reach(button('Show Keeper in the song'));
  await keys.press('Space');
  expect(await button('Show Keeper in the song').getAttribute('aria-pressed')).toBe('true');
  await keys.reach(button(/^Keep Keeper$/));
  await keys.press('Enter');
  await simmer.until('the take is kept', () => simmer.takes.some((take) => take.name === 'Keeper' && take.kept));
  await button('Kept Keeper').waitFor();

  await keys.reach(button('Draw a lane'), 'Shift+Tab');
  await keys.press('Enter');
  for (const [place, value] of [
    ['0', '0.7'],
    ['0:02', '1,2'],
  ] as const) {
    await keys.reach(button('Add point'), 'Shift+Tab').catch(() => keys.reach(button('Add point')));
    await keys.press('Enter');
    await keys.reach(instance.getByLabel('Place of the point, in seconds'));
    await keys.write(place);
    await keys.reach(instance.getByLabel('Temperature of the point, 0 to 2'));
    await keys.write(value);
    await keys.press('Enter');
  }
  await instance.getByText(/^2 points, 0\.0 s to 2\.0 s/).waitFor();

  await keys.reach(instance.getByLabel('From', { exact: true }));
  await keys.write('0.5');
  await keys.press('Tab');
  await keys.write('1.5');
  await keys.reach(instance.getByLabel('Of', { exact: true }));
  await keys.page.keyboard.type('the drawn');
  expect(await instance.getByLabel('Of', { exact: true }).inputValue()).toBe('drawn');
  await keys.reach(button('Bounce here'));
  await keys.press('Enter');
  await simmer.until('the service has answered the bounce', () => {
    const asked = simmer.sent.find(({ type }) => type === 'bounce');
    return (
      asked !== undefined && simmer.received.some((message) => message.type === 'reply' && message.id === asked.id)
    );
  });
  expect(simmer.sent.find(({ type }) => type === 'bounce')).toMatchObject({
    fromFrame: 0.5 * sampleRate,
    toFrame: 1.5 * sampleRate,
    sound: {
      kind: 'lane',
      lane: [
        { frame: 0, value: 0.7 },
        { frame: 2 * sampleRate, value: 1.2 },
      ],
    },
  });
  expect([...keys.unseen]).toEqual([]);
  expect(await violations(page)).toEqual([]);
  expect(simmer.watched.wrong).toEqual([]);
  host.go('over');
  const played = await host.instance();
  expect(played.gestures.filter(({ parameter }) => parameter !== 'Temperature')).toEqual([]);
  expect(played.gestures.filter(({ phase }) => phase === 'begin')).toHaveLength(2);
});
