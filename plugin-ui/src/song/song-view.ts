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
import type { DrawingPlace } from './drawing-layer.js';
import { createMarkers } from './markers.js';
import { type SongPicture, stripsOf } from './picture.js';
import type { Following } from './song-access.js';
import { SongCanvas } from './song-canvas.js';
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

/** The song: lane, guide, takes, and where everything is. */
export function createSongView(services: Services, workspace: Workspace, changed: () => void): SongView {
  const canvas = new SongCanvas();
  const markers = createMarkers();
  const element = el(
    'div',
    { class: 'song', tabindex: '0', role: 'group', 'aria-label': 'Song', 'aria-describedby': 'song-keys' },
    ...canvas.elements,
    ...markers.elements,
  );
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

  const placeIn = ({ window, temperature, useful, view, theme: colours }: SongPicture): DrawingPlace => ({
    row: rows.lane,
    width: canvas.width,
    window,
    temperature,
    useful,
    sampleRateHz: view.snapshot.sampleRateHz,
    theme: colours,
  });
  const updateRows = (): void => {
    const takes = current?.view.takes ?? [];
    const strips = stripsOf(takes, shownTake(takes)).length;
    const guide = (current?.view.snapshot.guideAmount ?? 0) > 0 || (current?.view.snapshot.guidePeak ?? 0) > 0;
    // A guide that was once there keeps its row: nothing jumps when it is silent for a moment.
    const next = rowsFor({ guide: guide || rows.guide !== undefined, spectrum, strips, compact: canvas.compact });
    if (next.height === rows.height && next.strips.length === rows.strips.length && picture !== undefined) return;
    rows = next;
    setStyle(element, 'height', `${rows.height}px`);
    resize();
  };
  const resize = (): void => {
    canvas.resize(element.clientWidth, rows);
    valid = false;
  };
  const shownTake = (takes: readonly TakeSummary[]): TakeSummary | undefined =>
    takes.find(({ id }) => id === workspace.shownTake) ?? takes.find((take) => take.current) ?? takes.at(-1);

  /** Moves the playhead on to where it is now; true: it is still on its way there. */
  const movePlayhead = (view: SessionView, now: number): boolean => {
    const elapsed = Math.min(100, Math.max(0, now - paintedAt));
    paintedAt = now;
    const seconds = view.snapshot.playheadFrame / view.snapshot.sampleRateHz;
    if (services.reducedMotion()) {
      playhead = seconds;
      return false;
    }
    const target = extrapolated({ seconds, speed: view.speed, atMillis: view.receivedAtMillis }, now);
    playhead = smoothed(playhead, target, elapsed, view.speed);
    return playhead !== target || (view.speed > 0 && now - view.receivedAtMillis < extrapolateMillisMax);
  };
  /** The part of the song that is on view now. */
  const windowNow = (view: SessionView, at: number): SongWindow => {
    const content = contentOf(view, at);
    if (mode === 'fit') wanted = fitted(content, canvas.width);
    if (mode === 'follow') wanted = following(wanted, at, canvas.width);
    return snapped(mode === 'free' ? keptInView(wanted, content, canvas.width) : wanted);
  };
  const paint = (now: number): boolean => {
    if (current === undefined || element.clientWidth === 0) return false;
    const { view, models } = current;
    const { snapshot } = view;
    const moving = movePlayhead(view, now);
    const at = playhead ?? 0;
    const next = windowNow(view, at);
    if (next.start !== drawnAt?.start || next.secondsPerPixel !== drawnAt.secondsPerPixel) valid = false;
    if (!valid || picture === undefined) {
      theme ??= readTheme(element);
      drawnAt = next;
      const take = shownTake(view.takes);
      const strips = stripsOf(view.takes, take);
      const { width } = canvas;
      picture = pictureOf({ services, view, models, theme, rows, width, window: next, workspace, take, strips });
      canvas.paint(picture, workspace, placeIn(picture));
      valid = true;
    }
    markers.move({
      left: canvas.gutter,
      width: canvas.width,
      lane: rows.lane,
      top: rows.ruler.top + rows.ruler.height,
      bottom: rows.height,
      window: next,
      temperature: picture.temperature,
      playheadSeconds: at,
      renderedSeconds: snapshot.renderedFrame / snapshot.sampleRateHz,
      // The last draw is ahead of the playhead; the marker is at what sounds now, where that is known.
      temperatureNow:
        valueAt(view.evaluated, snapshot.epoch, at * snapshot.sampleRateHz) ?? snapshot.temperatureEvaluated,
      listeningSeconds: workspace.listening,
    });
    return moving;
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
      updateRows();
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
    gutter: () => canvas.gutter,
    width: () => canvas.width,
    rows: () => rows,
    window: () => drawnAt ?? wanted,
    following: () => mode,
    place: () => (picture === undefined ? undefined : placeIn(picture)),
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
      updateRows();
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
      const about = mode === 'follow' ? (playhead ?? 0) : wanted.start + (canvas.width / 2) * wanted.secondsPerPixel;
      const x = (about - wanted.start) / wanted.secondsPerPixel;
      const start = about - x * wanted.secondsPerPixel * factor;
      move({ start, secondsPerPixel: wanted.secondsPerPixel * factor }, mode === 'follow' ? 'follow' : 'free');
    },
    setFollowing(following) {
      if (following === 'follow' && canvas.width * wanted.secondsPerPixel > 40)
        wanted = { ...wanted, secondsPerPixel: 20 / canvas.width };
      move(wanted, following);
    },
    setSpectrum(on) {
      spectrum = on;
      updateRows();
      redraw();
    },
  };
}
