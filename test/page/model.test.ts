import { afterAll, beforeAll, expect, test } from 'vitest';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import { TestBrowser } from './browser.js';
import { PlayingHost, ready, until } from './playing-host.js';
import { SimmerPage } from './simmer-page.js';

let browser: TestBrowser;
let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  [browser, service] = await Promise.all([
    TestBrowser.start(),
    ServiceProcess.start(['--model', 'one-song'], runtimeDir),
  ]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});

test('a model chosen on its card is played at once, its song remembers it, and the other instance keeps its own', async () => {
  const host = new PlayingHost(
    ['Bells', 'Choir'].map((name) => ({
      track: { name },
      saveState: `${name}.state`,
      segments: [ready, until('played'), until('saved', { kind: 'stop' })],
    })),
    { runtimeDir },
  );
  const simmer = await SimmerPage.open(browser, service);
  const { page } = simmer;
  const tab = (name: string) => page.getByRole('tab', { name, exact: true });
  const card = (title: string | RegExp) =>
    page.locator('li.model', { has: page.getByRole('heading', { name: title }) });
  const models = () => Object.fromEntries(simmer.now.map(({ trackName, model }) => [trackName, model]));
  await simmer.until('two instances play', () => simmer.now.filter(({ playing }) => playing).length === 2);
  expect(models()).toEqual({ Bells: 'one-song', Choir: 'one-song' });

  await tab('Bells').click();
  const own = card('One Song').getByRole('button');
  await expect.poll(() => own.innerText()).toBe('Plays in Bells');
  expect(await own.getAttribute('aria-pressed')).toBe('true');
  const tiny = card(/tiny/i).getByRole('button');
  expect(await tiny.innerText()).toBe('Play in Bells');
  await tiny.click();
  await simmer.until('the other model', () => models().Bells === 'tiny');
  expect(models().Choir).toBe('one-song');
  await simmer.until('it plays', () => simmer.now.some(({ model, playing }) => model === 'tiny' && playing));
  await expect.poll(() => tiny.innerText()).toBe('Plays in Bells');
  expect(await own.innerText()).toBe('Play in Bells');
  await simmer.until('takes of both', () => {
    const played = new Set(simmer.takes.map(({ model }) => model));
    return played.has('tiny') && played.has('one-song');
  });
  host.go('played');
  await simmer.until('both stand', () => simmer.now.every(({ playing }) => !playing));
  host.go('saved');
  const [bells] = await host.ended;

  const again = new PlayingHost(
    { track: { name: 'Bells' }, loadState: bells?.state ?? '', segments: [ready, until('over', { kind: 'stop' })] },
    { runtimeDir },
  );
  await simmer.until('the song again, with its model', () => {
    const [only, ...others] = simmer.now;
    return others.length === 0 && only?.trackName === 'Bells' && only.model === 'tiny';
  });
  again.go('over');
  await again.ended;
});
