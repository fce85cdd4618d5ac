import type { CommandBody, Commands } from './monitor/commands.js';
import type { Fetch, Peaks } from './sound/peaks.js';
import type { Spectrogram } from './sound/spectrogram.js';
import type { TakeLanes } from './sound/take-lanes.js';
import type { FrameScheduler } from './ui/frames.js';
import type { Scope } from './ui/scope.js';

/** What a view may use of the page around it. */
export interface ViewServices {
  readonly scope: Scope;
  readonly frames: FrameScheduler;
  /** Whether the person asked for less motion: then nothing moves between two messages. */
  readonly reducedMotion: () => boolean;
}

export interface ToastAction {
  readonly label: string;
  readonly run: () => void;
}

export interface Services extends ViewServices {
  readonly commands: Commands;
  readonly fetch: Fetch;
  readonly peaks: Peaks;
  readonly spectrogram: Spectrogram;
  readonly takeLanes: TakeLanes;
  /** Called when sound has arrived that may be on view. */
  readonly onSound: (listener: () => void) => () => void;
  /** Shows a message for a while. */
  readonly toast: (text: string) => void;
  /** The same with a button, to take back what was done. */
  readonly toastWithAction: (text: string, action: ToastAction) => void;
  /** Asks the service; a refusal is shown as a toast. */
  readonly ask: (command: CommandBody) => Promise<{ readonly ok: boolean; readonly job: string | null }>;
}
