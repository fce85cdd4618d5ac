import { readdir, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, segmentBytes, segmentFiles, temporaryFolders } from './folder-of-test.js';
import { open, present, put, roomFor, upTo } from './numbered.js';
import { sampleFileBytes, sampleKey } from './samples.js';

const freshFolder = temporaryFolders();

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
