import { describe, expect, test } from 'vitest';
import type { SegmentStore } from '../../service/src/store/segment-store.js';
import { isSample, sampleKey, sampleSegment } from '../service/store/samples.js';

/** Opens an empty store of this many bytes. */
export type OpenStore = (bytesMax: number) => Promise<SegmentStore>;

/** What every store must keep. Every implementation runs this, and so do broken ones, to see it fail. */
export function describeSegmentStoreContract(name: string, open: OpenStore): void {
  describe(`the segment store contract: ${name}`, () => {
    for (const [title, check] of Object.entries(segmentStoreContract)) test(title, () => check(open));
  });
}

const roomy = 64 * 2 ** 20;

/** A store that has room for `count` of the samples and a half. */
async function storeFor(open: OpenStore, count: number): Promise<SegmentStore> {
  const measured = await open(roomy);
  await put(measured, 0);
  const { bytes } = measured.status();
  await measured.close();
  expect(bytes).toBeGreaterThan(1000);
  return open(Math.floor(bytes * (count + 0.5)));
}

async function put(store: SegmentStore, ...numbers: number[]): Promise<void> {
  for (const number of numbers) await store.put(sampleKey(number), sampleSegment(number));
}

/** Which of the samples are there. Each that is must be the right one. Asking counts as use, in this order. */
async function present(store: SegmentStore, ...numbers: number[]): Promise<number[]> {
  const found: number[] = [];
  for (const number of numbers) {
    const segment = await store.get(sampleKey(number));
    if (segment === undefined) continue;
    expect(isSample(number, segment), `segment ${number} is the right one`).toBe(true);
    found.push(number);
  }
  return found;
}

const keys = (...numbers: number[]) => numbers.map(sampleKey);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

