import type { ModelCard } from '../../../service/src/core/monitor.js';
import { niceStep, niceTimeStep, type Range, spanOf, temperatureRange, timeRange } from '../geometry/axis.js';
import { coast, coastMillisMax, glide } from '../geometry/playhead.js';
import type { SessionView } from '../state/state.js';
import { el } from '../ui/dom.js';
import type { FrameScheduler } from '../ui/frames.js';
import type { Scope } from '../ui/scope.js';
import { readTheme, type Theme } from '../view/theme.js';
import { temperatureDigits, usefulRange } from '../words/words.js';
import { extentOf } from './lane-memory.js';
import { type LanePicture, margin, paintLane } from './lane-painter.js';

export interface ViewServices {
  readonly scope: Scope;
  readonly frames: FrameScheduler;
  /** Whether the person asked for less motion: then nothing moves between two views. */
  readonly still: () => boolean;
}

export interface LaneView {
  readonly element: HTMLElement;
  update(view: SessionView, models: readonly ModelCard[]): void;
}

/** A strip of paper under a pen: the lane over the song. */
export function createLaneView(services: ViewServices): LaneView {
  const canvas = el('canvas', { role: 'img', 'aria-label': 'Temperature lane over song time' });
  const element = el('div', { class: 'strip' }, canvas);
  const context = canvas.getContext('2d');
  let theme: Theme | undefined;
  let current: { view: SessionView; models: readonly ModelCard[] } | undefined;
  let playhead: number | undefined;
  let time: Range | undefined;
  let paintedAt = 0;

  const paint = (now: number): boolean => {
    if (context === null || current === undefined) return false;
    const still = services.still();
    const elapsed = Math.min(100, Math.max(0, now - paintedAt));
    paintedAt = now;
    const { view } = current;
    const { snapshot, speed } = view;
    const seconds = snapshot.playheadFrame / snapshot.sampleRateHz;
    const target = still ? seconds : coast({ seconds, speed, atMillis: view.receivedAtMillis }, now);
    const before = playhead;
    playhead = still ? seconds : glide(playhead, target, elapsed, speed);

    const wanted = wantedTime(view, playhead);
    const jumped = before === undefined || Math.abs(playhead - before) > 2;
    time = still || time === undefined || jumped ? wanted : eased(time, wanted, elapsed);
    theme ??= readTheme(element);
    const scale = window.devicePixelRatio || 1;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    paintLane(context, pictureOf(view, current.models, theme, time, playhead, canvas, scale));
    const settled = time.start === wanted.start && time.end === wanted.end && playhead === target;
    return !still && (!settled || (speed > 0 && now - view.receivedAtMillis < coastMillisMax));
  };

  const redraw = () => services.frames.invalidate(paint);
  const fit = new ResizeObserver(() => {
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(element.clientWidth * scale);
    canvas.height = Math.round(element.clientHeight * scale);
    theme = undefined;
    // A canvas that changes size is empty: it is drawn again at once, so that it never flashes.
    paint(performance.now());
  });
  fit.observe(element);
  services.scope.add(() => fit.disconnect());
  services.scope.add(() => services.frames.forget(paint));
  services.scope.on(matchMedia('(prefers-color-scheme: dark)'), 'change', () => {
    theme = undefined;
    redraw();
  });

  return {
    element,
    update(view, models) {
      current = { view, models };
      redraw();
    },
  };
}

function wantedTime(view: SessionView, playhead: number): Range {
  const rate = view.snapshot.sampleRateHz;
  const extents = [extentOf(view.delivered), extentOf(view.evaluated)].flatMap((extent) => extent?.frames ?? []);
  const places = extents.map((frame) => frame / rate);
  return timeRange({ start: Math.min(playhead, ...places), end: Math.max(playhead, ...places) }, playhead);
}

/** A scale that changes glides to its new place. */
function eased(from: Range, to: Range, elapsedMillis: number): Range {
  const part = 1 - Math.exp(-elapsedMillis / 160);
  const next = { start: from.start + (to.start - from.start) * part, end: from.end + (to.end - from.end) * part };
  const near = Math.abs(next.start - to.start) + Math.abs(next.end - to.end) < spanOf(to) * 1e-3;
  return near ? to : next;
}

function pictureOf(
  view: SessionView,
  models: readonly ModelCard[],
  theme: Theme,
  time: Range,
  playheadSeconds: number,
  canvas: HTMLCanvasElement,
  scale: number,
): LanePicture {
  const { snapshot } = view;
  const useful = usefulRange(snapshot.model, models);
  const values = [extentOf(view.delivered), extentOf(view.evaluated)].flatMap((extent) => extent?.values ?? []);
  const shown = [...values, snapshot.temperatureEvaluated];
  const temperature = temperatureRange(useful, { start: Math.min(...shown), end: Math.max(...shown) });
  const width = canvas.width / scale;
  const height = canvas.height / scale;
  const plotWidth = Math.max(1, width - margin.left - margin.right);
  const plotHeight = Math.max(1, height - margin.top - margin.bottom);
  return {
    width,
    height,
    theme,
    time,
    timeStep: niceTimeStep((spanOf(time) * 64) / plotWidth),
    temperature,
    temperatureStep: niceStep((spanOf(temperature) * 24) / plotHeight),
    temperatureDigits: temperatureDigits(useful),
    useful,
    sampleRateHz: snapshot.sampleRateHz,
    epoch: snapshot.epoch,
    delivered: view.delivered,
    evaluated: view.evaluated,
    playheadSeconds,
    renderedSeconds: snapshot.renderedFrame / snapshot.sampleRateHz,
    playing: snapshot.playing,
    temperatureNow: snapshot.temperatureEvaluated,
  };
}
