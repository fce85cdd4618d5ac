import type { Rows } from '../geometry/rows.js';
import type { SongWindow } from '../geometry/window.js';
import type { SessionView } from '../state/state.js';
import type { Scope } from '../ui/scope.js';
import type { Workspace } from '../workspace/workspace.js';
import type { DrawingPlace } from './drawing-layer.js';

/** fit: all of the song; follow: this zoom, with the playhead in sight; free: where the person has put it. */
export type Following = 'fit' | 'follow' | 'free';

/** What the input handlers of the song view read of it, and may do to it. */
export interface SongAccess {
  readonly scope: Scope;
  readonly element: HTMLElement;
  readonly workspace: Workspace;
  readonly gutter: () => number;
  readonly width: () => number;
  readonly rows: () => Rows;
  readonly window: () => SongWindow;
  readonly following: () => Following;
  readonly place: () => DrawingPlace | undefined;
  readonly view: () => SessionView | undefined;
  readonly playhead: () => number;
  readonly move: (window: SongWindow, by: Following) => void;
}
