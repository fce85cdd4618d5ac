import type { FailureCode } from '../core/failure.js';
import type { BlockShape, DrawInputs, DrawnBlocks } from './engine.js';
import type { ProviderWish } from './provider-wish.js';

/** What the pool tells a worker, one at a time; every request but `close` is answered by one reply. */
export type WorkerRequest =
  | {
      readonly kind: 'load';
      readonly digest: string;
      readonly shape: BlockShape;
      readonly initialState: Float32Array;
      /** Absent: the tiny model. */
      readonly graph?: Uint8Array;
      readonly wish: ProviderWish;
    }
  | { readonly kind: 'draw'; readonly digest: string; readonly inputs: DrawInputs }
  | { readonly kind: 'close' };

export type WorkerReply =
  | { readonly kind: 'loaded'; readonly reason: string }
  /** runMillis: time spent drawing, without the messages. */
  | { readonly kind: 'drawn'; readonly drawn: DrawnBlocks; readonly runMillis: number }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string };
