import type { PathLike } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../service/src/core/limits.js';
import { bytesOf } from '../../../service/src/store/segment-memory.js';
import { storeFiles } from '../../../service/src/store/store-files.js';
import { filesFailing } from './faulty-files.js';
import { filesOf, segmentFiles, temporaryFolders } from './folder-of-test.js';
import { open, present, put, upTo } from './numbered.js';
import { fullSample, sampleKey, sampleSegment } from './samples.js';

const freshFolder = temporaryFolders();

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
