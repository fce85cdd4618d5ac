import type { PathLike } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { storeFiles } from '../../../service/src/store/store-files.js';
import { filesFailing } from './faulty-files.js';
import { filesOf, segmentBytes, temporaryFolders } from './folder-of-test.js';
import { open, present, put, roomFor, upTo } from './numbered.js';
import { sampleFileBytes, sampleKey } from './samples.js';

const freshFolder = temporaryFolders();

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
