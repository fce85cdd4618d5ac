import { tint } from './colours.js';
import type { Guide, Sound } from './data.js';
import { temperatureAt } from './data.js';
import { ground, level, type Plot, timeLines, write, xOf, yOf } from './plot.js';

/** Draws a panel of a sound. */
export type Panel = (plot: Plot, sound: Sound) => void;

const temperatureOfColumn = (plot: Plot, { lane }: Sound, column: number) =>
  temperatureAt(lane, ((column + 0.5) / plot.width) * plot.seconds);

/** The lane over its own glow, and the names of its sections at the foot. */
export function lanePanel(plot: Plot, sound: Sound, name = 'Temperature'): void {
  const { context, ink, top, height } = plot;
  ground(plot, name);
  const values = sound.lane.map(([, value]) => value);
  // The names of sections lie below the lane, not on it; on a narrow page on two lines.
  const twoLines = plot.width < 900;
  const room = sound.sections.length === 0 ? 0 : twoLines ? 0.36 : 0.2;
  const scale = [Math.min(0.55, ...values) - 0.05 - room, Math.max(1.2, ...values) + 0.05] as const;
  const labels = height < 80 ? [0.6, 1] : [0.6, 0.8, 1, 1.2];
  for (const value of labels) level(plot, yOf(plot, value, scale), value.toFixed(1));
  timeLines(plot);
  for (let column = 0; column < plot.width; column += 1) {
    const value = temperatureOfColumn(plot, sound, column);
    const [x, y] = [plot.left + column, yOf(plot, value, scale)];
    context.fillStyle = tint(ink, sound, value, 0.16);
    context.fillRect(x, y, 1, top + height - y);
  }
  context.lineWidth = 2.5;
  context.lineCap = 'round';
  for (let place = 1; place < sound.lane.length; place += 1) {
    drawPiece(plot, sound, [sound.lane[place - 1] ?? [0, 0], sound.lane[place] ?? [0, 0]], scale);
  }
  for (const [index, [second, section]] of sound.sections.entries()) {
    const x = xOf(plot, second);
    context.fillStyle = ink.soft;
    if (second > 0) context.fillRect(Math.round(x), top, 1, height);
    const line = twoLines && index % 2 === 1 ? 26 : 10;
    write(plot, section, [x + 5, top + height - line], { colour: ink.ink });
  }
}

type Point = readonly [second: number, value: number];

/** A line from a point to the next, each end in its own colour. */
function drawPiece(plot: Plot, sound: Sound, [from, to]: readonly [Point, Point], scale: readonly [number, number]) {
  const { context, ink } = plot;
  const [x0, y0, x1, y1] = [xOf(plot, from[0]), yOf(plot, from[1], scale), xOf(plot, to[0]), yOf(plot, to[1], scale)];
  const gradient = context.createLinearGradient(x0, y0, x1, y1);
  for (let stop = 0; stop <= 8; stop += 1) {
    gradient.addColorStop(stop / 8, tint(ink, sound, from[1] + ((to[1] - from[1]) * stop) / 8));
  }
  context.strokeStyle = x0 === x1 && y0 === y1 ? tint(ink, sound, from[1]) : gradient;
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}

/** Peaks faint and RMS strong, in the colour of the temperature they were drawn at. */
export function wavePanel(plot: Plot, sound: Sound): void {
  const { context, ink, left, top, height } = plot;
  ground(plot, 'Audio: peak and RMS');
  const loudest = Math.max(0.05, ...sound.peak);
  const middle = top + height / 2;
  for (let column = 0; column < plot.width; column += 1) {
    const temperature = temperatureOfColumn(plot, sound, column);
    const [peak, rms] = [sound.peak, sound.rms].map((values) => greatestIn(values, column, plot.width));
    for (const [value, alpha] of [
      [peak ?? 0, 0.4],
      [rms ?? 0, 1],
    ] as const) {
      const reach = Math.max(0.5, ((value / loudest) * height) / 2);
      context.fillStyle = tint(ink, sound, temperature, alpha);
      context.fillRect(left + column, middle - reach, 1, 2 * reach);
    }
  }
  write(plot, loudest.toFixed(1), [left - 8, top + 6], { align: 'right' });
  write(plot, '0', [left - 8, middle], { align: 'right' });
}

function greatestIn(values: readonly number[], column: number, columns: number): number {
  const from = Math.floor((column / columns) * values.length);
  const to = Math.max(from + 1, Math.ceil(((column + 1) / columns) * values.length));
  return Math.max(0, ...values.slice(from, to));
}

export function spectrumPanel(image: CanvasImageSource | undefined, name = 'Spectrum, Hz'): Panel {
  return (plot, { lowestHz, highestHz }) => {
    ground(plot, name);
    if (image !== undefined) plot.context.drawImage(image, plot.left, plot.top, plot.width, plot.height);
    const labels = plot.height < 140 ? [100, 1000, 5000] : [100, 200, 500, 1000, 2000, 5000];
    for (const hz of labels.filter((each) => each < highestHz)) {
      const y = yOf(plot, Math.log(hz), [Math.log(lowestHz), Math.log(highestHz)]);
      write(plot, hz < 1000 ? `${hz}` : `${hz / 1000} k`, [plot.left - 8, y], { align: 'right' });
    }
  };
}

/** How much of the guide is in the sound, over the same without a guide. */
export function likenessPanel({ seconds, likeness, without }: Guide): Panel {
  return (plot, sound) => {
    const { context, ink } = plot;
    const beside = without === undefined ? '' : `; thin line: ${without.id}, without a guide`;
    ground(plot, `Likeness to the guide${beside}`);
    const lowest = Math.min(-0.1, ...likeness, ...(without?.likeness ?? []));
    const scale = [lowest, 1] as const;
    for (const value of [0, 0.5, 1]) level(plot, yOf(plot, value, scale), `${value}`);
    timeLines(plot);
    const trace = (values: readonly number[], width: number, colour: (second: number) => string) => {
      context.lineWidth = width;
      for (let place = 1; place < values.length; place += 1) {
        const [from, to] = [seconds[place - 1] ?? 0, seconds[place] ?? 0];
        context.strokeStyle = colour(from);
        context.beginPath();
        context.moveTo(xOf(plot, from), yOf(plot, values[place - 1] ?? 0, scale));
        context.lineTo(xOf(plot, to), yOf(plot, values[place] ?? 0, scale));
        context.stroke();
      }
    };
    if (without !== undefined) trace(without.likeness, 1.25, () => ink.soft);
    trace(likeness, 2.5, (second) => tint(ink, sound, temperatureAt(sound.lane, second)));
  };
}
