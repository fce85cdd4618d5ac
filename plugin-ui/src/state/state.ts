import type { ModelCard, SessionSnapshot, StoreSnapshot } from '../../../service/src/core/monitor.js';
import type { LaneMemory } from '../lane/lane-memory.js';

export type LinkState =
  | { readonly kind: 'connecting' }
  | { readonly kind: 'open' }
  | { readonly kind: 'lost'; readonly attempt: number; readonly retryAtMillis: number }
  /** The link is there, and nothing comes over it: the service stands still. */
  | { readonly kind: 'silent' }
  /** The service speaks another version than this page. */
  | { readonly kind: 'foreign' };

export interface SessionView {
  readonly snapshot: SessionSnapshot;
  readonly receivedAtMillis: number;
  /** Song seconds per second, measured between the last two views. */
  readonly speed: number;
  readonly delivered: LaneMemory;
  readonly evaluated: LaneMemory;
}

export interface PageState {
  readonly link: LinkState;
  readonly service: { readonly version: string; readonly pid: number } | undefined;
  readonly models: readonly ModelCard[];
  /** Undefined until the service has said how it stands. */
  readonly store: StoreSnapshot | undefined;
  /** In the service's order. Undefined until the service has said what there is. */
  readonly sessions: readonly SessionView[] | undefined;
}

export const initialState: PageState = {
  link: { kind: 'connecting' },
  service: undefined,
  models: [],
  store: undefined,
  sessions: undefined,
};
