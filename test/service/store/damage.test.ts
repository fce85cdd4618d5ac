import { createHash } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { DiskStore } from '../../../service/src/store/disk-store.js';
import { decodeUnchecked } from '../../../service/src/take/segment-codec.js';
import { randomWholes } from '../../support/random.js';
import { type FileOfStore, filesOf, segmentBytes, segmentFiles, temporaryFolders } from './folder-of-test.js';
import { isSample, sampleFileBytes, sampleKey, sampleSegment } from './samples.js';

const freshFolder = temporaryFolders();
const numbers = Array.from({ length: 24 }, (_, number) => number);
const numberOf = new Map(numbers.map((number) => [sampleKey(number), number]));

const damages = ['truncate', 'bit flip', 'zero fill', 'delete', 'swap', 'overwrite', 'append', 'empty'] as const;
type Damage = (typeof damages)[number];

type Whole = (min: number, max: number) => number;

/** Damages a file, and maybe a second one. Gives the files that may have changed. */
async function damage(kind: Damage, file: FileOfStore, other: FileOfStore, whole: Whole): Promise<FileOfStore[]> {
  const bytes = await readFile(file.path);
  const from = whole(0, bytes.length - 1);
  const to = whole(from, bytes.length);
  switch (kind) {
    case 'truncate':
      await writeFile(file.path, bytes.subarray(0, from));
      break;
    case 'bit flip':
      bytes[from] = (bytes[from] ?? 0) ^ (1 << whole(0, 7));
      await writeFile(file.path, bytes);
      break;
    case 'zero fill':
      await writeFile(file.path, bytes.fill(0, from, to));
      break;
    case 'delete':
      await rm(file.path);
      break;
    case 'swap':
      await writeFile(file.path, await readFile(other.path));
      await writeFile(other.path, bytes);
      return [file, other];
    case 'overwrite': {
      const noise = createHash('sha512').update(`${from} ${to}`).digest();
      noise.copy(bytes, from);
      await writeFile(file.path, bytes);
      break;
    }
    case 'append':
      await writeFile(file.path, Buffer.concat([bytes, Buffer.alloc(to - from + 1, 7)]));
      break;
    case 'empty':
      await writeFile(file.path, '');
      break;
  }
  return [file];
}

describe('a damaged store', () => {
  test('gives the right segment or none, in each of 1000 cases, and goes on', {
    tags: ['full'],
    timeout: 120_000,
  }, async () => {
    const folder = await freshFolder();
    const whole = randomWholes(33);
    const open = () => DiskStore.open({ folder, memoryBytesMax: 0 });
    let store = await open();
    await store.hold('song', numbers.slice(0, 8).map(sampleKey));
    await Promise.all(numbers.map((number) => store.put(sampleKey(number), sampleSegment(number))));
    const sound = new Map<string, Buffer>();
    for (const { name, path } of await filesOf(folder, 'segments')) sound.set(name, await readFile(path));
    expect([...sound.keys()].sort()).toEqual(numbers.map(sampleKey).sort());

    let damaged = 0;
    let wrongWithoutSum = 0;
    for (let round = 0; round < 1000; round += 1) {
      const kind = damages[round % damages.length] ?? 'delete';
      const files = await filesOf(folder, 'segments');
      const file = files[whole(0, files.length - 1)];
      const other = files[whole(0, files.length - 1)];
      if (file === undefined || other === undefined) throw new Error('There is no file to damage.');
      const touched = await damage(kind, file, other, whole);
      // A damaged file may meet a store that knows it and one that has just been opened.
      if (round % 50 === 0) {
        await store.close();
        store = await open();
      }
      for (const { name, path } of new Set(touched)) {
        const number = numberOf.get(name) ?? -1;
        const bytes = await readFile(path).catch(() => undefined);
        const changed = bytes === undefined || sound.get(name)?.equals(bytes) !== true;
        const unchecked = bytes === undefined ? undefined : decodeUnchecked(bytes);
        if (changed && unchecked !== undefined) wrongWithoutSum += 1;
        const before = store.status();
        const segment = await store.get(sampleKey(number));
        expect(segment === undefined, `round ${round}, ${kind}`).toBe(changed);
        if (segment !== undefined) expect(isSample(number, segment)).toBe(true);
        if (!changed) continue;
        damaged += 1;
        expect(store.status().damagedCount - before.damagedCount).toBe(bytes === undefined ? 0 : 1);
        // It is gone for good, and takes no room; drawn again, it is kept again.
        expect(await store.get(sampleKey(number))).toBeUndefined();
        expect((await segmentFiles(folder)).map((left) => left.name)).not.toContain(name);
        await store.put(sampleKey(number), sampleSegment(number));
        const again = await store.get(sampleKey(number));
        expect(again !== undefined && isSample(number, again)).toBe(true);
      }
      expect(store.status()).toMatchObject({ segmentCount: numbers.length, failedWriteCount: 0, trouble: undefined });
    }
    expect(store.status().bytes).toBe(await segmentBytes(folder));
    await store.close();
    expect(damaged).toBeGreaterThan(900);
    // The control: a reader that does not look at the sum would have let many of these through.
    expect(wrongWithoutSum).toBeGreaterThan(200);
  });

  test('whose holds are damaged says so, keeps the others, and holds again when told', async () => {
    const folder = await freshFolder();
    const bytesMax = 5 * sampleFileBytes;
    const open = () => DiskStore.open({ folder, bytesMax, memoryBytesMax: 0 });
    const first = await open();
    await first.hold('song', [sampleKey(0)]);
    await first.hold('other', [sampleKey(1)]);
    await first.put(sampleKey(0), sampleSegment(0));
    await first.put(sampleKey(1), sampleSegment(1));
    await first.close();
    const files = await filesOf(folder, 'holds');
    expect(files.length).toBe(2);
    const damagedFile = join(folder, 'holds', `${createHash('sha256').update('song').digest('hex')}.held`);
    const sound = await readFile(damagedFile);

    for (let bit = 0; bit < 8 * sound.length; bit += 61) {
      const bytes = Buffer.from(sound);
      bytes[bit >> 3] = (bytes[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      await writeFile(damagedFile, bytes);
      const store = await open();
      expect(store.status().damagedCount, `bit ${bit}`).toBe(1);
      await store.close();
    }
    const [one, two] = files;
    if (one === undefined || two === undefined) throw new Error('There are two holds.');
    await writeFile(damagedFile, sound);
    const swapped = await readFile(one.path);
    await writeFile(one.path, await readFile(two.path));
    await writeFile(two.path, swapped);
    const confused = await open();
    expect(confused.status().damagedCount).toBe(2);
    await confused.hold('song', [sampleKey(0)]);
    await confused.hold('other', [sampleKey(1)]);
    await confused.close();

    const store = await open();
    expect(store.status().damagedCount).toBe(0);
    for (const number of numbers.slice(2)) await store.put(sampleKey(number), sampleSegment(number));
    expect(await store.get(sampleKey(0))).toBeDefined();
    expect(await store.get(sampleKey(1))).toBeDefined();
    await store.close();
  });
});
