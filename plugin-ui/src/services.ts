import type { Commands, Wish } from './monitor/commands.js';
import type { Fetch, Peaks } from './sound/peaks.js';
import type { Spectrogram } from './sound/spectrogram.js';
import type { TakeLanes } from './sound/take-lanes.js';
import type { FrameScheduler } from './ui/frames.js';
import type { Scope } from './ui/scope.js';

/** What a view may use of the page around it. */
export interface ViewServices {
  readonly scope: Scope;
  readonly frames: FrameScheduler;
  /** Whether the person asked for less motion: then nothing moves between two views. */
  readonly still: () => boolean;
}

export interface Services extends ViewServices {
  readonly commands: Commands;
  readonly fetch: Fetch;
  readonly peaks: Peaks;
  readonly spectrogram: Spectrogram;
  readonly takeLanes: TakeLanes;
  /** Called when sound has arrived that may be on view. */
  readonly onSound: (listener: () => void) => () => void;
  /** Says something for a while, with a way back where there is one. */
  readonly note: (text: string, way?: { readonly label: string; readonly go: () => void }) => void;
  /** Asks, and says what is wrong where it is refused. */
  readonly ask: (wish: Wish) => Promise<{ readonly ok: boolean; readonly job: string | null }>;
}
