import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { DiskStore } from '../../../service/src/store/disk-store.js';
import { MemoryStore } from '../../../service/src/store/memory-store.js';
import type { SegmentStore } from '../../../service/src/store/segment-store.js';
import type { Segment, SegmentKey } from '../../../service/src/take/segment.js';
import { describeSegmentStoreContract, segmentStoreContract } from '../../contract/segment-store-contract.js';

const folders: string[] = [];

async function freshFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'simmer-store-'));
  folders.push(folder);
  return join(folder, 'store');
}

afterAll(() => Promise.all(folders.map((folder) => rm(folder, { recursive: true, force: true }))));

describeSegmentStoreContract('in memory', async (bytesMax) => new MemoryStore(bytesMax));
describeSegmentStoreContract('on disk', async (bytesMax) => DiskStore.open({ folder: await freshFolder(), bytesMax }));
describeSegmentStoreContract('on disk, with nothing kept in memory', async (bytesMax) =>
  DiskStore.open({ folder: await freshFolder(), bytesMax, memoryBytesMax: 0 }),
);

/** A store in memory, of which a part can be replaced by one that is wrong. */
function storeBut(bytesMax: number, wrong: (store: MemoryStore) => Partial<SegmentStore>): SegmentStore {
  const store = new MemoryStore(bytesMax);
  return {
    get: (key) => store.get(key),
    put: (key, segment) => store.put(key, segment),
    hold: (owner, keys) => store.hold(owner, keys),
    status: () => store.status(),
    close: () => store.close(),
    ...wrong(store),
  };
}

const broken: Readonly<Record<string, { readonly finds: string; readonly open: (bytesMax: number) => SegmentStore }>> =
  {
    'one that forgets what is held': {
      finds: 'never evicts what is held, whether it was there before or comes later',
      open: (bytesMax) => storeBut(bytesMax, () => ({ hold: async () => {} })),
    },
    'one that holds for ever': {
      finds: 'holds what it was told last, for each owner',
      open: (bytesMax) =>
        storeBut(bytesMax, (store) => ({ hold: (owner, keys) => store.hold(`${owner} ${keys.length}`, keys) })),
    },
    'one without a bound': {
      finds: 'stays within its bytes',
      open: (bytesMax) =>
        storeBut(bytesMax, () => {
          const endless = new MemoryStore(2 ** 40);
          return {
            get: (key) => endless.get(key),
            put: (key, segment) => endless.put(key, segment),
            status: () => ({ ...endless.status(), bytesMax }),
          };
        }),
    },
    'one to which reading is no use': {
      finds: 'evicts what was used least recently',
      open: (bytesMax) =>
        storeBut(bytesMax, (store) => {
          const seen = new Map<SegmentKey, Segment>();
          return {
            put: (key, segment) => {
              seen.set(key, segment);
              return store.put(key, segment);
            },
            get: async (key) => seen.get(key),
          };
        }),
    },
    'one that keeps the very arrays': {
      finds: 'keeps what was put, whatever its arrays are used for afterwards',
      open: (bytesMax) =>
        storeBut(bytesMax, () => {
          const kept = new Map<SegmentKey, Segment>();
          return { get: async (key) => kept.get(key), put: async (key, segment) => void kept.set(key, segment) };
        }),
    },
    'one that throws': {
      finds: 'refuses what is no segment, no key and no owner, without throwing',
      open: (bytesMax) => storeBut(bytesMax, () => ({ put: () => Promise.reject(new Error('no')) })),
    },
  };

describe('the segment store contract finds', () => {
  for (const [name, { finds, open }] of Object.entries(broken)) {
    test(name, async () => {
      const check = segmentStoreContract[finds];
      if (check === undefined) throw new Error(`The contract has no "${finds}".`);
      await expect(check(async (bytesMax) => open(bytesMax))).rejects.toThrow();
    });
  }
});
