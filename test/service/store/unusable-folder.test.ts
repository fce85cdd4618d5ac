import { mkdir, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesOf, segmentBytes, temporaryFolders } from './folder-of-test.js';
import { hold, openStore, present, put } from './life.js';

const freshFolder = temporaryFolders();

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