export const segmentStoreContract: Readonly<Record<string, (open: OpenStore) => Promise<void>>> = {
  'gives back what was put, and nothing else': async (open) => {
    const store = await open(roomy);
    await put(store, 1, 2);
    expect(await present(store, 0, 1, 2, 3)).toEqual([1, 2]);
    for (const key of ['', 'x', '../../etc/passwd', sampleKey(1).toUpperCase(), `${sampleKey(1)}0`]) {
      expect(await store.get(key)).toBeUndefined();
    }
    expect(store.status()).toMatchObject({ segmentCount: 2, damagedCount: 0, failedWriteCount: 0, trouble: undefined });
    await store.close();
  },

  'keeps what was put, whatever its arrays are used for afterwards': async (open) => {
    const store = await open(roomy);
    const segment = sampleSegment(1);
    const putting = store.put(sampleKey(1), segment);
    segment.sound.fill(0);
    segment.checkpoints[0]?.state.fill(1);
    segment.shaping.temperature.fill(1);
    expect(await present(store, 1)).toEqual([1]);
    await putting;
    expect(await present(store, 1)).toEqual([1]);
    await store.close();
  },

  'counts a segment that is put again once': async (open) => {
    const store = await open(roomy);
    await put(store, 1, 2);
    const { bytes } = store.status();
    await put(store, 1, 2, 1);
    await Promise.all([put(store, 2), put(store, 2), put(store, 1)]);
    expect(store.status()).toMatchObject({ bytes, segmentCount: 2, failedWriteCount: 0 });
    await store.close();
  },

  'takes many calls at once': async (open) => {
    const store = await open(roomy);
    const numbers = upTo(60);
    const putting = numbers.map((number) => put(store, number));
    // A segment whose put has not settled is the right one or none.
    await Promise.all(numbers.map((number) => present(store, number)));
    await Promise.all(putting);
    const found = await Promise.all([...numbers, ...numbers].map((number) => present(store, number)));
    expect(found.flat()).toEqual([...numbers, ...numbers]);
    expect(store.status().segmentCount).toBe(60);
    await store.close();
  },

  'stays within its bytes': async (open) => {
    const store = await storeFor(open, 5);
    const { bytesMax } = store.status();
    for (const number of upTo(40)) {
      await put(store, number);
      expect(store.status().bytes).toBeLessThanOrEqual(bytesMax);
      expect(await present(store, number)).toEqual([number]);
    }
    await Promise.all(upTo(40).map((number) => put(store, 100 + number)));
    expect(store.status().bytes).toBeLessThanOrEqual(bytesMax);
    expect(store.status().bytes).toBeGreaterThan(0.5 * bytesMax);
    expect(store.status().segmentCount).toBe(5);
    await store.close();
  },

  'evicts what was used least recently': async (open) => {
    const store = await storeFor(open, 5);
    await put(store, 0, 1, 2, 3, 4);
    // Reading is use, and so is putting again.
    await present(store, 1, 0);
    await put(store, 2);
    await put(store, 5);
    expect(await present(store, 3)).toEqual([]);
    await put(store, 6);
    expect(await present(store, 4)).toEqual([]);
    await put(store, 7);
    expect(await present(store, 0, 1, 2, 5, 6, 7)).toEqual([0, 2, 5, 6, 7]);
    expect(store.status()).toMatchObject({ segmentCount: 5, failedWriteCount: 0, trouble: undefined });
    await store.close();
  },

  'never evicts what is held, whether it was there before or comes later': async (open) => {
    const store = await storeFor(open, 5);
    await put(store, 0, 1);
    await store.hold('song', keys(0, 2));
    await put(store, 2);
    for (const number of upTo(20)) await put(store, 10 + number);
    expect(await present(store, 0, 1, 2)).toEqual([0, 2]);
    await store.close();
  },

  'holds what it was told last, for each owner': async (open) => {
    const store = await storeFor(open, 5);
    await put(store, 0, 1, 2);
    await store.hold('song', keys(0, 1));
    await store.hold('other', keys(1, 2));
    await store.hold('song', keys(0));
    await store.hold('other', keys(1));
    for (const number of upTo(20)) await put(store, 10 + number);
    expect(await present(store, 0, 1, 2)).toEqual([0, 1]);
    await store.hold('song', []);
    for (const number of upTo(20)) await put(store, 40 + number);
    expect(await present(store, 0, 1)).toEqual([1]);
    await store.hold('other', []);
    for (const number of upTo(20)) await put(store, 70 + number);
    expect(await present(store, 1)).toEqual([]);
    await store.close();
  },

  'says so when held segments leave no room, and goes on when there is some': async (open) => {
    const store = await storeFor(open, 3);
    await store.hold('song', keys(0, 1, 2));
    await put(store, 0, 1, 2);
    expect(store.status()).toMatchObject({ failedWriteCount: 0, trouble: undefined });
    await put(store, 3);
    expect(store.status().failedWriteCount).toBe(1);
    expect(store.status().trouble).toMatch(/Remembered takes fill the store.*Allow the store more/);
    expect(store.status().bytes).toBeLessThanOrEqual(store.status().bytesMax);
    expect(await present(store, 0, 1, 2)).toEqual([0, 1, 2]);
    await store.hold('song', []);
    await put(store, 3);
    expect(store.status()).toMatchObject({ failedWriteCount: 1, trouble: undefined, segmentCount: 3 });
    expect(await present(store, 3)).toEqual([3]);
    await store.close();
  },

  'refuses what is larger than all of it, and keeps the rest': async (open) => {
    const store = await storeFor(open, 2);
    await put(store, 0, 1);
    await store.put(sampleKey(9), sampleSegment(9, { steps: 16_384, stateFloats: 500 }));
    expect(store.status().failedWriteCount).toBe(1);
    expect(store.status().trouble).toMatch(/does not fit/);
    expect(await present(store, 0, 1)).toEqual([0, 1]);
    await store.close();
  },

  'refuses what is no segment, no key and no owner, without throwing': async (open) => {
    const store = await open(roomy);
    const good = sampleSegment(1);
    const [first] = good.checkpoints;
    if (first === undefined) throw new Error('A sample has a checkpoint.');
    const flawed = [
      { ...good, firstStep: -1 },
      { ...good, firstStep: 0.5 },
      { ...good, sound: good.sound.subarray(1) },
      { ...good, checkpoints: [] },
      { ...good, checkpoints: [first, first] },
      { ...good, checkpoints: [{ ...first, step: first.step + 1 }] },
      { ...good, checkpoints: [{ ...first, state: new Float32Array(24).fill(Number.NaN) }] },
      { ...good, checkpoints: Array.from({ length: 19 }, (_, index) => ({ ...first, step: first.step + index })) },
    ];
    for (const segment of flawed) await store.put(sampleKey(1), segment);
    expect(store.status()).toMatchObject({ failedWriteCount: flawed.length, segmentCount: 0 });
    await store.put('../escape', good);
    await store.hold('song', ['../escape']);
    await store.hold('', keys(1));
    await store.hold('x'.repeat(300), keys(1));
    expect(store.status()).toMatchObject({ failedWriteCount: flawed.length + 4, segmentCount: 0 });
    expect(store.status().trouble).toBeTypeOf('string');
    await put(store, 1);
    expect(store.status().trouble).toBeUndefined();
    expect(await present(store, 1)).toEqual([1]);
    await store.close();
  },
};
