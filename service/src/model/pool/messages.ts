import type { FailureCode } from '../../core/failure.js';
import type { Response } from '../../core/response.js';
import type { CodesFiles } from '../codes/files.js';
import type { BlockShape, DrawInputs, DrawnBlocks } from '../engine.js';
import type { CodeLimit, EngineName } from '../engine-name.js';
import type { PackedKernel } from '../kernel/packing.js';
import type { CodesManifest } from '../manifest.js';
import type { ProviderWish } from '../provider-wish.js';
import type { RowModel } from '../rows/row-voice.js';
import type { RowFiles } from '../verified-model.js';

/** What the pool asks of a worker, one at a time; every request but `close` is answered by one reply. */
export type WorkerRequest =
  | {
      readonly kind: 'load';
      /** What later requests mean this engine of this model by. */
      readonly key: string;
      readonly shape: BlockShape;
      readonly source: EngineSource;
    }
  /** Voices with the same number of blocks each, drawn together. */
  | { readonly kind: 'draw'; readonly key: string; readonly voices: readonly DrawInputs[] }
  /** The state of a take that goes on from given audio, at the model's rate, in one or two channels of equal length. */
  | {
      readonly kind: 'prime';
      readonly key: string;
      readonly channels: readonly Float32Array[];
      readonly condition: number;
    }
  | { readonly kind: 'close' };

/** What an engine is made from. */
export type EngineSource =
  | { readonly kind: 'tiny' }
  | {
      readonly kind: 'onnx';
      readonly graph: Uint8Array;
      readonly initialState: Float32Array;
      readonly wish: ProviderWish;
      readonly tailFloor: number;
      readonly response: Response;
      readonly rows: RowFiles | undefined;
    }
  | {
      readonly kind: 'codes';
      readonly manifest: CodesManifest;
      readonly files: CodesFiles;
      readonly wish: ProviderWish;
      readonly tailFloor: number;
      readonly limit: CodeLimit;
    }
  /** `packed`: what another worker has made of the weights already; all workers draw from one copy in shared memory. */
  | {
      readonly kind: 'kernel';
      readonly name: EngineName;
      readonly weights: Uint8Array;
      readonly packed: PackedKernel | undefined;
      readonly tailFloor: number;
      readonly response: Response;
      readonly rows: RowModel | undefined;
    };

export type WorkerReply =
  /** reason: for people, why this backend. */
  | {
      readonly kind: 'loaded';
      readonly reason: string;
      readonly voicesTogetherMax: number;
      readonly packed?: PackedKernel | undefined;
    }
  /** One entry per voice. runMillis: time spent drawing all of them, without the messages. */
  | { readonly kind: 'drawn'; readonly drawn: readonly DrawnBlocks[]; readonly runMillis: number }
  | { readonly kind: 'primed'; readonly state: Float32Array }
  | { readonly kind: 'failed'; readonly code: FailureCode; readonly message: string };
