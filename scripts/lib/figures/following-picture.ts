import { writeFileSync } from 'node:fs';
import { colourOfTemperature, css, ink } from '../picture/colours.js';
import { type Box, Sheet } from '../picture/sheet.js';
import { type Figure, type Figures, figureOf } from './measured.js';
import { Plot, type Point, scaleOf } from './plot.js';

const left = 96;
const box = { width: 1408, height: 250 };

/** How restless the sound is over time: in S2, whose lane moves, and in S1, whose lane does not. */
export function drawFollowing(found: Figures, model: string, output: string): void {
  const figure = figureOf(found, 'following');
  const sheet = new Sheet(1600, 900, 1);
  const nameWidth = sheet.write('Simmer', left, 66, { size: 38, weight: 600, colour: ink });
  sheet.write(`${model}: the sound follows the lane`, left + nameWidth + 20, 66, { size: 30, colour: ink });
  sheet.write('spectral flux, nepers a frame · thin: a take · thick: the mean of all', left, 98);
  const values = figure.traces.flatMap(({ rows }) => rows.map((row) => row[2] ?? 0));
  for (const [place, group] of ['S2', 'S1'].entries()) {
    drawGroup(sheet, { x: left, y: 190 + place * 360, ...box }, figure, group, values);
  }
  writeFileSync(output, sheet.canvas.toBuffer('image/png'));
}

function drawGroup(sheet: Sheet, place: Box, figure: Figure, group: string, all: readonly number[]): void {
  const takes = figure.traces.filter((trace) => trace.group === group);
  const lane = takes[0]?.rows ?? [];
  const seconds = lane.map(([second = 0]) => second);
  const x = { low: 0, high: Math.max(1, ...seconds) + 1 };
  const plot = new Plot(sheet, place, { x, y: scaleOf(all) });
  const name = group === 'S2' ? 'S2: the lane rises and falls' : 'S1: the temperature is 1.0 throughout';
  plot.frame(
    name,
    'across: seconds; the strip: the lane of S2',
    [0, 5, 10, 15, 20, 25, 30].filter((at) => at <= x.high),
  );
  drawStrip(sheet, place, lane, x.high);
  for (const { rows } of takes) plot.line(pointsOf(rows), css([139, 152, 168], 0.45), 1.2);
  plot.line(meanOf(takes.map(({ rows }) => pointsOf(rows))), ink, 4);
  const verdict = figure.verdicts.find(({ what }) => what.includes(group));
  if (verdict !== undefined) plot.verdict(verdict, verdict.what);
}

/** The lane as a strip of colour along the bottom of a panel. */
function drawStrip(sheet: Sheet, place: Box, lane: readonly (readonly number[])[], seconds: number): void {
  const each = (0.5 / seconds) * place.width;
  for (const [second = 0, temperature = 0] of lane) {
    sheet.pen.fillStyle = css(colourOfTemperature(temperature));
    const x = place.x + (second / seconds) * place.width - each / 2;
    sheet.pen.fillRect(x, place.y + place.height - 8, each + 0.5, 8);
  }
}

const pointsOf = (rows: readonly (readonly number[])[]): Point[] => rows.map(([at = 0, , value = 0]) => [at, value]);

function meanOf(takes: readonly (readonly Point[])[]): Point[] {
  const [first = []] = takes;
  return first.map(([at], place) => {
    const values = takes.flatMap((take) => take[place]?.[1] ?? []);
    return [at, values.reduce((sum, value) => sum + value, 0) / values.length];
  });
}
