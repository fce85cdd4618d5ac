import { niceStep, niceTimeStep, spanOf, ticks } from '../geometry/axis.js';
import { barMarks, type Mark } from '../geometry/ruler.js';
import { rangeOf, xOf } from '../geometry/window.js';
import { axisTime, temperatureDigits } from '../words/words.js';
import { paintLane } from './lane-painter.js';
import type { SongPicture } from './picture.js';
import { paintGuide, paintStrips, paintTake } from './sound-painter.js';
import { paintSpectrum } from './spectrum-painter.js';
import { hatch } from './wave-painter.js';

export interface Surface {
  readonly context: CanvasRenderingContext2D;
  readonly scratch: CanvasRenderingContext2D;
  /** Device pixels per pixel. */
  readonly scale: number;
  /** Width of the labels left of the plot. */
  readonly gutter: number;
}

export function paintSong({ context, scratch, scale, gutter }: Surface, picture: SongPicture): void {
  const { rows, width } = picture;
  context.setTransform(scale, 0, 0, scale, 0, 0);
  context.clearRect(0, 0, width + gutter, rows.height);
  context.save();
  context.translate(gutter, 0);
  paintRuler(context, picture);
  context.save();
  context.translate(0, rows.lane.top);
  const { view, theme, useful, temperature } = picture;
  paintLane(context, {
    width,
    height: rows.lane.height,
    theme,
    time: rangeOf(picture.window, width),
    temperature,
    temperatureStep: niceStep((spanOf(temperature) * 24) / rows.lane.height),
    temperatureDigits: temperatureDigits(useful),
    useful,
    sampleRateHz: view.snapshot.sampleRateHz,
    epoch: view.snapshot.epoch,
    delivered: view.delivered,
    evaluated: view.evaluated,
  });
  context.restore();
  context.beginPath();
  context.rect(0, 0, width, rows.height);
  context.clip();
  paintGuide(context, picture);
  paintTake(context, picture);
  paintSpectrum(context, picture, scratch, scale);
  paintStrips(context, picture);
  paintGaps(context, picture);
  paintSelection(context, picture);
  context.restore();
}

/** Bars above, seconds below; where the host gives no tempo, seconds alone. */
function paintRuler(context: CanvasRenderingContext2D, picture: SongPicture): void {
  const { rows, theme, width, window, view } = picture;
  const { musicalTime, sampleRateHz, loop } = view.snapshot;
  const range = rangeOf(window, width);
  const timeStep = niceTimeStep(window.secondsPerPixel * 68);
  const times: Mark[] = ticks(range, timeStep).map((seconds) => ({
    seconds,
    label: axisTime(seconds, timeStep, range.end),
    strong: true,
  }));
  const bars = musicalTime === null ? [] : barMarks(musicalTime, sampleRateHz, range, window.secondsPerPixel, 44);
  context.lineWidth = 1;
  for (const strong of [false, true]) {
    context.strokeStyle = strong ? theme.gridStrong : theme.grid;
    context.beginPath();
    for (const mark of bars.length > 0 ? bars : times) {
      if (mark.strong !== strong) continue;
      const x = Math.round(xOf(window, mark.seconds)) + 0.5;
      context.moveTo(x, rows.ruler.top + 2);
      context.lineTo(x, rows.height);
    }
    context.stroke();
  }
  if (loop !== null) paintLoop(context, picture, loop);
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const write = (marks: readonly Mark[], y: number, ink: string, size: number) => {
    context.font = `${size}px ${theme.font}`;
    context.fillStyle = ink;
    for (const { seconds, label } of marks) {
      const x = xOf(window, seconds);
      // A number that is cut off is another number.
      const fits = x + 4 + context.measureText(label).width <= width;
      if (label !== '' && x > -20 && fits) context.fillText(label, x + 4, y);
    }
  };
  if (bars.length > 0) write(bars, rows.ruler.top + 9, theme.ink, 12);
  write(times, rows.ruler.top + (bars.length > 0 ? 25 : 16), theme.inkSoft, 11);
}

function paintLoop(
  context: CanvasRenderingContext2D,
  { rows, theme, window, view }: SongPicture,
  [from, to]: readonly [number, number],
): void {
  const [left, right] = [from, to].map((frame) => xOf(window, frame / view.snapshot.sampleRateHz));
  if (left === undefined || right === undefined) return;
  context.fillStyle = theme.inkSoft;
  context.globalAlpha = 0.22;
  context.fillRect(left, rows.ruler.top, right - left, rows.ruler.height);
  context.globalAlpha = 1;
  for (const x of [left, right]) context.fillRect(Math.round(x) - 1, rows.ruler.top, 2, rows.ruler.height);
}

/** What was not there in time, where it happened. */
function paintGaps(context: CanvasRenderingContext2D, { rows, theme, window, view, width }: SongPicture): void {
  context.strokeStyle = theme.failure;
  context.fillStyle = theme.failure;
  for (const [from, to] of view.gaps) {
    const left = xOf(window, from / view.snapshot.sampleRateHz);
    const right = Math.max(left + 2, xOf(window, to / view.snapshot.sampleRateHz));
    if (right < 0 || left > width) continue;
    hatch(context, rows.take, left, right);
    context.beginPath();
    context.moveTo(left - 3, rows.take.top - 7);
    context.lineTo(left + 5, rows.take.top - 7);
    context.lineTo(left + 1, rows.take.top);
    context.fill();
  }
}

function paintSelection(context: CanvasRenderingContext2D, { rows, theme, window, selection }: SongPicture): void {
  if (selection === undefined) return;
  const left = xOf(window, selection.start);
  const right = xOf(window, selection.end);
  context.fillStyle = theme.ink;
  context.globalAlpha = 0.08;
  context.fillRect(left, rows.ruler.top, right - left, rows.height - rows.ruler.top);
  context.globalAlpha = 0.9;
  for (const x of [left, right]) context.fillRect(Math.round(x) - 1, rows.ruler.top, 2, rows.height);
  context.fillRect(left, rows.ruler.top + rows.ruler.height - 3, right - left, 3);
  context.globalAlpha = 1;
}
