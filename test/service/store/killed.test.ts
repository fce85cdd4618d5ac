import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, test } from 'vitest';
import { DiskStore } from '../../../service/src/store/disk-store.js';
import { randomWholes } from '../../support/random.js';
import { segmentBytes, segmentFiles, temporaryFolders } from './folder-of-test.js';
import { isSample, sampleFileBytes, sampleKey, sampleSegment } from './samples.js';

const freshFolder = temporaryFolders();
// The built one: a process of its own has no other.
const program = join(import.meta.dirname, '../../../dist/test/service/store/writing-process.js');
const bytesMax = 40 * sampleFileBytes;

interface Writer {
  readonly process: ChildProcess;
  readonly put: Set<number>;
  /** The last segment of which it is known that it is held. */
  lastHeld: number;
}

/** Starts a process that writes, and kills it without warning when it has said so many lines and holds something. */
async function writeAndKill(folder: string, first: number, owner: string, lines: number): Promise<Writer> {
  const child = spawn(process.execPath, [program, folder, String(bytesMax), String(first), owner], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const complaints: string[] = [];
  child.stderr.on('data', (data: Buffer) => complaints.push(data.toString()));
  const writer: Writer = { process: child, put: new Set(), lastHeld: -1 };
  const closed = once(child, 'close');
  let said = 0;
  for await (const line of createInterface({ input: child.stdout })) {
    const [what, number] = line.split(' ');
    if (what === 'put') writer.put.add(Number(number));
    else writer.lastHeld = Math.max(writer.lastHeld, Number(number));
    said += 1;
    if (said >= lines && surelyHeld(writer).length > 0) child.kill('SIGKILL');
  }
  await closed;
  expect(complaints.join('')).toBe('');
  expect(said).toBeGreaterThanOrEqual(lines);
  return writer;
}

/**
 * Held by a writer that was killed: it holds the last ten even numbers, and may have been killed just after it had
 * begun to hold up to two more.
 */
function surelyHeld({ put, lastHeld }: Writer): number[] {
  return [...put].filter((number) => number % 2 === 0 && number > lastHeld - 2 * 8 && number <= lastHeld);
}

async function expectRight(folder: string, writers: readonly Writer[]): Promise<number> {
  const store = await DiskStore.open({ folder, bytesMax, memoryBytesMax: 0 });
  expect(store.status()).toMatchObject({ failedWriteCount: 0, trouble: undefined });
  expect(store.status().bytes).toBe(await segmentBytes(folder));
  const found = new Set<number>();
  const most = Math.max(...writers.flatMap(({ put }) => [...put])) + 8;
  const least = Math.min(...writers.flatMap(({ put }) => [...put])) - 8;
  for (let number = Math.max(0, least); number <= most; number += 1) {
    const segment = await store.get(sampleKey(number));
    if (segment === undefined) continue;
    expect(isSample(number, segment), `segment ${number} is the right one`).toBe(true);
    found.add(number);
  }
  // A file comes into sight whole or not at all: killing a process damages nothing.
  expect(store.status().damagedCount).toBe(0);
  for (const writer of writers) {
    const held = surelyHeld(writer);
    expect(held.length).toBeGreaterThan(0);
    expect([...found]).toEqual(expect.arrayContaining(held));
  }
  // What is held stays although as much as fits is written after it.
  for (let number = 0; number < 45; number += 1) await store.put(sampleKey(1e6 + number), sampleSegment(1e6 + number));
  expect(store.status()).toMatchObject({ failedWriteCount: 0 });
  expect(store.status().bytes).toBeLessThanOrEqual(bytesMax);
  for (const writer of writers) {
    for (const number of surelyHeld(writer)) expect(await store.get(sampleKey(number)), `held ${number}`).toBeDefined();
  }
  await store.close();
  expect((await segmentFiles(folder)).length).toBeLessThanOrEqual(40);
  return found.size;
}

describe('a process that is killed while it writes', () => {
  test('20 times over leaves whole segments, and all that was held', async () => {
    const folder = await freshFolder();
    const whole = randomWholes(9);
    for (let round = 0; round < 20; round += 1) {
      const writer = await writeAndKill(folder, round * 10_000, 'song', whole(4, 120));
      expect(await expectRight(folder, [writer])).toBeGreaterThan(0);
    }
  }, 120_000);

  test('beside another one that is too, on one store', async () => {
    const folder = await freshFolder();
    const whole = randomWholes(10);
    for (let round = 0; round < 4; round += 1) {
      const writers = await Promise.all([
        writeAndKill(folder, round * 10_000, 'song', whole(30, 150)),
        writeAndKill(folder, 5000 + round * 10_000, 'other', whole(30, 150)),
      ]);
      await expectRight(folder, writers);
    }
  }, 120_000);
});
