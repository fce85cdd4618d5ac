import type { TakeSummary } from '../../../service/src/core/monitor.js';
import { guideStrength } from '../geometry/guide.js';
import type { Row } from '../geometry/rows.js';
import { type Columns, columnsOf, levelFor } from '../sound/pyramid.js';
import { cachedHeatColour, heatRuns, overlay, valuesAlong, valuesOfMemory } from './heat-columns.js';
import { framesPerColumn, type SongPicture, stepsPerSecond } from './picture.js';
import { fillWave } from './wave-painter.js';

/** Where the temperature of a take is not known, its waveform is plain. */
const plainAlpha = 0.5;

/** The large waveform, in the colour of the temperature that each of its steps was drawn at. */
export function paintTake(context: CanvasRenderingContext2D, picture: SongPicture): void {
  const { rows, take, theme } = picture;
  middleLine(context, picture, rows.take);
  if (take === undefined) return;
  paintHeated(context, picture, rows.take, waveOf(picture, take), temperaturesOf(picture, take));
  context.fillStyle = theme.ink;
}

export function paintStrips(context: CanvasRenderingContext2D, picture: SongPicture): void {
  const { rows, strips, theme } = picture;
  rows.strips.forEach((row, index) => {
    const take = strips[index];
    if (take === undefined) return;
    context.fillStyle = theme.grid;
    context.fillRect(0, row.top, picture.width, row.height);
    context.globalAlpha = 0.8;
    paintHeated(context, picture, row, waveOf(picture, take), temperaturesOf(picture, take));
    context.globalAlpha = 1;
    label(context, picture, row, take.name === '' ? `Take ${take.seed}` : take.name);
  });
}

/** The guide as it came, as strong as it pulls: gone where the temperature is high. */
export function paintGuide(context: CanvasRenderingContext2D, picture: SongPicture): void {
  const { rows, view, theme, width } = picture;
  if (rows.guide === undefined) return;
  const { id, guideAmount } = view.snapshot;
  middleLine(context, picture, rows.guide);
  const columns = wave(picture, (level, index) => picture.services.peaks.tile(id, '', level, index));
  const temperatures = playedTemperatures(picture);
  const strengthAt = (column: number) => {
    const temperature = temperatures[column] ?? Number.NaN;
    const known = Number.isNaN(temperature) ? view.snapshot.temperatureEvaluated : temperature;
    return Math.round(guideStrength(known, guideAmount, picture.guideTemperatures) * 12) / 12;
  };
  context.fillStyle = theme.ink;
  let from = 0;
  for (let column = 1; column <= width; column += 1) {
    if (column < width && strengthAt(column) === strengthAt(from)) continue;
    context.globalAlpha = 0.1 + 0.75 * strengthAt(from);
    fillWave(context, columns, rows.guide, from, column);
    from = column;
  }
  context.globalAlpha = 1;
  label(context, picture, rows.guide, 'Guide');
}

/** The temperature of a take at every column; NaN where it is not known. */
export function temperaturesOf(picture: SongPicture, take: TakeSummary): Float32Array {
  const { view, window, width, services } = picture;
  const { id, sampleRateHz, modelRateHz, epoch } = view.snapshot;
  const frameOf = (step: number) => Math.floor((step * sampleRateHz) / modelRateHz);
  const from = window.start * sampleRateHz;
  const values = new Float32Array(width).fill(Number.NaN);
  const lane = services.takeLanes.of(id, take.id, frameOf(take.rootStep), frameOf(take.endStep));
  if (lane !== undefined) overlay(values, valuesAlong(lane.evaluated, from, framesPerColumn(picture), width));
  if (take.current) overlay(values, valuesOfMemory(view.evaluated, epoch, from, framesPerColumn(picture), width));
  return values;
}

function playedTemperatures(picture: SongPicture): Float32Array {
  const { view, window, width } = picture;
  const from = window.start * view.snapshot.sampleRateHz;
  return valuesOfMemory(view.evaluated, undefined, from, framesPerColumn(picture), width);
}

function waveOf(picture: SongPicture, take: TakeSummary): Columns {
  const { services, view } = picture;
  const { id } = view.snapshot;
  return wave(picture, (level, index) => {
    const span = 64 * 4 ** level * 1024;
    // Nothing is asked for where the take is not.
    if ((index + 1) * span <= take.rootStep || (index * span >= take.endStep && !take.current)) return undefined;
    return services.peaks.tile(id, take.id, level, index);
  });
}

function wave(
  picture: SongPicture,
  tile: (level: number, index: number) => ReturnType<SongPicture['services']['peaks']['tile']>,
): Columns {
  const rate = stepsPerSecond(picture);
  const stepsPerPixel = picture.window.secondsPerPixel * rate;
  const level = levelFor(stepsPerPixel);
  return columnsOf((index) => tile(level, index), level, picture.window.start * rate, stepsPerPixel, picture.width);
}

function paintHeated(
  context: CanvasRenderingContext2D,
  picture: SongPicture,
  row: Row,
  columns: Columns,
  temperatures: Float32Array,
): void {
  const alpha = context.globalAlpha;
  for (const { from, to, heat } of heatRuns(temperatures, picture.useful)) {
    context.globalAlpha = heat === undefined ? alpha * plainAlpha : alpha;
    context.fillStyle =
      heat === undefined ? picture.theme.inkSoft : cachedHeatColour(heat, picture.theme.heatLightness);
    fillWave(context, columns, row, from, to);
  }
  context.globalAlpha = alpha;
}

function middleLine(context: CanvasRenderingContext2D, { theme, width }: SongPicture, row: Row): void {
  context.fillStyle = theme.gridStrong;
  context.fillRect(0, Math.round(row.top + row.height / 2), width, 1);
}

/** A name in the corner of a row, on a ground of its own so that it can be read. */
export function label(context: CanvasRenderingContext2D, { theme }: SongPicture, row: Row, text: string): void {
  context.font = `11px ${theme.font}`;
  context.textAlign = 'left';
  context.textBaseline = 'middle';
  const shown = text.length > 28 ? `${text.slice(0, 27)}…` : text;
  const y = row.top + Math.min(row.height / 2, 10);
  context.globalAlpha = 0.82;
  context.fillStyle = theme.paper;
  context.fillRect(2, y - 8, context.measureText(shown).width + 8, 16);
  context.globalAlpha = 1;
  context.fillStyle = theme.inkSoft;
  context.fillText(shown, 6, y + 0.5);
}
