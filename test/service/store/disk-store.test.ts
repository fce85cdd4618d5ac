import type { PathLike } from 'node:fs';
import { readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../service/src/core/limits.js';
import { DiskStore, type DiskStoreOptions } from '../../../service/src/store/disk-store.js';
import { bytesOf } from '../../../service/src/store/segment-memory.js';
import type { SegmentStore } from '../../../service/src/store/segment-store.js';
import { storeFiles } from '../../../service/src/store/store-files.js';
import { filesFailing } from './faulty-files.js';
import { filesOf, segmentBytes, segmentFiles, temporaryFolders } from './folder-of-test.js';
import { fullSample, isSample, sampleFileBytes, sampleKey, sampleSegment } from './samples.js';

const freshFolder = temporaryFolders();

function open(folder: string, options: Partial<DiskStoreOptions> = {}): Promise<DiskStore> {
  return DiskStore.open({ folder, memoryBytesMax: 0, ...options });
}

const roomFor = (count: number) => Math.floor((count + 0.5) * sampleFileBytes);
const upTo = (count: number) => Array.from({ length: count }, (_, number) => number);

async function put(store: SegmentStore, ...numbers: number[]): Promise<void> {
  for (const number of numbers) await store.put(sampleKey(number), sampleSegment(number));
}

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

describe('a store that is opened again', () => {
  test('has the same segments, bytes, holds and order of use', async () => {
    const folder = await freshFolder();
    const bytesMax = roomFor(6);
    const first = await open(folder, { bytesMax });
    await first.hold('song', [sampleKey(0)]);
    await put(first, 0, 1, 2, 3, 4, 5);
    await present(first, 2, 1);
    const before = first.status();
    expect(before.bytes).toBe(6 * sampleFileBytes);
    await first.close();

    const second = await open(folder, { bytesMax });
    expect(second.status()).toEqual(before);
    expect(second.status().bytes).toBe(await segmentBytes(folder));
    await put(second, 6, 7, 8);
    // In order of use they were: 0 (held), 3, 4, 5, 2, 1.
    const names = (await segmentFiles(folder)).map(({ name }) => name);
    expect(names).toEqual([0, 1, 2, 6, 7, 8].map(sampleKey).sort());
    await second.hold('song', []);
    await second.close();

    const third = await open(folder, { bytesMax });
    await put(third, 9, 10, 11, 12, 13, 14);
    expect(await present(third, ...upTo(15))).toEqual([9, 10, 11, 12, 13, 14]);
    expect(await filesOf(folder, 'holds')).toEqual([]);
    await third.close();
  });

  test('with fewer bytes than it holds makes room at the next write', async () => {
    const folder = await freshFolder();
    const first = await open(folder);
    await put(first, ...upTo(20));
    await first.close();
    const second = await open(folder, { bytesMax: roomFor(5) });
    expect(second.status().segmentCount).toBe(20);
    await put(second, 20);
    expect(await segmentBytes(folder)).toBe(5 * sampleFileBytes);
    expect(await present(second, ...upTo(21))).toEqual([16, 17, 18, 19, 20]);
    await second.close();
  });

  test('clears away what was being written when an earlier one was killed, but not what may be being written', async () => {
    const folder = await freshFolder();
    const first = await open(folder);
    await put(first, 1);
    await first.close();
    const [file] = await filesOf(folder, 'segments');
    const shard = dirname(file?.path ?? '');
    const old = join(shard, `${sampleKey(1)}.0123456789ab.tmp`);
    const oldHold = join(folder, 'holds', 'x.held.0123456789ab.tmp');
    for (const path of [old, oldHold]) {
      await writeFile(path, 'half a segm');
      await utimes(path, new Date('2026-01-01'), new Date('2026-01-01'));
    }
    const young = join(shard, `${sampleKey(1)}.ba9876543210.tmp`);
    await writeFile(young, 'half a segm');
    const second = await open(folder);
    expect((await readdir(shard)).sort()).toEqual([sampleKey(1), `${sampleKey(1)}.ba9876543210.tmp`]);
    expect(await readdir(join(folder, 'holds'))).toEqual([]);
    expect(second.status()).toMatchObject({ segmentCount: 1, bytes: sampleFileBytes });
    await second.close();
  });
});

describe('two services on one store', () => {
  test('see what the other one writes', async () => {
    const folder = await freshFolder();
    const [one, two] = [await open(folder), await open(folder)];
    await put(one, 1);
    expect(await present(two, 1)).toEqual([1]);
    expect(two.status()).toMatchObject({ segmentCount: 1, bytes: sampleFileBytes });
    await put(two, 1, 2);
    expect(await present(one, 1, 2)).toEqual([1, 2]);
    await Promise.all([one.close(), two.close()]);
  });

  test('evict nothing that the other one holds, and both stay within the bound together', async () => {
    const folder = await freshFolder();
    const bytesMax = roomFor(64);
    const [one, two] = [await open(folder, { bytesMax }), await open(folder, { bytesMax })];
    let most = 0;
    for (const round of upTo(40)) {
      const [mine, yours] = [1000 * round, 1000 * round + 500];
      const recent = (base: number) => upTo(4).map((back) => sampleKey(base - 1000 * back));
      await Promise.all([
        one.hold('one', recent(mine)),
        two.hold('two', recent(yours)),
        ...upTo(12).map((number) => put(one, mine + number)),
        ...upTo(12).map((number) => put(two, yours + number)),
      ]);
      const held = upTo(Math.min(4, round + 1)).map((back) => mine - 1000 * back);
      expect(await present(one, ...held)).toEqual(held);
      const others = held.map((number) => number + 500);
      expect(await present(one, ...others)).toEqual(others);
      expect(await present(two, ...held, ...others)).toEqual([...held, ...others]);
      most = Math.max(most, await segmentBytes(folder));
    }
    for (const store of [one, two]) {
      expect(store.status()).toMatchObject({ damagedCount: 0, failedWriteCount: 0, trouble: undefined });
    }
    // Each looks again after it has written 1/32 of the bound, and what is on its way at that moment is one write more.
    expect(most).toBeGreaterThan(0.9 * bytesMax);
    expect(most).toBeLessThanOrEqual(bytesMax + bytesMax / 32 + 8 * sampleFileBytes);
    await Promise.all([one.close(), two.close()]);
    expect(await filesOf(folder, 'leaving')).toEqual([]);
  }, 60_000);

  test('look past what the other one is putting in place', async () => {
    const folder = await freshFolder();
    await (await open(folder)).close();
    const [hold, segment] = ['holds/song.held', 'segments/0/segment'].map((name) => join(folder, `${name}.0.tmp`));
    await Promise.all([hold, segment].map((path) => writeFile(path ?? '', 'half')));
    // The other service renames its file between the moment it is listed and that it is looked at.
    let looked = 0;
    const files = filesFailing((call, path) => {
      if (call !== 'lstat' || !path.endsWith('.tmp')) return undefined;
      looked += 1;
      return 'ENOENT';
    });
    const store = await open(folder, { files });
    expect(store.status()).toMatchObject({ failedWriteCount: 0, trouble: undefined });
    await put(store, 1);
    expect(looked).toBeGreaterThanOrEqual(2);
    await store.close();
  });

  test('put back what is held by the other one as it is about to be evicted', async () => {
    const folder = await freshFolder();
    const bytesMax = roomFor(4);
    const two = await open(folder, { bytesMax });
    // The other service begins to hold segment 0 at the last moment: when its file is being taken out of sight.
    let held = false;
    const files = {
      ...storeFiles,
      rename: async (from: PathLike, to: PathLike) => {
        if (!held && String(to).endsWith(join('leaving', sampleKey(0)))) {
          held = true;
          await two.hold('late', [sampleKey(0)]);
        }
        await storeFiles.rename(from, to);
      },
    };
    const one = await open(folder, { bytesMax, files });
    await put(one, ...upTo(10));
    expect(held).toBe(true);
    expect(await present(one, ...upTo(10))).toEqual([0, 7, 8, 9]);
    expect(await present(two, 0)).toEqual([0]);
    expect(one.status()).toMatchObject({ failedWriteCount: 0, segmentCount: 4, bytes: await segmentBytes(folder) });
    // Once the other one lets go, it is evicted like any.
    await two.hold('late', []);
    await put(one, ...upTo(20).slice(10));
    expect(await present(one, 0)).toEqual([]);
    await Promise.all([one.close(), two.close()]);
  });
});

describe('the store on disk', () => {
  test('keeps no more in memory than it was told', async () => {
    const folder = await freshFolder();
    const each = bytesOf(sampleSegment(0));
    let reads = 0;
    const store = await open(folder, {
      memoryBytesMax: 3 * each,
      files: filesFailing((call) => {
        if (call === 'read') reads += 1;
        return undefined;
      }),
    });
    await put(store, ...upTo(6));
    await present(store, 5, 4, 3);
    expect(reads).toBe(0);
    await present(store, 0, 1, 2);
    expect(reads).toBe(3);
    await present(store, 0, 1, 2);
    expect(reads).toBe(3);
    await store.close();
  });

  test('reads a file once for all who ask at once', async () => {
    const folder = await freshFolder();
    let reads = 0;
    const store = await open(folder, {
      files: filesFailing((call) => {
        if (call === 'read') reads += 1;
        return undefined;
      }),
    });
    await put(store, 1);
    const found = await Promise.all(upTo(50).map(() => present(store, 1)));
    expect(found.flat().length).toBe(50);
    expect(reads).toBe(1);
    await store.close();
  });

  test('keeps a bounded number of segments waiting for a slow disk, and says so', async () => {
    const folder = await freshFolder();
    let release = () => {};
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    let slow = false;
    const store = await open(folder, {
      files: {
        ...storeFiles,
        rename: async (from: PathLike, to: PathLike) => {
          if (slow) await gate;
          await storeFiles.rename(from, to);
        },
      },
    });
    slow = true;
    const sample = sampleSegment(1, fullSample);
    const room = Math.floor(limits.storeWaitingBytesMax / bytesOf(sample));
    const putting = upTo(room + 20).map((number) => store.put(sampleKey(number), sample));
    await Promise.all(putting.slice(room));
    expect(store.status().failedWriteCount).toBe(20);
    expect(store.status().trouble).toMatch(/slower than what is to be kept/);
    // What waits can be read meanwhile.
    expect(await store.get(sampleKey(0))).toEqual(sample);
    release();
    await Promise.all(putting);
    expect(store.status()).toMatchObject({ segmentCount: room, failedWriteCount: 20, trouble: undefined });
    await store.close();
  });

  test('finishes what is being written when it is closed, and takes nothing after', async () => {
    const folder = await freshFolder();
    const store = await open(folder);
    const putting = upTo(20).map((number) => put(store, number));
    const holding = store.hold('song', upTo(5).map(sampleKey));
    await store.close();
    expect((await segmentFiles(folder)).length).toBe(20);
    expect((await filesOf(folder, 'holds')).length).toBe(1);
    await Promise.all([...putting, holding]);
    expect(store.status().failedWriteCount).toBe(0);
    await put(store, 30);
    await store.hold('song', []);
    expect(store.status()).toMatchObject({ failedWriteCount: 2, trouble: 'The store is closed.' });
    expect((await filesOf(folder, 'holds')).length).toBe(1);
  });

  test('lets holds grow no further than their limits, in clear words', async () => {
    const folder = await freshFolder();
    const store = await open(folder);
    const many = Array.from({ length: limits.storeHeldKeysMax }, (_, number) => number.toString(16).padStart(64, '0'));
    await store.hold('song', many);
    expect(store.status().trouble).toBeUndefined();
    await store.hold('song', [...many, sampleKey(1)]);
    await store.hold('other', [sampleKey(1)]);
    expect(store.status().failedWriteCount).toBe(2);
    expect(store.status().trouble).toMatch(/name 262145 segments; at most 262144 are held\. Forget takes/);
    await store.hold('song', many.slice(1));
    await store.hold('other', [sampleKey(1)]);
    expect(store.status()).toMatchObject({ failedWriteCount: 2, trouble: undefined });
    await store.close();
  }, 60_000);
});
