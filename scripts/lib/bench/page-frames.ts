import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Browser, chromium, type Page } from 'playwright-core';
import { serveExample } from '../../../plugin-ui/dev/example-server.js';
import { securityHeaders } from '../../../service/src/monitor/http.js';
import { chromiumFlags, chromiumProgram } from '../chromium.js';
import { repository } from '../folders.js';
import { lessIsBetter, percentile, type Row } from './row.js';

/** What a page of 60 frames a second has for each, in milliseconds. */
const frameMillis = 1000 / 60;
const [width, height] = [1600, 1000];
const handSeconds = 12;
const heapEverySeconds = 30;

/**
 * The page with an hour of audio on view while it plays: how long frames take with nothing done, while it is scrolled and
 * while it is zoomed, and whether its memory grows. The audio is invented, the page and its headers are the real ones.
 */
export async function pageRows(minutes: number, note: (text: string) => void): Promise<Row[]> {
  const port = await serveExample(join(repository, 'plugin-ui', 'dist'), securityHeaders);
  const browser = await chromium.launch({ executablePath: chromiumProgram(), args: [...chromiumFlags] });
  try {
    const page = await openHour(browser, `http://127.0.0.1:${port}/hour/`);
    const rows: Row[] = [];
    for (const [what, hand] of Object.entries(hands)) {
      const { frames, work } = await framesDuring(page, hand);
      rows.push(
        row(`page, ${what}: frame, median`, percentile(frames, 0.5)),
        row(`page, ${what}: frame, 95 %`, percentile(frames, 0.95)),
        row(`page, ${what}: frame, longest`, Math.max(...frames)),
        row(`page, ${what}: scripts in a frame, 95 %`, percentile(work, 0.95)),
      );
    }
    rows.push(await heapRow(page, minutes, note));
    return rows;
  } finally {
    await browser.close();
  }
}

const row = (name: string, value: number): Row =>
  lessIsBetter(name, value, 'ms', { name: '60 frames a second', value: frameMillis });

async function openHour(browser: Browser, url: string): Promise<Page> {
  const page = await browser.newPage({ viewport: { width, height } });
  // Sums what the page's own scripts take in each frame; rasterising goes on elsewhere and shows in the frames' distance.
  await page.addInitScript(`{
    globalThis.frameWork = new Map();
    const request = requestAnimationFrame.bind(globalThis);
    globalThis.requestAnimationFrame = (run) => request((at) => {
      const started = performance.now();
      run(at);
      if (globalThis.watching) frameWork.set(at, (frameWork.get(at) ?? 0) + performance.now() - started);
    });
  }`);
  await page.goto(url);
  await page.getByRole('button', { name: 'All', exact: true }).click();
  await page.locator('.song').first().waitFor();
  // Waveform and spectrogram of the whole hour come over HTTP, tile by tile.
  await page.waitForLoadState('networkidle', { timeout: 120_000 }).catch(() => {});
  await pause(3_000);
  return page;
}

type ParameterEditor = (page: Page, x: number, y: number) => Promise<void>;

const seconds = (count: number) => performance.now() + count * 1000;

/** Wheels as hands turn them, some forty notches a second. */
async function turning(page: Page, notch: (index: number) => readonly [x: number, y: number]): Promise<void> {
  const end = seconds(handSeconds);
  for (let index = 0; performance.now() < end; index += 1) {
    await page.mouse.wheel(...notch(index));
    await pause(25);
  }
}

const hands: Readonly<Record<string, ParameterEditor>> = {
  'an hour plays': () => pause(handSeconds * 1000),
  'zoomed in and out': async (page) => {
    await page.keyboard.down('Control');
    await turning(page, (index) => [0, index % 160 < 80 ? -20 : 20]);
    await page.keyboard.up('Control');
  },
  scrolled: async (page) => {
    await page.keyboard.press('0');
    for (let closer = 0; closer < 4; closer += 1) await page.keyboard.press('+');
    await turning(page, (index) => [index % 80 < 40 ? 60 : -60, 0]);
    await page.keyboard.press('0');
  },
};

async function framesDuring(page: Page, hand: ParameterEditor): Promise<{ frames: number[]; work: number[] }> {
  const song = page.getByRole('group', { name: 'Song', exact: true });
  const box = await song.boundingBox();
  if (box === null) throw new Error('The song view is not there.');
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await song.focus();
  await page.evaluate(`{
    frameWork.clear();
    globalThis.frameTimes = [];
    globalThis.watching = true;
    const note = (at) => {
      frameTimes.push(at);
      if (watching) requestAnimationFrame(note);
    };
    requestAnimationFrame(note);
  }`);
  await hand(page, x, y);
  const { times, work } = await page.evaluate<{ times: number[]; work: number[] }>(
    `(watching = false, { times: frameTimes, work: [...frameWork.values()] })`,
  );
  return { frames: times.slice(1).map((time, index) => time - (times[index] ?? time)), work };
}

/** The page's own memory after the collector has been through it, while it is told ten times a second how things stand. */
async function heapRow(page: Page, minutes: number, note: (text: string) => void): Promise<Row> {
  // What was noted of frames is not the page's.
  await page.evaluate('frameWork.clear(), (frameTimes = []), undefined');
  const devtools = await page.context().newCDPSession(page);
  const heap: number[] = [];
  for (let at = 0; at <= (minutes * 60) / heapEverySeconds; at += 1) {
    if (at > 0) await pause(heapEverySeconds * 1000);
    await devtools.send('HeapProfiler.collectGarbage');
    heap.push((await devtools.send('Runtime.getHeapUsage')).usedSize / 1e6);
  }
  const slope = slopeOf(heap) * (60 / heapEverySeconds);
  note(
    `The page's heap over ${minutes} minutes of streaming, in MB: ${heap.map((size) => size.toFixed(2)).join(' ')}; ` +
      `${(slope * 1000).toFixed(1)} kB more a minute.`,
  );
  return lessIsBetter(`page, heap after ${minutes} minutes`, heap.at(-1) ?? 0, 'MB', {
    name: 'at the beginning',
    value: heap[0] ?? 0,
  });
}

/** Of the straight line nearest to all, per value. */
function slopeOf(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const top = values.reduce((sum, value, at) => sum + (at - middle) * (value - mean), 0);
  const bottom = values.reduce((sum, _value, at) => sum + (at - middle) ** 2, 0);
  return bottom === 0 ? 0 : top / bottom;
}
