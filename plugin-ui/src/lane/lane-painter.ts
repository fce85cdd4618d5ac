import { type Range, spanOf, ticks, toPixels } from '../geometry/axis.js';
import { heatStops, type Theme } from '../view/theme.js';
import { axisTime } from '../words/words.js';
import { decimate, type LaneMemory, lowerBound, type Stretch } from './lane-memory.js';

/** Everything one picture of a lane depends on. What moves at every frame lies above it: see pen.ts. */
export interface LanePicture {
  readonly width: number;
  readonly height: number;
  readonly theme: Theme;
  readonly time: Range;
  readonly timeStep: number;
  readonly temperature: Range;
  readonly temperatureStep: number;
  readonly temperatureDigits: number;
  readonly useful: Range;
  readonly sampleRateHz: number;
  readonly epoch: number;
  readonly delivered: LaneMemory;
  readonly evaluated: LaneMemory;
}

export const margin = { left: 46, right: 14, top: 14, bottom: 26 } as const;

interface Plot {
  readonly width: number;
  readonly height: number;
  x(seconds: number): number;
  y(temperature: number): number;
}

export function paintLane(context: CanvasRenderingContext2D, picture: LanePicture): void {
  context.clearRect(0, 0, picture.width, picture.height);
  const width = picture.width - margin.left - margin.right;
  const height = picture.height - margin.top - margin.bottom;
  if (width <= 0 || height <= 0) return;
  const plot: Plot = {
    width,
    height,
    x: (seconds) => toPixels(seconds, picture.time, width),
    y: (temperature) => height - toPixels(temperature, picture.temperature, height),
  };
  context.save();
  context.translate(margin.left, margin.top);
  paintBand(context, picture, plot);
  paintGrid(context, picture, plot);
  context.save();
  context.beginPath();
  context.rect(0, -margin.top, width, height + margin.top + 1);
  context.clip();
  paintDelivered(context, picture, plot);
  paintEvaluated(context, picture, plot);
  paintBreakpoints(context, picture, plot);
  context.restore();
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

function paintGrid(context: CanvasRenderingContext2D, picture: LanePicture, plot: Plot): void {
  const { theme, time, timeStep, temperature, temperatureStep } = picture;
  context.lineWidth = 1;
  context.strokeStyle = theme.grid;
  lines(context, ticks(time, timeStep / 5).map(plot.x), plot, 'vertical');
  context.strokeStyle = theme.gridStrong;
  lines(context, ticks(time, timeStep).map(plot.x), plot, 'vertical');
  const levels = ticks(temperature, temperatureStep);
  lines(context, levels.map(plot.y), plot, 'horizontal');

  context.font = `11px ${theme.font}`;
  context.fillStyle = theme.inkSoft;
  context.textBaseline = 'middle';
  context.textAlign = 'right';
  for (const level of levels) {
    context.fillText(level.toFixed(Math.max(1, picture.temperatureDigits - 1)), -12, plot.y(level));
  }
  context.textBaseline = 'alphabetic';
  context.textAlign = 'center';
  const times = ticks(time, timeStep);
  times.forEach((seconds, index) => {
    const x = plot.x(seconds);
    if (x > plot.width - 8) return;
    const label = axisTime(seconds, timeStep, time.end);
    context.fillText(index === 0 && time.end <= 120 ? `${label} s` : label, x, plot.height + 18);
  });
}

function lines(
  context: CanvasRenderingContext2D,
  places: number[],
  plot: Plot,
  direction: 'vertical' | 'horizontal',
): void {
  context.beginPath();
  for (const place of places) {
    const crisp = Math.round(place) + 0.5;
    if (direction === 'vertical') {
      context.moveTo(crisp, 0);
      context.lineTo(crisp, plot.height);
    } else {
      context.moveTo(0, crisp);
      context.lineTo(plot.width, crisp);
    }
  }
  context.stroke();
}

/** What the draws used: the thick line, in the colour of its own heat. Older passages are fainter. */
function paintEvaluated(context: CanvasRenderingContext2D, picture: LanePicture, plot: Plot): void {
  context.lineJoin = 'round';
  context.lineCap = 'round';
  for (const stretch of picture.evaluated) {
    const points = visible(stretch, picture, plot);
    if (points.length === 0) continue;
    const current = stretch.epoch === picture.epoch;
    trace(context, points);
    context.globalAlpha = current ? 1 : 0.38;
    context.lineWidth = current ? 3 : 2;
    context.strokeStyle = verticalHeat(context, picture, plot, 1);
    context.stroke();
    const [first, last] = [points[0], points.at(-1)];
    if (first === undefined || last === undefined) continue;
    context.lineTo(last[0], plot.height);
    context.lineTo(first[0], plot.height);
    context.closePath();
    context.globalAlpha = current ? 0.16 : 0.06;
    context.fillStyle = verticalHeat(context, picture, plot, 1);
    context.fill();
  }
  context.globalAlpha = 1;
}

/** What the host said: a fine line under that of the draws, so that it shows where the two differ. */
function paintDelivered(context: CanvasRenderingContext2D, picture: LanePicture, plot: Plot): void {
  context.lineWidth = 1.25;
  context.strokeStyle = picture.theme.ink;
  for (const stretch of picture.delivered) {
    const points = visible(stretch, picture, plot);
    context.globalAlpha = stretch.epoch === picture.epoch ? 0.85 : 0.3;
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
  for (const stretch of picture.delivered) {
    const points = visible(stretch, picture, plot);
    const room = (points.at(-1)?.[0] ?? 0) - (points[0]?.[0] ?? 0);
    if (room / points.length < 9) continue;
    context.globalAlpha = stretch.epoch === picture.epoch ? 1 : 0.4;
    for (const [x, y] of points) {
      context.beginPath();
      context.arc(x, y, 3, 0, 2 * Math.PI);
      context.fill();
      context.stroke();
    }
  }
  context.globalAlpha = 1;
}

/** The part of a stretch inside the picture and one point to each side, no finer than the pixels. */
function visible(stretch: Stretch, picture: LanePicture, plot: Plot): (readonly [x: number, y: number])[] {
  const { time, sampleRateHz } = picture;
  const from = Math.max(0, lowerBound(stretch.frames, time.start * sampleRateHz) - 1);
  const to = lowerBound(stretch.frames, time.end * sampleRateHz) + 1;
  const part = { epoch: stretch.epoch, frames: stretch.frames.slice(from, to), values: stretch.values.slice(from, to) };
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
