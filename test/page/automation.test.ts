import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parameters } from '../../service/src/core/parameters.js';
import { ServiceProcess, temporaryFolder } from '../support/service-process.js';
import type { PlayedGesture, PluginFormat } from '../support/test-host.js';
import { TestBrowser } from './browser.js';
import { PlayingHost, ready, sampleRate, until } from './playing-host.js';
import { type Edit, SimmerPage } from './simmer-page.js';

let browser: TestBrowser;
let service: ServiceProcess;
let runtimeDir: string;
beforeAll(async () => {
  runtimeDir = temporaryFolder();
  [browser, service] = await Promise.all([TestBrowser.start(), ServiceProcess.start([], runtimeDir)]);
});
afterAll(async () => {
  await browser.close();
  await service.stop();
});

const titles = new Map(Object.values(parameters).map(({ id, title }) => [id, title]));

/** What a host must receive of the steps that a page has sent: the same, in the same order, and nothing else. */
const whole = (edits: readonly Edit[]) =>
  edits.map(({ parameter, phase, value }) => {
    const step = { parameter: titles.get(parameter), phase };
    return phase === 'perform' ? { ...step, value: expect.closeTo(value, 5) as number } : step;
  });

const received = (gestures: readonly PlayedGesture[]) =>
  gestures.map(({ parameter, phase, value }) => ({ parameter, phase, ...(value === undefined ? {} : { value }) }));

/** What a page has sent in whole gestures: begin, values, end, and the next begins. */
function gestures(edits: readonly Edit[]): number[][] {
  const all: number[][] = [];
  let open: number[] | undefined;
  for (const { phase, value } of edits) {
    if (phase === 'begin') {
      expect(open).toBeUndefined();
      open = [];
      continue;
    }
    if (open === undefined) throw new Error(`${phase} without begin`);
    if (phase === 'perform') open.push(value);
    else {
      all.push(open);
      open = undefined;
    }
  }
  expect(open).toBeUndefined();
  return all;
}

describe.each<PluginFormat>(['vst3', 'clap'])('%s', (format) => {
  test('a knob turned on the page is the host’s gesture, is recorded, is drawn with, and comes back as automation', {
    tags: ['quick'],
  }, async () => {
    const runLoop = format === 'vst3';
    const host = new PlayingHost(
      {
        runLoop,
        touch: ['Temperature'],
        parameters: { Temperature: 0.6 },
        segments: [ready, until('recorded'), until('replayed', { fromFrame: 0 })],
      },
      { runtimeDir, format },
    );
    const simmer = await SimmerPage.open(browser, service);
    const { page } = simmer;
    await simmer.playing();
    await simmer.until('what the host has', async () => (await simmer.value('Temperature')) === 0.6);

    await simmer.drag('Temperature', [10, 25, 45, 60]);
    const dragged = await simmer.value('Temperature');
    expect(dragged).toBeGreaterThan(0.65);
    await simmer.until('the draws use what the pointer gave', () =>
      simmer.evaluated.some((value) => Math.abs(value - dragged) < 0.001),
    );
    await simmer.knob('Temperature').focus();
    for (const key of ['ArrowUp', 'ArrowUp', 'PageUp', 'ArrowDown']) await page.keyboard.press(key);
    const keyed = await simmer.value('Temperature');
    expect(keyed).toBeGreaterThan(dragged + 0.01);
    await simmer.until('the draws use what the keys gave', () =>
      simmer.evaluated.some((value) => Math.abs(value - keyed) < 0.001),
    );
    await simmer.until('every gesture has its end', () => simmer.edits.at(-1)?.phase === 'end');
    await simmer.instance.getByText(`the last draw used ${keyed.toFixed(3)}`).waitFor();
    expect(await simmer.value('Temperature')).toBeCloseTo(keyed, 3);

    const seen = await simmer.watch('Temperature');
    const drawnBefore = simmer.evaluated.length;
    host.go('recorded');
    await simmer.until('automation has turned the knob to its last value', async () => {
      const values = await seen();
      return values.length > 3 && Math.abs((values.at(-1) ?? 0) - keyed) < 0.001;
    });
    // The figure says what the knob says.
    await page.getByRole('button', { name: `${keyed.toFixed(3)}, type Temperature` }).waitFor();
    host.go('replayed');
    const played = await host.instance();

    const [byPointer = [], ...byKeys] = gestures(simmer.edits);
    expect(byPointer.length).toBeGreaterThan(0);
    expect([...byPointer].sort((low, high) => low - high)).toEqual(byPointer);
    expect(byPointer.at(-1)).toBeCloseTo(dragged, 5);
    expect(byKeys.flat().at(-1)).toBeCloseTo(keyed, 5);
    // The host received what the page sent and not a step more: its own automation has not come back to it.
    expect(received(played.gestures)).toEqual(whole(simmer.edits));
    const written = (played.touched.Temperature ?? []).map(({ value }) => value);
    expect(written.at(-1)).toBeCloseTo(keyed, 5);
    const performed = simmer.edits.filter(({ phase }) => phase === 'perform').map(({ value }) => value);
    const isOf = (values: readonly number[], value: number) => values.some((one) => Math.abs(one - value) < 0.001);
    expect(written.filter((value) => !isOf(performed, value))).toEqual([]);
    // What was replayed is what was written, and the draws used it.
    const replayed = (await seen()).slice(1);
    expect(replayed.filter((value) => !isOf([...written, 0.6], value))).toEqual([]);
    expect(isOf(simmer.evaluated.slice(drawnBefore), keyed)).toBe(true);
    expect(simmer.watched.wrong).toEqual([]);
  });

  test('both at once: the host receives the page’s edits and no echo, and the page follows the host elsewhere', async () => {
    const frames = (seconds: number) => Math.round(seconds * sampleRate);
    // Another value ten times a second, by turns, as long as it plays.
    const automation = Array.from({ length: 1500 }, (_, index) => {
      return { frame: frames(index / 10), parameter: 'Mix', value: 0.2 + (index % 8) / 10 };
    });
    const points = Array.from({ length: 150 }, (_, index) => ({ frame: frames(index), value: index % 2 ? 0.9 : 0.5 }));
    const host = new PlayingHost(
      { runLoop: format === 'vst3', segments: [ready, until('over', { automation, lane: { points } })] },
      { runtimeDir, format },
    );
    const simmer = await SimmerPage.open(browser, service);
    await simmer.playing();
    const mixes = await simmer.watch('Mix');
    // The host moves both; the page takes one of them, and lets go of it.
    const before = await simmer.watch('Temperature');
    await simmer.until('the host turns the temperature', async () => (await before()).length > 4);
    expect(simmer.edits).toEqual([]);
    await simmer.drag('Temperature', [20, 40, 60, 90, 120]);
    const held = simmer.edits.filter(({ phase }) => phase === 'perform').at(-1)?.value ?? 0;
    expect(held).toBeGreaterThan(0.9);
    const after = await simmer.watch('Temperature');
    await simmer.until('the host has the temperature again', async () => {
      const values = await after();
      return values.length > 8 && values.slice(-6).every((value) => value >= 0.499 && value <= 0.901);
    });
    await simmer.until('the mix goes on', async () => new Set(await mixes()).size >= 6);
    host.go('over');
    const played = await host.instance();
    expect(gestures(simmer.edits)).toHaveLength(1);
    expect(received(played.gestures)).toEqual(whole(simmer.edits));
    expect(simmer.watched.wrong).toEqual([]);
  });
});
