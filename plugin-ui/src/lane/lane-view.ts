import type { ModelCard } from '../../../service/src/core/monitor.js';
import { niceStep, niceTimeStep, type Range, spanOf, temperatureRange, timeRange } from '../geometry/axis.js';
import { coast, coastMillisMax, glide } from '../geometry/playhead.js';
import type { Hands } from '../hand/hands.js';
import type { SessionView } from '../state/state.js';
import { el } from '../ui/dom.js';
import type { FrameScheduler } from '../ui/frames.js';
import type { Scope } from '../ui/scope.js';
import { readTheme, type Theme } from '../view/theme.js';
import { temperatureDigits, usefulRange } from '../words/words.js';
import { extentOf, valueAt } from './lane-memory.js';
import { type LanePicture, margin, paintLane } from './lane-painter.js';
import { createPen } from './pen.js';

export interface ViewServices {
  readonly scope: Scope;
  readonly frames: FrameScheduler;
  /** What this page's person turns. */
  readonly hands: Hands;
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
  const pen = createPen();
  const element = el('div', { class: 'strip' }, canvas, ...pen.elements);
  const context = canvas.getContext('2d');
  let size = { width: 0, height: 0 };
  let theme: Theme | undefined;
  let current: { view: SessionView; models: readonly ModelCard[] } | undefined;
  let playhead: number | undefined;
  let time: Range | undefined;
  let paper = { valid: false, temperature: { start: 0, end: 1 } };
  let paintedAt = 0;

  const paint = (now: number): boolean => {
    if (context === null || current === undefined || size.width === 0) return false;
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
    const shown = still || time === undefined || jumped ? wanted : eased(time, wanted, elapsed);
    if (shown.start !== time?.start || shown.end !== time.end) paper.valid = false;
    time = shown;
    if (!paper.valid) {
      theme ??= readTheme(element);
      const scale = window.devicePixelRatio || 1;
      context.setTransform(scale, 0, 0, scale, 0, 0);
      const picture = pictureOf(view, current.models, theme, time, size);
      paintLane(context, picture);
      paper = { valid: true, temperature: picture.temperature };
    }
    pen.move({
      ...plotOf(size),
      time,
      temperature: paper.temperature,
      playheadSeconds: playhead,
      renderedSeconds: snapshot.renderedFrame / snapshot.sampleRateHz,
      // The last draw is ahead of the playhead; the pen writes what is heard, where that is known.
      temperatureNow:
        valueAt(view.evaluated, snapshot.epoch, playhead * snapshot.sampleRateHz) ?? snapshot.temperatureEvaluated,
    });
    const settled = time.start === wanted.start && time.end === wanted.end && playhead === target;
    return !still && (!settled || (speed > 0 && now - view.receivedAtMillis < coastMillisMax));
  };

  const redraw = () => {
    paper.valid = false;
    services.frames.invalidate(paint);
  };
  const fit = new ResizeObserver(() => {
    const scale = window.devicePixelRatio || 1;
    size = { width: element.clientWidth, height: element.clientHeight };
    canvas.width = Math.round(size.width * scale);
    canvas.height = Math.round(size.height * scale);
    paper.valid = false;
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
      const seen = current?.view;
      current = { view, models };
      const same =
        seen?.delivered === view.delivered &&
        seen.evaluated === view.evaluated &&
        seen.snapshot.epoch === view.snapshot.epoch &&
        seen.snapshot.model === view.snapshot.model;
      if (same) services.frames.invalidate(paint);
      else redraw();
    },
  };
}

interface Size {
  readonly width: number;
  readonly height: number;
}

function plotOf(size: Size): { left: number; top: number; width: number; height: number } {
  return {
    left: margin.left,
    top: margin.top,
    width: Math.max(1, size.width - margin.left - margin.right),
    height: Math.max(1, size.height - margin.top - margin.bottom),
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
  size: Size,
): LanePicture {
  const { snapshot } = view;
  const useful = usefulRange(snapshot.model, models);
  const values = [extentOf(view.delivered), extentOf(view.evaluated)].flatMap((extent) => extent?.values ?? []);
  const shown = [...values, snapshot.temperatureEvaluated];
  const temperature = temperatureRange(useful, { start: Math.min(...shown), end: Math.max(...shown) });
  const plot = plotOf(size);
  return {
    ...size,
    theme,
    time,
    timeStep: niceTimeStep((spanOf(time) * 64) / plot.width),
    temperature,
    temperatureStep: niceStep((spanOf(temperature) * 24) / plot.height),
    temperatureDigits: temperatureDigits(useful),
    useful,
    sampleRateHz: snapshot.sampleRateHz,
    epoch: snapshot.epoch,
    delivered: view.delivered,
    evaluated: view.evaluated,
  };
}
