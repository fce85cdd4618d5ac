import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { differences, examine } from '../../scripts/lib/audio-check.js';
import { readWav } from '../../scripts/lib/wav-file.js';
import { simmerRender } from '../host/rig.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
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

const lane = [
  { frame: 0, value: 0.6 },
  { frame: 2 * sampleRate, value: 1.3 },
  { frame: 4 * sampleRate, value: 0.8 },
];
const range = { from: 1, to: 3.5 };

/** The song frame that a file says it begins at: TimeReference of its `bext` chunk (EBU Tech 3285), in samples. */
function timeReference(path: string): number {
  const bytes = readFileSync(path);
  expect(bytes.toString('latin1', 0, 4)).toBe('RIFF');
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32LE(at + 4);
    // Description 256, Originator 32, OriginatorReference 32, OriginationDate 10, OriginationTime 8.
    if (bytes.toString('latin1', at, at + 4) === 'bext') return Number(bytes.readBigUInt64LE(at + 8 + 338));
    at += 8 + size + (size % 2);
  }
  throw new Error(`${path} has no bext chunk`);
}

test('a lane drawn on the page becomes a take and a file: what `simmer render` makes of it, at its place in the song', async () => {
  const host = new PlayingHost(
    { track: { name: 'Bells' }, parameters: { Take: 7 }, segments: [ready, until('over', { kind: 'stop' })] },
    { runtimeDir },
  );
  const simmer = await SimmerPage.open(browser, service);
  const { instance, page } = simmer;
  const button = (name: string) => instance.getByRole('button', { name, exact: true });
  await simmer.until('the take number', async () => (await instance.getByLabel(/^Take number/).inputValue()) === '7');

  await button('Draw a lane').click();
  const csv = join(temporaryFolder(), 'lane.csv');
  writeFileSync(csv, lane.map(({ frame, value }) => `${frame / sampleRate},${value}\n`).join(''));
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), button('Import CSV').click()]);
  await chooser.setFiles(csv);
  await instance.getByText(/^3 points/).waitFor();
  await instance.getByLabel('From', { exact: true }).fill(`${range.from}`);
  await instance.getByLabel('To', { exact: true }).fill(`${range.to}`);
  await instance.getByLabel('To', { exact: true }).press('Tab');

  await instance.locator('.drawing-tools').getByLabel('Name of the take').fill('Drawn');
  await button('Keep as a take').click();
  await simmer.until('the drawn take comes', () => simmer.takes.some((take) => take.name === 'Drawn' && take.drawn));

  const fileOf = async (source: string, name: string): Promise<string> => {
    await instance.getByLabel('Of', { exact: true }).selectOption({ label: source });
    await instance.locator('.bounce-form').getByLabel('Name', { exact: true }).fill(name);
    await button('Bounce here').click();
    const link = instance.getByRole('link', { name: `${name}.wav` });
    await link.waitFor();
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const path = join(temporaryFolder(), `${name}.wav`);
    await download.saveAs(path);
    return path;
  };
  const frameCount = (range.to - range.from) * sampleRate;
  const rendered = await simmerRender({ lane, take: 7, frameCount, fromFrame: range.from * sampleRate });
  for (const [source, name] of [
    ['Drawn', 'of the take'],
    ['the drawn lane', 'of the lane'],
  ] as const) {
    const file = await fileOf(source, name);
    const [mono = new Float32Array()] = readWav(file).channels;
    expect(mono.length).toBe(frameCount);
    expect(differences(mono, rendered)).toEqual({ count: 0, first: undefined });
    expect(timeReference(file)).toBe(range.from * sampleRate);
  }
  expect(examine(rendered, sampleRate)).toMatchObject({ nonFinite: 0, silentShare: 0 });
  // Another lane is other audio: equality says something.
  const other = await simmerRender({
    lane: [{ frame: 0, value: 1.3 }],
    take: 7,
    frameCount,
    fromFrame: range.from * sampleRate,
  });
  expect(differences(other, rendered).count).toBeGreaterThan(0);
  host.go('over');
  // The host had no part in all this.
  expect((await host.instance()).gestures).toEqual([]);
  expect(simmer.watched.wrong).toEqual([]);
});
