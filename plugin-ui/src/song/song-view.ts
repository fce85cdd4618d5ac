import type { ModelCard, TakeSummary } from '../../../service/src/core/monitor.js';
import { extrapolated, extrapolateMillisMax, smoothed } from '../geometry/playhead.js';
import { type Rows, rowsFor } from '../geometry/rows.js';
import { fitted, following, keptInView, type SongWindow, snapped } from '../geometry/window.js';
import type { Services } from '../services.js';
import { valueAt } from '../state/lane-memory.js';
import type { SessionView } from '../state/state.js';
import { el, setStyle } from '../ui/dom.js';
import { readTheme, type Theme } from '../ui/theme.js';
import type { Workspace } from '../workspace/workspace.js';
import { contentOf, pictureOf } from './content.js';
import { paintDrawing } from './drawing-layer.js';
import { createMarkers } from './markers.js';
import { paintSong, type Surface } from './painter.js';
import { type SongPicture, stripsOf } from './picture.js';
import type { Following } from './song-access.js';
import { attachSongInput } from './song-input.js';

export interface SongView {
  readonly element: HTMLElement;
  readonly following: Following;
  update(view: SessionView, models: readonly ModelCard[]): void;
  /** What a toolbar does. */
  zoom(factor: number): void;
  setFollowing(following: Following): void;
  setSpectrum(on: boolean): void;
}

/** Below this the page is narrow, and every row gets less. */
const compactWidth = 620;

