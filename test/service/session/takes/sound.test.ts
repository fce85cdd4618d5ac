import { beforeAll, describe, expect, it } from 'vitest';
import { Deemphasis } from '../../../../service/src/core/emphasis.js';
import { binAmplitudes } from '../../../../service/src/core/mu-law.js';
import { Clock } from '../../../../service/src/core/units.js';
import { tinyModel } from '../../../../service/src/model/tiny-model.js';
import { pairSteps } from '../../../../service/src/session/feeds/peaks.js';
import { TakeSound } from '../../../../service/src/session/takes/sound.js';
import { MemoryStore } from '../../../../service/src/store/memory-store.js';
import { TakeBook } from '../../../../service/src/take/take-book.js';
import { randomWholes } from '../../../support/random.js';
import { renderTiny } from '../../../support/tiny-passage.js';

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
  bins = Uint8Array.from(steps.flatMap((part) => [...part.sound]));
  id = takes.records[0]?.id ?? '';
});

/** What the first `count` of those steps sound like, by the very filter that the host's audio goes through. */
function soundOf(count: number): Int16Array {
  const deemphasis = new Deemphasis(tinyModel.manifest.emphasis);
  const { pastSteps } = deemphasis;
  const drawn = new Float32Array(pastSteps + count);
  for (let index = 0; index < count; index += 1) drawn[pastSteps + index] = binAmplitudes[bins[index] ?? 0] ?? 0;
  const heard = new Float32Array(count);
  deemphasis.fill(heard, drawn);
  return Int16Array.from(heard, (value) => Math.round(32_767 * Math.min(1, Math.max(-1, value))));
}

/** How far two sounds are apart at most, of 32,767. */
function apart(a: Int16Array | undefined, b: Int16Array): number {
  return a?.length === b.length
    ? a.reduce((most, value, at) => Math.max(most, Math.abs(value - (b[at] ?? 0))), 0)
    : 1e9;
}

const clock = new Clock(rate, rate);
const stored = () => new TakeSound(takes, store, () => undefined, clock);

describe('the sound of a take that is stored', () => {
  it('is every step of it, and silence around it that is said to be absent', async () => {
    const end = firstStep + bins.length;
    const found = await stored().steps(id, 0, end + 100);
    // What is not sealed yet is with whoever plays it.
    const there = found?.present[0]?.[1] ?? 0;
    expect(found?.present).toEqual([[firstStep, there]]);
    expect(there - firstStep).toBeGreaterThan(rate);
    expect(apart(found?.values.subarray(firstStep, there), soundOf(there - firstStep))).toBeLessThanOrEqual(1);
    expect(Math.max(...soundOf(rate))).toBeGreaterThan(1000);
    expect(found?.values.subarray(0, firstStep).every((value) => value === 0)).toBe(true);
    expect(found?.values.subarray(there).every((value) => value === 0)).toBe(true);
  });

  it('is the same in any pieces', async () => {
    const random = randomWholes(3);
    const sound = stored();
    const whole = await sound.steps(id, 0, 2 * rate);
    for (let from = 0; from < 2 * rate; ) {
      const to = Math.min(2 * rate, from + random(1, 9000));
      const part = await sound.steps(id, from, to);
      expect(apart(part?.values, whole?.values.subarray(from, to) ?? new Int16Array())).toBeLessThanOrEqual(1);
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
        const values = heard?.values.subarray(index * span, (index + 1) * span) ?? [];
        const [low = 99, high = 99] = [found?.pairs[2 * index], found?.pairs[2 * index + 1]];
        expect(Math.abs(low - (127 * Math.min(0, ...values)) / 32_767)).toBeLessThan(0.51);
        expect(Math.abs(high - (127 * Math.max(0, ...values)) / 32_767)).toBeLessThan(0.51);
      }
    }
  });

  it('is what is played, where nothing is stored yet', async () => {
    const playing = { first: firstStep, sound: bins.subarray(0, 1000) };
    const sound = new TakeSound(
      takes,
      new MemoryStore(),
      (_record, from, end) => {
        const first = Math.max(from, playing.first);
        const last = Math.min(end, playing.first + playing.sound.length);
        return last > first
          ? { first, sound: playing.sound.subarray(first - playing.first, last - playing.first) }
          : undefined;
      },
      clock,
    );
    const found = await sound.steps(id, 0, 4000);
    expect(found?.present).toEqual([[firstStep, firstStep + 1000]]);
    expect(apart(found?.values.subarray(firstStep, firstStep + 1000), soundOf(1000))).toBeLessThanOrEqual(1);
  });

  it('is nothing for a take that there is not', async () => {
    expect(await stored().steps('0000000000000000', 0, 10)).toBeUndefined();
    expect(await stored().peaks('0000000000000000', 0, 0, 64)).toBeUndefined();
  });
});
