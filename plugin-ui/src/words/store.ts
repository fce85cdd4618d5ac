import type { StoreSnapshot } from '../../../service/src/core/monitor.js';
import { plural } from './words.js';

export interface StoreWords {
  readonly fill: string;
  /** What is in it, and what went wrong so far. */
  readonly detail: string;
  /** 0 to 1. */
  readonly share: number;
  readonly troubled: boolean;
}

/** How full the store is, in words; undefined where nothing is stored. */
export function storeWords(store: StoreSnapshot): StoreWords | undefined {
  if (store.bytesMax === 0) return undefined;
  const wrong: string[] = [];
  if (store.damagedCount > 0)
    wrong.push(`${plural(store.damagedCount, 'damaged one')} forgotten and drawn again when needed`);
  if (store.failedWriteCount > 0) wrong.push(`${plural(store.failedWriteCount, 'write')} failed`);
  const held = `${plural(store.segmentCount, 'segment')} of about a second each`;
  return {
    fill: `${bytes(store.bytes)} of ${bytes(store.bytesMax)}`,
    detail: [held, ...wrong].join('; '),
    share: Math.min(1, store.bytes / store.bytesMax),
    troubled: store.trouble !== '' || wrong.length > 0,
  };
}

/** In the units that a file manager uses. */
export function bytes(count: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = count < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(count) / 3 + 1e-12));
  const value = count / 1000 ** power;
  return `${power === 0 ? value : value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0)} ${units[power]}`;
}
