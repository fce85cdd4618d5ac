import { writeFileSync } from 'node:fs';
import { ink, quiet } from '../picture/colours.js';
import { type Box, Sheet } from '../picture/sheet.js';
import { columnOf, type Figure, type Figures, figureOf } from './measured.js';
import { Plot, type Point, scaleOf } from './plot.js';

interface Curve {
  readonly figure: string;
  readonly column: string;
  readonly title: string;
  readonly unit: string;
  /** Part of the statement that the curve is judged by. */
  readonly statement?: string;
  /** Another column for comparison, and what it is. */
  readonly beside?: { readonly column: string; readonly name: string };
}

const curves: readonly Curve[] = [
  {
    figure: 'entropy',
    column: 'entropy, bits',
    title: 'Entropy of the draws',
    unit: 'bits',
    statement: 'Spearman',
    beside: { column: 'forced, bits', name: 'hearing the held-out piece' },
  },
  {
    figure: 'repetition',
    column: 'autocorrelation',
    title: 'Repetition',
    unit: 'log-mel autocorrelation, 0.3–4 s',
    statement: 'autocorrelation',
  },
  {
    figure: 'repetition',
    column: 'repeated run, s',
    title: 'Repeated run',
    unit: 'seconds of sound codes',
    statement: 'repeated run',
  },
  {
    figure: 'repetition',
    column: 'own past',
    title: 'Own past',
    unit: 'distance to what was before, nepers',
    statement: 'own past',
  },
  {
    figure: 'repetition',
    column: 'novelty',
    title: 'Novelty',
    unit: 'distance to the song, nepers',
    statement: 'novelty',
  },
  {
    figure: 'repetition',
    column: 'distance',
    title: 'Fréchet distance',
    unit: 'of log-mel statistics, all seeds',
    statement: 'smallest',
  },
  {
    figure: 'repetition',
    column: 'held pitch',
    title: 'Held pitch',
    unit: 'share of the last 8 s',
  },
  {
    figure: 'guiding',
    column: 'similarity',
    title: 'Likeness to the guide',
    unit: 'correlation of log-mel frames',
    statement: 'Spearman',
    beside: { column: 'free', name: 'without a guide' },
  },
  { figure: 'health', column: 'silent', title: 'Silence', unit: 'share of half-seconds' },
  { figure: 'health', column: 'bursts/min', title: 'Bursts of noise', unit: 'a minute' },
  { figure: 'health', column: 'clicks/min', title: 'Clicks', unit: 'a minute' },
  { figure: 'health', column: 'DC', title: 'DC', unit: 'share of full scale' },
];

const across = 3;
const left = 92;
const gap = { x: 96, y: 138 };
const panel = { width: 440, height: 270 };
const top = 168;

/** What temperature does, a panel for each measure: a dot for each take, a line through the means. */
export function drawCurves(found: Figures, model: string, output: string): void {
  const down = Math.ceil(curves.length / across);
  const width = left + across * panel.width + (across - 1) * gap.x + 48;
  const sheet = new Sheet(width, top + down * (panel.height + gap.y) - 30, 1);
  const nameWidth = sheet.write('Simmer', left, 66, { size: 38, weight: 600, colour: ink });
  sheet.write(`${model}: what temperature does`, left + nameWidth + 20, 66, { size: 30, colour: ink });
  sheet.write('across: temperature · a dot for each take · line: mean', left, 98);
  for (const [place, curve] of curves.entries()) {
    const box: Box = {
      x: left + (place % across) * (panel.width + gap.x),
      y: top + Math.floor(place / across) * (panel.height + gap.y),
      ...panel,
    };
    drawCurve(sheet, box, figureOf(found, curve.figure), curve);
  }
  writeFileSync(output, sheet.canvas.toBuffer('image/png'));
}

function drawCurve(sheet: Sheet, box: Box, figure: Figure, { column, title, unit, statement, beside }: Curve): void {
  const means = pointsOf(figure.table, columnOf(figure, column));
  const dots = pointsOf(figure.takes, columnOf(figure, column));
  const others = beside === undefined ? [] : pointsOf(figure.table, columnOf(figure, beside.column));
  const temperatures = means.map(([temperature]) => temperature);
  const x = { low: Math.min(...temperatures) - 0.05, high: Math.max(...temperatures) + 0.05 };
  const plot = new Plot(sheet, box, { x, y: scaleOf([...means, ...dots, ...others].map(([, value]) => value)) });
  const marks = [0.5, 0.75, 0.9, 1, 1.1, 1.25, 1.5].filter((mark) => mark >= x.low && mark <= x.high);
  plot.frame(title, unit, marks);
  plot.line(others, quiet, 1.5);
  plot.dots(dots);
  plot.line(means);
  const verdict = figure.verdicts.find(({ what }) => statement !== undefined && what.includes(statement));
  if (verdict !== undefined) plot.verdict(verdict, 'Spearman');
  if (beside !== undefined) plot.note(`thin line: ${beside.name}`, 1);
}

/** (temperature, value); rows that are too short have no such column. */
function pointsOf(rows: readonly (readonly number[])[], column: number): Point[] {
  return rows.flatMap((row) => {
    const [temperature, value] = [row[0], row[column]];
    return temperature === undefined || value === undefined ? [] : [[temperature, value] as const];
  });
}
