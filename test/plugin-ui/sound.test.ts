import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { FetchQueue } from '../../plugin-ui/src/sound/fetch-queue.js';
import { LruCache } from '../../plugin-ui/src/sound/lru-cache.js';
import { Peaks } from '../../plugin-ui/src/sound/peaks.js';
import {
  columnsOf,
  emptyTile,
  levelFor,
  markPresent,
  pairSteps,
  parsePresent,
  type Tile,
  tilePairs,
} from '../../plugin-ui/src/sound/pyramid.js';
import { hopSteps, rowEdges, spectrumOf, spectrumRows, windowSteps } from '../../plugin-ui/src/sound/spectrum.js';
import { amplitudesOf, channelOf, fetchSteps, meanOf } from '../../plugin-ui/src/sound/steps.js';

/** Lets everything happen that waits for nothing but its turn. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('peaks by pixels', () => {
  it('need at most four pairs for a pixel, on every zoom that can be', () => {
    expect([1, 64, 255, 256, 1_024, 48_000, 1e9].map(levelFor)).toEqual([0, 0, 0, 1, 2, 4, 6]);
    for (let stepsPerPixel = 64; stepsPerPixel < 64 * 4 ** 6; stepsPerPixel *= 1.37) {
      const pairs = stepsPerPixel / pairSteps(levelFor(stepsPerPixel));
      expect(pairs).toBeGreaterThanOrEqual(1 - 1e-9);
      expect(pairs).toBeLessThanOrEqual(4 + 1e-9);
    }
  });

  it('are the lowest and highest of all that lies under a pixel', () => {
    const values = fc.array(fc.integer({ min: -127, max: 127 }), { minLength: 64, maxLength: 256 });
    fc.assert(
      fc.property(
        values,
        fc.integer({ min: 64, max: 700 }),
        fc.integer({ min: 0, max: 900 }),
        (list, perPixel, from) => {
          const tile = emptyTile();
          list.forEach((value, at) => {
            tile.pairs[2 * at] = Math.min(0, value);
            tile.pairs[2 * at + 1] = Math.max(0, value);
            tile.present[at] = 1;
          });
          const columns = columnsOf((index) => (index === 0 ? tile : undefined), 0, from, perPixel, 20);
          for (let column = 0; column < 20; column += 1) {
            const first = Math.floor((from + column * perPixel) / 64);
            const last = Math.max(first, Math.ceil((from + (column + 1) * perPixel) / 64) - 1);
            const under = list.slice(first, last + 1);
            expect(columns.present[column]).toBe(under.length > 0 ? 1 : 0);
            if (under.length === 0) continue;
            expect(columns.high[column]).toBe(Math.max(0, ...under));
            expect(columns.low[column]).toBe(Math.min(...under.map((value) => Math.min(0, value))));
          }
        },
      ),
    );
  });

  it('cross from one tile to the next', () => {
    const tiles = [emptyTile(), emptyTile()];
    for (const tile of tiles) tile.present.fill(1);
    if (tiles[1] !== undefined) tiles[1].pairs[1] = 99;
    const columns = columnsOf((index) => tiles[index], 0, (tilePairs - 2) * 64, 64, 4);
    expect([...columns.high]).toEqual([0, 0, 99, 0]);
  });

  it('tell silence from what is not there', () => {
    expect(parsePresent('0-64,128-256')).toEqual([
      [0, 64],
      [128, 256],
    ]);
    expect(parsePresent('')).toEqual([]);
    for (const text of [null, '5', '9-3', '1-2;3-4', '-1-3']) expect(parsePresent(text)).toBeUndefined();
    const tile = emptyTile();
    markPresent(tile, 1, 1, [[0, pairSteps(1) * tilePairs + 1]]);
    expect([tile.present[0], tile.present[1]]).toEqual([1, 0]);
  });
});

describe('the peaks that a page knows', () => {
  function start(respond: (path: string) => Response) {
    const asked: string[] = [];
    const arrived = vi.fn();
    let now = 0;
    const peaks = new Peaks({
      fetch: async (path) => {
        asked.push(path);
        return respond(path);
      },
      now: () => now,
      arrived,
    });
    return {
      peaks,
      asked,
      arrived,
      later: (millis: number) => {
        now += millis;
      },
    };
  }
  const tileOf = (present: string, length = tilePairs * 2) =>
    new Response(new Int8Array(length).fill(7), { headers: { 'simmer-present': present } });

  it('are asked for once, by whole tiles', async () => {
    const { peaks, asked, arrived } = start(() => tileOf(`0-${pairSteps(1) * tilePairs}`));
    expect(peaks.tile('s 1', 'abc', 1, 0)).toBeUndefined();
    peaks.tile('s 1', 'abc', 1, 0);
    await settle();
    expect(asked).toEqual([`takes/s%201/abc/peaks?level=1&from=0&to=${256 * 1024}`]);
    expect(arrived).toHaveBeenCalled();
    expect(peaks.tile('s 1', 'abc', 1, 0)?.pairs[5]).toBe(7);
    await settle();
    expect(asked).toHaveLength(1);
  });

  it('are asked for again while they grow, but not at every picture', async () => {
    const { peaks, asked, later } = start(() => tileOf('0-64'));
    peaks.tile('s', 'a', 0, 0);
    await settle();
    for (let picture = 0; picture < 10; picture += 1) peaks.tile('s', 'a', 0, 0);
    await settle();
    expect(asked).toHaveLength(1);
    later(2_000);
    peaks.tile('s', 'a', 0, 0);
    await settle();
    expect(asked).toHaveLength(2);
  });

  it('are not taken from an answer that is something else, nor asked for again at once', async () => {
    for (const answer of [
      () => tileOf('0-64', 10),
      () => new Response(new Int8Array(tilePairs * 2)),
      () => new Response('gone', { status: 404 }),
    ]) {
      const { peaks, asked } = start(answer);
      peaks.tile('s', 'a', 0, 0);
      await settle();
      expect(peaks.tile('s', 'a', 0, 0)).toBeUndefined();
      await settle();
      expect(asked).toHaveLength(1);
    }
  });

  it('are laid over by what is drawn now, on every level, and what is drawn again replaces it', () => {
    const { peaks } = start(() => tileOf(''));
    peaks.add('a', { session: 's', firstStep: 64, low: [-5, -9, -1], high: [4, 3, 8] });
    const at = (level: number, pair: number) => {
      const tile: Tile | undefined = peaks.tile('s', 'a', level, 0);
      return [tile?.pairs[2 * pair], tile?.pairs[2 * pair + 1], tile?.present[pair]];
    };
    expect([at(0, 0), at(0, 1), at(0, 2)]).toEqual([
      [0, 0, 0],
      [-5, 4, 1],
      [-9, 3, 1],
    ]);
    expect(at(1, 0)).toEqual([-9, 8, 1]);
    expect(at(6, 0)).toEqual([-9, 8, 1]);
    peaks.add('a', { session: 's', firstStep: 128, low: [-2], high: [1] });
    expect(at(0, 2)).toEqual([-2, 1, 1]);
  });

  it('never asks for a guide, which nobody keeps', async () => {
    const { peaks, asked } = start(() => tileOf(''));
    expect(peaks.tile('s', '', 0, 0)).toBeUndefined();
    await settle();
    expect(asked).toEqual([]);
  });
});

describe('fetches', () => {
  it('are few at once, the newest first', async () => {
    const fetches = new FetchQueue(() => 0, { atOnceMax: 1, waitingMax: 64, retryMillis: 4_000 });
    const done: string[] = [];
    const free: (() => void)[] = [];
    for (const key of ['a', 'b', 'c']) {
      fetches.request(key, async () => {
        await new Promise<void>((resolve) => free.push(resolve));
        done.push(key);
      });
    }
    for (let step = 0; step < 3; step += 1) {
      free.shift()?.();
      await settle();
    }
    expect(done).toEqual(['a', 'c', 'b']);
  });
});

describe('what was used last', () => {
  it('stays, and the oldest goes', () => {
    const evicted: number[] = [];
    const cache = new LruCache<number>(2, (value) => evicted.push(value));
    cache.set('a', 1);
    cache.set('b', 2);
    cache.get('a');
    cache.set('c', 3);
    expect([cache.get('a'), cache.get('b'), cache.get('c')]).toEqual([1, undefined, 3]);
    expect(evicted).toEqual([2]);
  });
});

describe('sound', () => {
  it('is amplitudes within full scale', () => {
    expect([...amplitudesOf(Int16Array.of(-32_767, 0, 32_767))]).toEqual([-1, 0, 1]);
    expect(amplitudesOf(Int16Array.of(8192))[0]).toBeCloseTo(0.25, 4);
  });

  it('of stereo is played in two channels, and shown as their mean', () => {
    const stereo = { values: Int16Array.of(100, 300, -7, 7, 32_767, 32_767), channelCount: 2 };
    expect([channelOf(stereo, 0), channelOf(stereo, 1)]).toEqual([
      Int16Array.of(100, -7, 32_767),
      Int16Array.of(300, 7, 32_767),
    ]);
    expect(meanOf(stereo)).toEqual(Int16Array.of(200, 0, 32_767));
    const mono = { values: Int16Array.of(1, 2, 3), channelCount: 1 };
    expect([channelOf(mono, 0), meanOf(mono)]).toEqual([mono.values, mono.values]);
  });

  it('is refused where it is not what was asked for', async () => {
    const answer = (length: number, headers: Record<string, string>) => async () =>
      new Response(new Uint8Array(length), { headers });
    const { signal } = new AbortController();
    const good = await fetchSteps(answer(20, { 'simmer-present': '3-5' }), 's', 't', 0, 10, signal);
    expect([good.values.length, good.channelCount, good.present]).toEqual([10, 1, [[3, 5]]]);
    const stereo = await fetchSteps(answer(40, { 'simmer-present': '3-5' }), 's', 't', 0, 10, signal);
    expect([stereo.values.length, stereo.channelCount]).toEqual([20, 2]);
    await expect(fetchSteps(answer(60, { 'simmer-present': '3-5' }), 's', 't', 0, 10, signal)).rejects.toThrow();
    await expect(fetchSteps(answer(30, { 'simmer-present': '3-5' }), 's', 't', 0, 10, signal)).rejects.toThrow();
    await expect(fetchSteps(answer(10, { 'simmer-present': '' }), 's', 't', 0, 10, signal)).rejects.toThrow();
    await expect(fetchSteps(answer(20, {}), 's', 't', 0, 10, signal)).rejects.toThrow();
  });
});

describe('the spectrum', () => {
  it('shows a tone in its row at full level, and silence as nothing', () => {
    const rate = 16_000;
    const hertz = 1_000;
    const tone = Float32Array.from({ length: windowSteps + 3 * hopSteps }, (_, at) =>
      Math.sin((2 * Math.PI * hertz * at) / rate),
    );
    const levels = spectrumOf(tone, rate);
    expect(levels.length).toBe(4 * spectrumRows);
    const column = [...levels.subarray(spectrumRows, 2 * spectrumRows)];
    const loudest = column.indexOf(Math.max(...column));
    const edges = rowEdges(rate).map((bin) => (bin * rate) / windowSteps);
    expect(edges[loudest] ?? 0).toBeLessThanOrEqual(hertz + rate / windowSteps);
    expect(edges[loudest + 1] ?? 0).toBeGreaterThanOrEqual(hertz - rate / windowSteps);
    expect(column[loudest] ?? 0).toBeGreaterThanOrEqual(250);
    expect(Math.max(...spectrumOf(new Float32Array(windowSteps), rate))).toBe(0);
  });
});
