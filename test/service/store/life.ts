import { expect } from 'vitest';
import { DiskStore } from '../../../service/src/store/disk-store.js';
import type { SegmentStore } from '../../../service/src/store/segment-store.js';
import type { StoreFiles } from '../../../service/src/store/store-files.js';
import { filesOf, segmentBytes, segmentFiles } from './folder-of-test.js';
import { isSample, sampleFileBytes, sampleKey, sampleSegment } from './samples.js';

export const bytesMax = Math.floor(6.5 * sampleFileBytes);

export function openStore(folder: string, files?: StoreFiles): Promise<DiskStore> {
  return DiskStore.open({ folder, bytesMax, memoryBytesMax: 0, ...(files === undefined ? {} : { files }) });
}

/** Which of the first samples are there; each that is must be the right one. */
export async function present(store: SegmentStore, count = 20): Promise<number[]> {
  const found: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const segment = await store.get(sampleKey(number));
    if (segment === undefined) continue;
    expect(isSample(number, segment), `segment ${number} is the right one`).toBe(true);
    found.push(number);
  }
  return found;
}

export async function put(store: SegmentStore, number: number): Promise<boolean> {
  const before = store.status().failedWriteCount;
  await store.put(sampleKey(number), sampleSegment(number));
  return store.status().failedWriteCount === before;
}

export async function hold(store: SegmentStore, owner: string, ...numbers: number[]): Promise<boolean> {
  const before = store.status().failedWriteCount;
  await store.hold(owner, numbers.map(sampleKey));
  return store.status().failedWriteCount === before;
}

/** A life of a store with a bit of everything. Says what it was told to keep and was not told to have failed. */
export async function live(folder: string, files: StoreFiles): Promise<{ store: DiskStore; kept: number[] }> {
  const store = await openStore(folder, files);
  const kept = new Set<number>();
  const early = await put(store, 0);
  await put(store, 1);
  const firstHeld = await hold(store, 'song', 0, 2);
  if (early && firstHeld) kept.add(0);
  if ((await put(store, 2)) && firstHeld) kept.add(2);
  for (let number = 3; number < 10; number += 1) await put(store, number);
  // What the disk cannot read is forgotten, and drawn again.
  const found = await present(store, 10);
  for (const number of kept) if (!found.includes(number)) kept.delete(number);
  if ((await hold(store, 'other', 9)) && (await store.get(sampleKey(9))) !== undefined) kept.add(9);
  for (let number = 10; number < 14; number += 1) await put(store, number);
  // Until letting go has been done or has failed, and may have been done all the same, nothing can be asked of 9.
  kept.delete(9);
  await hold(store, 'other');
  await store.close();
  return { store, kept: [...kept] };
}

/** A store of whatever was left behind is sound: what it has is right, its counts are those of the disk, it can go on. */
export async function expectSound(folder: string, kept: readonly number[]): Promise<void> {
  const store = await openStore(folder);
  expect(store.status()).toMatchObject({ failedWriteCount: 0, trouble: undefined });
  expect(await present(store)).toEqual(expect.arrayContaining([...kept]));
  // Whatever the moment at which a process died: what it had not finished never came into sight.
  expect(store.status().damagedCount).toBe(0);
  expect(store.status().bytes).toBe(await segmentBytes(folder));
  expect(store.status().segmentCount).toBe((await segmentFiles(folder)).length);
  for (let number = 14; number < 20; number += 1) {
    expect(await put(store, number)).toBe(true);
    expect(store.status().bytes).toBeLessThanOrEqual(bytesMax);
  }
  expect(await present(store)).toEqual(expect.arrayContaining([...kept]));
  await store.close();
  expect(await filesOf(folder, 'leaving')).toEqual([]);
}
