import { ticks } from '../geometry/axis.js';
import type { PlotColours } from './colours.js';

/** Room for the labels of the values, left of every panel, and beside its right edge. */
export const gutter = { left: 46, right: 12 };

/** A panel of a strip, and where seconds and values lie in it. */
export interface Plot {
  readonly context: CanvasRenderingContext2D;
  readonly ink: PlotColours;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly seconds: number;
}

export const xOf = ({ left, width, seconds }: Plot, second: number): number => left + (second / seconds) * width;

/** Values from `low` at the bottom to `high` at the top. */
export const yOf = ({ top, height }: Plot, value: number, [low, high]: readonly [number, number]): number =>
  top + height * (1 - (value - low) / (high - low));

export function write(
  { context, ink }: Plot,
  text: string,
  [x, y]: readonly [number, number],
  { align = 'left' as CanvasTextAlign, colour = ink.soft, weight = 400 } = {},
): void {
  context.font = `${weight} 12px ${ink.font}`;
  context.textAlign = align;
  context.textBaseline = 'middle';
  context.fillStyle = colour;
  context.fillText(text, x, y);
}

/** The ground of a panel with its name above it. */
export function ground(plot: Plot, name: string): void {
  plot.context.fillStyle = plot.ink.paper;
  plot.context.fillRect(plot.left, plot.top, plot.width, plot.height);
  if (name !== '') write(plot, name, [plot.left + 5, plot.top - 10]);
}

export function level(plot: Plot, y: number, label: string): void {
  plot.context.fillStyle = plot.ink.grid;
  plot.context.fillRect(plot.left, Math.round(y), plot.width, 1);
  write(plot, label, [plot.left - 8, y], { align: 'right' });
}

/** Seconds between two labels of the time axis. */
export const everySeconds = (seconds: number): number => (seconds > 60 ? 10 : 5);

export function timeLines(plot: Plot): void {
  plot.context.fillStyle = plot.ink.grid;
  for (const second of ticks({ start: 0, end: plot.seconds }, everySeconds(plot.seconds))) {
    plot.context.fillRect(Math.round(xOf(plot, second)), plot.top, 1, plot.height);
  }
}

export function timeAxis(plot: Plot): void {
  const every = everySeconds(plot.seconds);
  for (const second of ticks({ start: 0, end: plot.seconds }, every)) {
    const align = second === 0 ? 'left' : second + every > plot.seconds ? 'right' : 'center';
    const label = second === 0 ? '0 s' : `${second}`;
    write(plot, label, [xOf(plot, second), plot.top + plot.height + 12], { align });
  }
}