/** The song: lane, guide, takes, and where everything is. */
export function createSongView(services: Services, workspace: Workspace, changed: () => void): SongView {
  const canvas = el('canvas', { class: 'song-paper', 'aria-hidden': 'true' });
  const over = el('canvas', { class: 'song-over', 'aria-hidden': 'true' });
  const scratch = el('canvas').getContext('2d');
  const markers = createMarkers();
  const element = el(
    'div',
    { class: 'song', tabindex: '0', role: 'group', 'aria-label': 'Song', 'aria-describedby': 'song-keys' },
    canvas,
    over,
    ...markers.elements,
  );
  const context = canvas.getContext('2d');
  const overContext = over.getContext('2d');
  let width = 0;
  let gutter = 46;
  let rows: Rows = rowsFor({ guide: false, spectrum: true, strips: 0, compact: false });
  let theme: Theme | undefined;
  let current: { view: SessionView; models: readonly ModelCard[] } | undefined;
  let picture: SongPicture | undefined;
  let playhead: number | undefined;
  let mode: Following = 'fit';
  let spectrum = true;
  let wanted: SongWindow = { start: 0, secondsPerPixel: 0.02 };
  let valid = false;
  let paintedAt = 0;
  let drawnAt: SongWindow | undefined;

  const place = () => {
    if (picture === undefined) return undefined;
    const { window, temperature, useful, view } = picture;
    const { sampleRateHz } = view.snapshot;
    return { row: rows.lane, width, window, temperature, useful, sampleRateHz, theme: picture.theme };
  };
  const lay = (): void => {
    const takes = current?.view.takes ?? [];
    const strips = stripsOf(takes, shownTake(takes)).length;
    const guide = (current?.view.snapshot.guideAmount ?? 0) > 0 || (current?.view.snapshot.guidePeak ?? 0) > 0;
    // A guide that was once there keeps its row: nothing jumps when it is silent for a moment.
    const next = rowsFor({
      guide: guide || rows.guide !== undefined,
      spectrum,
      strips,
      compact: width + gutter < compactWidth,
    });
    if (next.height === rows.height && next.strips.length === rows.strips.length && picture !== undefined) return;
    rows = next;
    setStyle(element, 'height', `${rows.height}px`);
    resize();
  };
  const resize = (): void => {
    const scale = window.devicePixelRatio || 1;
    gutter = element.clientWidth < compactWidth ? 34 : 46;
    width = Math.max(1, element.clientWidth - gutter);
    for (const layer of [canvas, over]) {
      layer.width = Math.round(element.clientWidth * scale);
      layer.height = Math.round(rows.height * scale);
    }
    if (scratch !== null) {
      scratch.canvas.width = Math.round(width * scale);
      scratch.canvas.height = Math.round((rows.spectrum?.height ?? 1) * scale);
    }
    valid = false;
  };
  const shownTake = (takes: readonly TakeSummary[]): TakeSummary | undefined =>
    takes.find(({ id }) => id === workspace.shownTake) ?? takes.find((take) => take.current) ?? takes.at(-1);

  const paint = (now: number): boolean => {
    if (context === null || overContext === null || scratch === null || current === undefined) return false;
    if (element.clientWidth === 0) return false;
    const still = services.reducedMotion();
    const elapsed = Math.min(100, Math.max(0, now - paintedAt));
    paintedAt = now;
    const { view } = current;
    const { snapshot, speed } = view;
    const seconds = snapshot.playheadFrame / snapshot.sampleRateHz;
    const target = still ? seconds : extrapolated({ seconds, speed, atMillis: view.receivedAtMillis }, now);
    playhead = still ? seconds : smoothed(playhead, target, elapsed, speed);
    const content = contentOf(view, playhead);
    if (mode === 'fit') wanted = fitted(content, width);
    if (mode === 'follow') wanted = following(wanted, playhead, width);
    const next = snapped(mode === 'free' ? keptInView(wanted, content, width) : wanted);
    if (next.start !== drawnAt?.start || next.secondsPerPixel !== drawnAt.secondsPerPixel) valid = false;
    theme ??= readTheme(element);
    const scale = window.devicePixelRatio || 1;
    if (!valid) {
      drawnAt = next;
      const { takes } = view;
      const take = shownTake(takes);
      const strips = stripsOf(takes, take);
      picture = pictureOf({
        services,
        view,
        models: current.models,
        theme,
        rows,
        width,
        window: next,
        workspace,
        take,
        strips,
      });
      const surface: Surface = { context, scratch, scale, gutter };
      paintSong(surface, picture);
      const at = place();
      overContext.setTransform(scale, 0, 0, scale, 0, 0);
      overContext.clearRect(0, 0, width + gutter, rows.height);
      overContext.translate(gutter, 0);
      if (at !== undefined) paintDrawing(overContext, workspace, at);
      valid = true;
    }
    if (picture === undefined) return false;
    markers.move({
      left: gutter,
      width,
      lane: rows.lane,
      top: rows.ruler.top + rows.ruler.height,
      bottom: rows.height,
      window: next,
      temperature: picture.temperature,
      playheadSeconds: playhead,
      renderedSeconds: snapshot.renderedFrame / snapshot.sampleRateHz,
      // The last draw is ahead of the playhead; the marker is at what sounds now, where that is known.
      temperatureNow:
        valueAt(view.evaluated, snapshot.epoch, playhead * snapshot.sampleRateHz) ?? snapshot.temperatureEvaluated,
      listeningSeconds: workspace.listening,
    });
    return !still && (playhead !== target || (speed > 0 && now - view.receivedAtMillis < extrapolateMillisMax));
  };
  const redraw = (): void => {
    valid = false;
    services.frames.invalidate(paint);
  };
  const move = (next: SongWindow, by: Following): void => {
    wanted = next;
    if (mode !== by) {
      mode = by;
      changed();
    }
    redraw();
  };

  const fit = new ResizeObserver(() => {
    resize();
    // A canvas that changes size is empty: it is drawn again at once, so that it never flashes.
    paint(performance.now());
  });
  fit.observe(element);
  const { scope } = services;
  scope.add(() => fit.disconnect());
  scope.add(() => services.frames.forget(paint));
  scope.add(services.onSound(redraw));
  scope.add(
    workspace.watch(() => {
      lay();
      redraw();
    }),
  );
  scope.on(matchMedia('(prefers-color-scheme: dark)'), 'change', () => {
    theme = undefined;
    redraw();
  });
  attachSongInput({
    scope,
    element,
    workspace,
    gutter: () => gutter,
    width: () => width,
    rows: () => rows,
    window: () => drawnAt ?? wanted,
    following: () => mode,
    place,
    view: () => current?.view,
    playhead: () => playhead ?? 0,
    move,
  });
  setStyle(element, 'height', `${rows.height}px`);

  return {
    element,
    get following() {
      return mode;
    },
    update(view, models) {
      const seen = current?.view;
      current = { view, models };
      lay();
      const same =
        seen?.delivered === view.delivered &&
        seen.evaluated === view.evaluated &&
        seen.takes === view.takes &&
        seen.gaps === view.gaps &&
        seen.snapshot.epoch === view.snapshot.epoch &&
        seen.snapshot.model === view.snapshot.model &&
        seen.snapshot.guideAmount === view.snapshot.guideAmount &&
        seen.snapshot.musicalTime?.tempoBpm === view.snapshot.musicalTime?.tempoBpm;
      if (same) services.frames.invalidate(paint);
      else redraw();
    },
    zoom(factor) {
      const about = mode === 'follow' ? (playhead ?? 0) : wanted.start + (width / 2) * wanted.secondsPerPixel;
      const x = (about - wanted.start) / wanted.secondsPerPixel;
      const start = about - x * wanted.secondsPerPixel * factor;
      move({ start, secondsPerPixel: wanted.secondsPerPixel * factor }, mode === 'follow' ? 'follow' : 'free');
    },
    setFollowing(following) {
      if (following === 'follow' && width * wanted.secondsPerPixel > 40)
        wanted = { ...wanted, secondsPerPixel: 20 / width };
      move(wanted, following);
    },
    setSpectrum(on) {
      spectrum = on;
      lay();
      redraw();
    },
  };
}
