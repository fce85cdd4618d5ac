import { rm } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import { FailingFiles, filesFailing } from './faulty-files.js';
import { filesOf, segmentBytes, segmentFiles, temporaryFolders } from './folder-of-test.js';
import { expectSound, hold, live, openStore, present, put } from './life.js';

const freshFolder = temporaryFolders();

describe('a disk that fails', () => {
  test.each([
    ['ENOSPC', false, 1],
    ['EIO', false, 3],
    ['EIO', true, 2],
  ])(
    'at any one call with %s (and then for good: %s) costs nothing but what could not be written',
    { tags: ['full'], timeout: 240_000 },
    async (code, thenAll, stride) => {
      const reference = new FailingFiles(Number.POSITIVE_INFINITY, code, thenAll);
      const unharmed = await freshFolder();
      const { store: sound, kept: all } = await live(unharmed, reference.files);
      expect(all).toEqual([0, 2]);
      expect(sound.status()).toMatchObject({ failedWriteCount: 0, damagedCount: 0, trouble: undefined });
      await expectSound(unharmed, all);
      // Looking through the folders is many calls that are all alike: a few of those are enough.
      const { calls } = reference;
      const chosen = calls.flatMap((call, index) => {
        return /readdir|mkdir/.test(call) && index % 11 !== 0 ? [] : [index + 1];
      });
      expect(chosen.length).toBeGreaterThan(150);
      let told = 0;
      for (const failing of chosen.filter((_, index) => index % stride === 0)) {
        const folder = await freshFolder();
        const failures = new FailingFiles(failing, code, thenAll);
        const { store, kept } = await live(folder, failures.files);
        expect(failures.failed, `call ${failing}`).toBeDefined();
        if (store.status().failedWriteCount > 0) told += 1;
        // Nothing is left of a write that failed but that the process outlived.
        if (!thenAll && !failures.failed?.startsWith('unlink')) {
          expect((await filesOf(folder, 'segments')).length).toBe((await segmentFiles(folder)).length);
        }
        await expectSound(folder, kept);
        await rm(folder, { recursive: true });
      }
      // Most calls are part of a write, and those that are have been counted.
      expect(told).toBeGreaterThan(chosen.length / stride / 3);
    },
  );

  test('that is full says so, and takes up again when there is room', async () => {
    const folder = await freshFolder();
    let full = true;
    const store = await openStore(
      folder,
      filesFailing((call) => (full && call === 'writeFile' ? 'ENOSPC' : undefined)),
    );
    expect(await put(store, 0)).toBe(false);
    expect(await hold(store, 'song', 1)).toBe(false);
    expect(store.status()).toMatchObject({ failedWriteCount: 2, segmentCount: 0, bytes: 0 });
    expect(store.status().trouble).toMatch(/disk is full\. Free some space there, or choose another folder/);
    expect(await segmentBytes(folder)).toBe(0);
    full = false;
    expect(await put(store, 0)).toBe(true);
    expect(store.status().trouble).toBeUndefined();
    expect(await present(store)).toEqual([0]);
    // A hold that could not be written holds all the same, as long as this process lives.
    expect(await put(store, 1)).toBe(true);
    for (let number = 2; number < 20; number += 1) await put(store, number);
    expect(await present(store)).toContain(1);
    await store.close();
  });

  test.each([
    ['EROFS', /read-only/],
    ['EACCES', /not allowed/],
    ['EDQUOT', /used up/],
    ['EMFILE', /too many files are open in this process.*ulimit/],
    ['ENFILE', /too many files are open on this machine/],
    ['EIO', /reports errors/],
    ['EWHATEVER', /EWHATEVER: made for a test/],
  ])('with %s from the start says what to do', async (code, words) => {
    const reading = new Set(['lstat', 'stat', 'read', 'readdir', 'close']);
    const folder = await freshFolder();
    const store = await openStore(
      folder,
      filesFailing((call) => (reading.has(call) ? undefined : code)),
    );
    expect(store.status().trouble).toMatch(words);
    expect(await put(store, 1)).toBe(false);
    expect(await hold(store, 'song', 1)).toBe(false);
    expect(await present(store)).toEqual([]);
    expect(store.status().trouble).toMatch(words);
    expect(store.status().trouble).toContain(folder);
    await store.close();
  });

  test('that has no more files to open forgets nothing', async () => {
    const folder = await freshFolder();
    let open = true;
    const store = await openStore(
      folder,
      filesFailing((call) => (!open && call === 'open' ? 'EMFILE' : undefined)),
    );
    await put(store, 1);
    open = false;
    expect(await present(store)).toEqual([]);
    expect(store.status()).toMatchObject({ damagedCount: 0, segmentCount: 1 });
    open = true;
    expect(await present(store)).toEqual([1]);
    await store.close();
  });

  test.each(['rename', 'unlink', 'readdir'])('at an eviction, in its %s, leaves the counts right', async (failing) => {
    const folder = await freshFolder();
    let broken = false;
    let failed = 0;
    const files = filesFailing((call, path) => {
      const wanted = call === failing && (call === 'readdir' ? path.endsWith('holds') : path.includes('leaving'));
      if (!broken || !wanted) return undefined;
      failed += 1;
      // The first listing of the holds comes before anything is moved.
      return call === 'readdir' && failed === 1 ? undefined : 'EIO';
    });
    const store = await openStore(folder, files);
    for (let number = 0; number < 6; number += 1) expect(await put(store, number)).toBe(true);
    broken = true;
    expect(await put(store, 6)).toBe(false);
    expect(failed).toBeGreaterThan(0);
    broken = false;
    expect(await put(store, 7)).toBe(true);
    const status = store.status();
    expect(status.bytes).toBe(await segmentBytes(folder));
    expect(status.segmentCount).toBe((await present(store)).length);
    expect(await filesOf(folder, 'leaving')).toEqual([]);
    await store.close();
  });

  test('that fails after a held segment is in place leaves the counts right', async () => {
    const folder = await freshFolder();
    let broken = false;
    const files = filesFailing((call, path) => {
      return broken && call === 'sync' && /segments.[0-9a-f]$/.test(path) ? 'EIO' : undefined;
    });
    const store = await openStore(folder, files);
    await hold(store, 'song', 1);
    broken = true;
    expect(await put(store, 1)).toBe(false);
    expect(store.status()).toMatchObject({ segmentCount: 1, bytes: await segmentBytes(folder) });
    expect(await present(store)).toEqual([1]);
    await store.close();
  });

  test('that cannot read a file forgets that one', async () => {
    const folder = await freshFolder();
    let broken = false;
    const store = await openStore(
      folder,
      filesFailing((call) => (broken && call === 'read' ? 'EIO' : undefined)),
    );
    await put(store, 1);
    broken = true;
    expect(await present(store)).toEqual([]);
    expect(store.status()).toMatchObject({ damagedCount: 1, segmentCount: 0, bytes: 0 });
    await store.close();
  });
});
