import { beforeAll, describe, expect, it } from 'vitest';
import { binAmplitudes, silentBin } from '../../service/src/core/mu-law.js';
import { pairSteps } from '../../service/src/session/peaks.js';
import { TakeSound } from '../../service/src/session/take-sound.js';
import { MemoryStore } from '../../service/src/store/memory-store.js';
import { TakeBook } from '../../service/src/take/take-book.js';
import { randomWholes } from '../support/random.js';
import { renderTiny } from '../support/tiny-passage.js';

/** Three seconds of the tiny model at its own rate, from a root that is no multiple of a segment. */
const rate = 16_000;
const rootFrame = 5 * 64;
const takes = new TakeBook();
const store = new MemoryStore();
let bins: Uint8Array;
let id: string;
let firstStep: number;

beforeAll(async () => {
  const { steps } = await renderTiny({
    ...{ rateHz: rate, rootFrame, frameCount: 3 * rate, takes, store, nextBlockFrames: () => 1000 },
    lane: [{ frame: 0, value: 1, interpolation: 'hold' }],
  });
  firstStep = steps[0]?.first ?? Number.NaN;
  bins = Uint8Array.from(steps.flatMap((part) => [...part.bins]));
  id = takes.records[0]?.id ?? '';
});

const stored = () => new TakeSound(takes, store, () => undefined);

describe('the sound of a take that is stored', () => {
  it('is every step of it, and silence around it that is said to be absent', async () => {
    const end = firstStep + bins.length;
    const found = await stored().steps(id, 0, end + 100);
    // What is not sealed yet is with whoever plays it.
    const there = found?.present[0]?.[1] ?? 0;
    expect(found?.present).toEqual([[firstStep, there]]);
    expect(there - firstStep).toBeGreaterThan(rate);
    expect(Buffer.compare(found?.bins.subarray(firstStep, there) ?? bins, bins.subarray(0, there - firstStep))).toBe(0);
    expect(found?.bins.subarray(0, firstStep).every((bin) => bin === silentBin)).toBe(true);
    expect(found?.bins.subarray(there).every((bin) => bin === silentBin)).toBe(true);
  });

  it('is the same in any pieces', async () => {
    const random = randomWholes(3);
    const sound = stored();
    const whole = await sound.steps(id, 0, 2 * rate);
    for (let from = 0; from < 2 * rate; ) {
      const to = Math.min(2 * rate, from + random(1, 9000));
      const part = await sound.steps(id, from, to);
      expect(Buffer.compare(part?.bins ?? bins, whole?.bins.subarray(from, to) ?? bins)).toBe(0);
      from = to;
    }
  });

  it.each([0, 1, 3, 4])('has peaks of level %i that are those of its values', async (level) => {
    const span = pairSteps * 4 ** level;
    const to = Math.ceil((2 * rate) / span) * span;
    const sound = stored();
    const heard = await sound.steps(id, 0, to);
    for (const turn of ['read', 'remembered']) {
      const found = await sound.peaks(id, level, 0, to);
      expect(found?.pairs.length, turn).toBe((2 * to) / span);
      for (let index = 0; index < to / span; index += 1) {
        const values = [...(heard?.bins.subarray(index * span, (index + 1) * span) ?? [])];
        const amplitudes = values.map((bin) => (bin === silentBin ? 0 : (binAmplitudes[bin] ?? 0)));
        const [low, high] = [found?.pairs[2 * index], found?.pairs[2 * index + 1]];
        expect(low).toBe(Math.round(127 * Math.min(0, ...amplitudes)) + 0);
        expect(high).toBe(Math.round(127 * Math.max(0, ...amplitudes)) + 0);
      }
    }
  });

  it('is what is played, where nothing is stored yet', async () => {
    const playing = { first: firstStep, bins: bins.subarray(0, 1000) };
    const sound = new TakeSound(takes, new MemoryStore(), (_record, from, end) => {
      const first = Math.max(from, playing.first);
      const last = Math.min(end, playing.first + playing.bins.length);
      return last > first
        ? { first, bins: playing.bins.subarray(first - playing.first, last - playing.first) }
        : undefined;
    });
    const found = await sound.steps(id, 0, 4000);
    expect(found?.present).toEqual([[firstStep, firstStep + 1000]]);
    expect(Buffer.compare(found?.bins.subarray(firstStep, firstStep + 1000) ?? bins, playing.bins)).toBe(0);
  });

  it('is nothing for a take that there is not', async () => {
    expect(await stored().steps('0000000000000000', 0, 10)).toBeUndefined();
    expect(await stored().peaks('0000000000000000', 0, 0, 64)).toBeUndefined();
  });
});
