import { type Range, spanOf, ticks, toPixels } from '../geometry/axis.js';
import { heatStops } from '../geometry/heat.js';
import { decimate, type LaneMemory, type LaneSpan, lowerBound } from '../state/lane-memory.js';
import type { Theme } from '../ui/theme.js';

/** Everything one picture of a lane depends on. What moves at every frame lies above it: see markers.ts. */
export interface LanePicture {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly time: Range;
  readonly temperature: Range;
  readonly temperatureStep: number;
  readonly temperatureDigits: number;
  readonly useful: Range;
  readonly sampleRateHz: number;
  readonly epoch: number;
  readonly delivered: LaneMemory;
  readonly evaluated: LaneMemory;
}

/** A breakpoint that is nearer to its neighbour than this is part of a curve, not a thing of its own. */
const breakpointPixelsMin = 9;

interface Plot {
  readonly width: number;
  readonly height: number;
  x(seconds: number): number;
  y(temperature: number): number;
}

/** Draws into the row whose top left corner is the context's origin. */
export function paintLane(context: CanvasRenderingContext2D, picture: LanePicture): void {
  const { width, height } = picture;
  if (width <= 0 || height <= 0) return;
  const plot: Plot = {
    width,
    height,
    x: (seconds) => toPixels(seconds, picture.time, width),
    y: (temperature) => height - toPixels(temperature, picture.temperature, height),
  };
  paintBand(context, picture, plot);
  paintLevels(context, picture, plot);
  context.save();
  context.beginPath();
  context.rect(0, -4, width, height + 5);
  context.clip();
  paintDelivered(context, picture, plot);
  paintEvaluated(context, picture, plot);
  paintBreakpoints(context, picture, plot);
  context.restore();
}

/** The model's useful range, in its own colours. */
function paintBand(context: CanvasRenderingContext2D, picture: LanePicture, plot: Plot): void {
  const top = Math.max(0, plot.y(picture.useful.end));
  const bottom = Math.min(plot.height, plot.y(picture.useful.start));
  context.fillStyle = verticalHeat(context, picture, plot, 0.13);
  context.fillRect(0, top, plot.width, bottom - top);
  context.fillStyle = verticalHeat(context, picture, plot, 1);
  context.fillRect(-6, top, 3, bottom - top);
}

function paintLevels(context: CanvasRenderingContext2D, picture: LanePicture, plot: Plot): void {
  const { theme, temperature, temperatureStep } = picture;
  const levels = ticks(temperature, temperatureStep);
  context.lineWidth = 1;
  context.strokeStyle = theme.gridStrong;
  context.beginPath();
  for (const level of levels) {
    const crisp = Math.round(plot.y(level)) + 0.5;
    context.moveTo(0, crisp);
    context.lineTo(plot.width, crisp);
  }
  context.stroke();
  context.font = `11px ${theme.font}`;
  context.fillStyle = theme.inkSoft;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const level of levels) {
    context.fillText(level.toFixed(Math.max(1, picture.temperatureDigits - 1)), -12, plot.y(level));
  }
}

/** What the draws used: the thick line, in the colour of its own heat. Older passages are fainter. */
function paintEvaluated(context: CanvasRenderingContext2D, picture: LanePicture, plot: Plot): void {
  context.lineJoin = 'round';
  context.lineCap = 'round';
  for (const span of picture.evaluated) {
    const points = visible(span, picture, plot);
    if (points.length === 0) continue;
    const current = span.epoch === picture.epoch;
    trace(context, points);
    context.globalAlpha = current ? 1 : 0.38;
    context.lineWidth = current ? 3 : 2;
    context.strokeStyle = verticalHeat(context, picture, plot, 1);
    context.stroke();
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) continue;
    // Down to the cold end of the useful range: below it there is no colour to fill with.
    const ground = Math.min(plot.height, plot.y(picture.useful.start));
    context.lineTo(last[0], ground);
    context.lineTo(first[0], ground);
    context.closePath();
    context.globalAlpha = current ? 0.16 : 0.06;
    context.fillStyle = verticalHeat(context, picture, plot, 1);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** The host's lane: a fine line under that of the draws, so that it shows where the two differ. */
function paintDelivered(context: CanvasRenderingContext2D, picture: LanePicture, plot: Plot): void {
  context.lineWidth = 1.25;
  context.strokeStyle = picture.theme.ink;
  for (const span of picture.delivered) {
    const points = visible(span, picture, plot);
    context.globalAlpha = span.epoch === picture.epoch ? 0.85 : 0.3;
    trace(context, points);
    context.stroke();
  }
  context.globalAlpha = 1;
}

/** The host's breakpoints, where there is room to tell them apart. */
function paintBreakpoints(context: CanvasRenderingContext2D, picture: LanePicture, plot: Plot): void {
  context.lineWidth = 1.25;
  context.strokeStyle = picture.theme.ink;
  context.fillStyle = picture.theme.paper;
  for (const span of picture.delivered) {
    context.globalAlpha = span.epoch === picture.epoch ? 1 : 0.4;
    const points = visible(span, picture, plot);
    points.forEach(([x, y], index) => {
      const before = points[index - 1]?.[0] ?? Number.NEGATIVE_INFINITY;
      const after = points[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
      if (Math.min(x - before, after - x) < breakpointPixelsMin) return;
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    });
  }
  context.globalAlpha = 1;
}

/** The part of a span inside the picture and one point to each side, no finer than the pixels. */
function visible(span: LaneSpan, picture: LanePicture, plot: Plot): (readonly [x: number, y: number])[] {
  const { time, sampleRateHz } = picture;
  const from = Math.max(0, lowerBound(span.frames, time.start * sampleRateHz) - 1);
  const to = lowerBound(span.frames, time.end * sampleRateHz) + 1;
  const part = { epoch: span.epoch, frames: span.frames.slice(from, to), values: span.values.slice(from, to) };
  const framesPerPixel = Math.max(1e-9, (spanOf(time) * sampleRateHz) / plot.width);
  const drawn = decimate(part, (frame) => Math.floor(frame / framesPerPixel));
  return drawn.frames.map((frame, index) => [plot.x(frame / sampleRateHz), plot.y(drawn.values[index] ?? 0)] as const);
}

function trace(context: CanvasRenderingContext2D, points: readonly (readonly [x: number, y: number])[]): void {
  context.beginPath();
  points.forEach(([x, y], index) => {
    if (index === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  });
}

function verticalHeat(
  context: CanvasRenderingContext2D,
  picture: LanePicture,
  plot: Plot,
  alpha: number,
): CanvasGradient {
  const gradient = context.createLinearGradient(0, plot.y(picture.useful.start), 0, plot.y(picture.useful.end));
  for (const { at, colour } of heatStops(picture.theme.heatLightness, alpha)) gradient.addColorStop(at, colour);
  return gradient;
}
