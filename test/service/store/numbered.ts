import { expect } from 'vitest';
import { DiskStore, type DiskStoreOptions } from '../../../service/src/store/disk-store.js';
import type { SegmentStore } from '../../../service/src/store/segment-store.js';
import { isSample, sampleFileBytes, sampleKey, sampleSegment } from './samples.js';

export function open(folder: string, options: Partial<DiskStoreOptions> = {}): Promise<DiskStore> {
  return DiskStore.open({ folder, memoryBytesMax: 0, ...options });
}

export const roomFor = (count: number) => Math.floor((count + 0.5) * sampleFileBytes);

export const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

export async function put(store: SegmentStore, ...numbers: number[]): Promise<void> {
  for (const number of numbers) await store.put(sampleKey(number), sampleSegment(number));
}

export async function present(store: SegmentStore, ...numbers: number[]): Promise<number[]> {
  const found: number[] = [];
  for (const number of numbers) {
    const segment = await store.get(sampleKey(number));
    if (segment === undefined) continue;
    expect(isSample(number, segment), `segment ${number} is the right one`).toBe(true);
    found.push(number);
  }
  return found;
}
