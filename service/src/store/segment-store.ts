import type { Segment, SegmentKey } from '../take/segment.js';

/** How a store stands, for people to look at. */
export interface StoreStatus {
  readonly bytes: number;
  readonly bytesMax: number;
  readonly segmentCount: number;
  /** Segments that were found damaged and forgotten, and writes that failed, since the service started. */
  readonly damagedCount: number;
  readonly failedWriteCount: number;
  /** What the last failed write said and what to do; undefined: the last write succeeded. */
  readonly trouble: string | undefined;
}

/**
 * Segments by key. A key fixes its segment, so a store is never wrong, only incomplete: what is damaged or evicted is
 * drawn again. test/contract/segment-store-contract.ts is the suite that every implementation passes.
 */
export interface SegmentStore {
  /** The segment, or undefined where it is not there or not whole; a damaged one is forgotten and counted. Never rejects. */
  get(key: SegmentKey): Promise<Segment | undefined>;
  /** Keeps a segment. Settles when that is done or has failed; a failure is shown in `status`, never thrown. */
  put(key: SegmentKey, segment: Segment): Promise<void>;
  /**
   * From now on these segments, and no others, are held for `owner`: they are never evicted, also after a restart, and
   * whether they are there already or are put later. No keys: nothing is held for it any more.
   */
  hold(owner: string, keys: readonly SegmentKey[]): Promise<void>;
  status(): StoreStatus;
  /** Finishes what is being written. */
  close(): Promise<void>;
}
