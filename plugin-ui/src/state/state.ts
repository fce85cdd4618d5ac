import type { Job, ModelCard, SessionSnapshot, StoreSnapshot, TakeSummary } from '../../../service/src/core/monitor.js';
import type { LaneMemory } from './lane-memory.js';

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
  /** Song seconds per second, measured between the last two messages. */
  readonly speed: number;
  readonly delivered: LaneMemory;
  readonly evaluated: LaneMemory;
  /** Oldest first. */
  readonly takes: readonly TakeSummary[];
  /** Ranges [from, to) in song frames that were not there in time. */
  readonly gaps: readonly (readonly [from: number, to: number])[];
  /** The last edit of this page that the host has received. */
  readonly editedId: number;
}

export interface PageState {
  readonly link: LinkState;
  readonly service: { readonly version: string; readonly pid: number } | undefined;
  readonly models: readonly ModelCard[];
  /** Undefined until the service has sent it. */
  readonly store: StoreSnapshot | undefined;
  /** What a plugin is refused for that cannot open a session; '': none is. */
  readonly refused: string;
  /** In the service's order. Undefined until the service has sent them. */
  readonly sessions: readonly SessionView[] | undefined;
  readonly jobs: readonly Job[];
}

export const initialState: PageState = {
  link: { kind: 'connecting' },
  service: undefined,
  models: [],
  store: undefined,
  refused: '',
  sessions: undefined,
  jobs: [],
};
