import { describe, expect, test } from 'vitest';
import { PowerlessFiles } from './faulty-files.js';
import { temporaryFolders } from './folder-of-test.js';
import { hold, openStore, present, put } from './life.js';

const freshFolder = temporaryFolders();

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
