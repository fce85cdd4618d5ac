import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DiskStore } from '../../../service/src/store/disk-store.js';
import type { SegmentStore } from '../../../service/src/store/segment-store.js';
import type { StoreFiles } from '../../../service/src/store/store-files.js';
import { FailingFiles, filesFailing, PowerlessFiles } from './faulty-files.js';
import { filesOf, segmentBytes, segmentFiles, temporaryFolders } from './folder-of-test.js';
import { isSample, sampleFileBytes, sampleKey, sampleSegment } from './samples.js';

const freshFolder = temporaryFolders();
const bytesMax = Math.floor(6.5 * sampleFileBytes);

function openStore(folder: string, files?: StoreFiles): Promise<DiskStore> {
  return DiskStore.open({ folder, bytesMax, memoryBytesMax: 0, ...(files === undefined ? {} : { files }) });
}

/** Which of the first samples are there; each that is must be the right one. */
async function present(store: SegmentStore, count = 20): Promise<number[]> {
  const found: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const segment = await store.get(sampleKey(number));
    if (segment === undefined) continue;
    expect(isSample(number, segment), `segment ${number} is the right one`).toBe(true);
    found.push(number);
  }
  return found;
}

async function put(store: SegmentStore, number: number): Promise<boolean> {
  const before = store.status().failedWriteCount;
  await store.put(sampleKey(number), sampleSegment(number));
  return store.status().failedWriteCount === before;
}

async function hold(store: SegmentStore, owner: string, ...numbers: number[]): Promise<boolean> {
  const before = store.status().failedWriteCount;
  await store.hold(owner, numbers.map(sampleKey));
  return store.status().failedWriteCount === before;
}

/** A life of a store with a bit of everything. Says what it was told to keep and was not told to have failed. */
async function live(folder: string, files: StoreFiles): Promise<{ store: DiskStore; kept: number[] }> {
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
async function expectSound(folder: string, kept: readonly number[]): Promise<void> {
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

describe('a folder', () => {
  test('that vanishes is made anew', async () => {
    const folder = await freshFolder();
    const store = await openStore(folder);
    await hold(store, 'song', 1);
    await put(store, 1);
    await rm(folder, { recursive: true });
    expect(await present(store)).toEqual([]);
    expect(await put(store, 1)).toBe(true);
    expect(await hold(store, 'song', 1, 2)).toBe(true);
    for (let number = 2; number < 12; number += 1) expect(await put(store, number)).toBe(true);
    expect(store.status().bytes).toBe(await segmentBytes(folder));
    await store.close();
    const again = await openStore(folder);
    for (let number = 12; number < 20; number += 1) expect(await put(again, number)).toBe(true);
    expect(await present(again)).toEqual(expect.arrayContaining([1, 2]));
    await again.close();
  });

  test('that cannot be one is told', async () => {
    const folder = await freshFolder();
    await writeFile(folder, 'a file');
    const store = await openStore(folder);
    expect(store.status().trouble).toMatch(/there is a file where a folder must be/);
    expect(await put(store, 1)).toBe(false);
    expect(await present(store)).toEqual([]);
    await rm(folder);
    expect(await put(store, 1)).toBe(true);
    expect(await present(store)).toEqual([1]);
    await store.close();
  });

  test('is not read outside of, and what is no file of ours is left alone or forgotten', async () => {
    const folder = await freshFolder();
    const store = await openStore(folder);
    await put(store, 1);
    const [file] = await filesOf(folder, 'segments');
    if (file === undefined) throw new Error('There is no file.');
    const other = join(dirname(file.path), 'notes.txt');
    await writeFile(other, 'mine');
    await rename(file.path, join(folder, 'elsewhere'));
    await symlink(join(folder, 'elsewhere'), file.path);
    expect(await present(store)).toEqual([]);
    await rm(file.path, { force: true });
    await mkdir(file.path);
    expect(await present(store)).toEqual([]);
    await rm(file.path, { recursive: true });
    expect(await put(store, 1)).toBe(true);
    await store.close();
    const again = await openStore(folder);
    expect(again.status()).toMatchObject({ segmentCount: 1, bytes: file.bytes });
    expect(await readdir(dirname(other))).toContain('notes.txt');
    await again.close();
  });
});

describe('a loss of power', () => {
  /** Writes this and that, loses power, and says which of the held segments are there afterwards. */
  async function afterLoss(powerless: PowerlessFiles): Promise<number[]> {
    const folder = await freshFolder();
    const store = await openStore(folder, powerless.files);
    await put(store, 0);
    await hold(store, 'song', 0, 1);
    await Promise.all([put(store, 1), hold(store, 'other', 2), put(store, 2), put(store, 3), hold(store, 'third', 3)]);
    for (let number = 4; number < 14; number += 1) await put(store, number);
    await hold(store, 'other', 2, 13);
    await hold(store, 'third');
    // Nothing is closed: the power is simply gone. What is not held may be torn.
    expect(powerless.unsynced).toBeGreaterThan(0);
    await powerless.losePower();
    const again = await openStore(folder);
    const found = await present(again);
    for (let number = 14; number < 20; number += 1) expect(await put(again, number)).toBe(true);
    const held = await present(again);
    await again.close();
    return [0, 1, 2, 13].filter((number) => found.includes(number) && held.includes(number));
  }

  test('does not cost what is held, nor that it is', async () => {
    expect(await afterLoss(new PowerlessFiles())).toEqual([0, 1, 2, 13]);
  });

  test('costs it when nothing is synced', async () => {
    expect(await afterLoss(new PowerlessFiles(true))).toEqual([]);
  });
});
