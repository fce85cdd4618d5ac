import type { TakeSummary } from '../../../service/src/core/monitor.js';
import type { Range } from '../geometry/axis.js';
import type { Rows } from '../geometry/rows.js';
import type { SongWindow } from '../geometry/window.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import type { Theme } from '../ui/theme.js';

/** Everything one picture of a song depends on, except what moves at every frame: see markers.ts. */
export interface SongPicture {
  readonly services: Services;
  readonly view: SessionView;
  readonly theme: Theme;
  readonly rows: Rows;
  /** Of the plot, which begins right of the labels. */
  readonly width: number;
  readonly window: SongWindow;
  readonly useful: Range;
  readonly temperature: Range;
  readonly guideTemperatures: readonly [number, number];
  readonly selection: Range | undefined;
  /** The take in the large row; undefined: nothing was drawn yet. */
  readonly take: TakeSummary | undefined;
  /** The others, newest first. */
  readonly strips: readonly TakeSummary[];
}

export function stepsPerSecond({ view }: SongPicture): number {
  return view.snapshot.modelRateHz;
}

export function framesPerColumn({ view, window }: SongPicture): number {
  return window.secondsPerPixel * view.snapshot.sampleRateHz;
}

/** Other takes than the one in the large row that are to be seen at all, newest first. */
export function stripsOf(takes: readonly TakeSummary[], shown: TakeSummary | undefined): TakeSummary[] {
  return takes.filter((take) => !take.discarded && take.id !== shown?.id && take.endStep > take.firstStep).reverse();
}
