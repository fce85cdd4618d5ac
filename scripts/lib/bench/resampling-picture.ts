import { writeFileSync } from 'node:fs';
import { ink, rule } from '../picture/colours.js';
import { type Box, placeOf, type Scale, Sheet } from '../picture/sheet.js';
import { decibels, type FilterResponse, flatShare, responseOf, stopShare } from './filter-response.js';

const width = 1600;
const height = 1120;
/** A rate of every kind: whole ratio, awkward ratio, faster than the model, slower than it, and the guide's way. */
const shown = [
  { from: 16_000, to: 48_000, colour: '#46a8f0' },
  { from: 16_000, to: 44_100, colour: '#96cdd6' },
  { from: 22_050, to: 192_000, colour: '#face84' },
  { from: 48_000, to: 22_050, colour: '#ff8234' },
  { from: 96_000, to: 16_000, colour: '#ec3e24' },
] as const;

type Axis = { readonly start: number; readonly end: number; readonly step: number };

interface Panel {
  readonly box: Box;
  readonly title: string;
  readonly unit: string;
  readonly scale: Scale;
  readonly levels: readonly number[];
  /** In Nyquist frequencies of the slower rate. */
  readonly axis: Axis;
}

const panels: readonly Panel[] = [
  {
    box: { x: 110, y: 150, width: 1400, height: 320 },
    title: 'What is left of every frequency',
    unit: 'dB',
    scale: { low: -130, high: 6 },
    levels: [0, -20, -40, -60, -80, -100, -120],
    axis: { start: 0, end: 4, step: 0.5 },
  },
  {
    box: { x: 110, y: 590, width: 640, height: 400 },
    title: 'Where it falls',
    unit: 'dB',
    scale: { low: -100, high: 6 },
    levels: [0, -20, -40, -60, -80],
    axis: { start: 0.8, end: 1.1, step: 0.05 },
  },
  {
    box: { x: 870, y: 590, width: 640, height: 400 },
    title: 'How flat it is',
    unit: 'dB',
    scale: { low: -0.003, high: 0.003 },
    levels: [-0.002, -0.001, 0, 0.001, 0.002],
    axis: { start: 0, end: flatShare, step: 0.12 },
  },
];

/** Draws the filter's gain between some pairs of rates, measured on what the resampler answers to impulses. */
export function drawResampling(output: string): void {
  const sheet = new Sheet(width, height, 1);
  sheet.write('Simmer', 110, 62, { size: 34, weight: 600, colour: ink });
  sheet.write('what resampling does to the sound, measured', 248, 62, { size: 27, colour: ink });
  const curves = shown.map(({ from, to, colour }) => ({ response: responseOf(from, to), colour }));
  for (const panel of panels) {
    drawAxes(sheet, panel);
    for (const { response, colour } of curves) drawCurve(sheet, panel, response, colour);
  }
  let x = 1510;
  for (const { from, to, colour } of [...shown].reverse()) {
    x -= sheet.write(`${from / 1000} → ${to / 1000}`, x, 112, { size: 19, align: 'right' }) + 12;
    sheet.line([x - 30, 106], [x, 106], colour, 4);
    x -= 52;
  }
  sheet.write('Frequencies in Nyquist frequencies of the slower rate: 1 is half of it.', 110, height - 30, {
    size: 19,
  });
  writeFileSync(output, sheet.canvas.toBuffer('image/png'));
}

function drawAxes(sheet: Sheet, { box, title, unit, scale, levels, axis }: Panel): void {
  sheet.panel(box, title, unit);
  sheet.ticks(
    box,
    scale,
    levels.map((level) => [level, String(level).replace('-', '−')] as const),
  );
  for (let share = axis.start; share <= axis.end + 1e-9; share += axis.step) {
    const x = xOf(share, axis, box);
    sheet.line([x, box.y], [x, box.y + box.height], rule, 1);
    sheet.write(String(Number(share.toFixed(3))), x, box.y + box.height + 30, { size: 19, align: 'center' });
  }
  for (const edge of [flatShare, stopShare]) {
    if (edge <= axis.start || edge >= axis.end) continue;
    const x = xOf(edge, axis, box);
    sheet.line([x, box.y], [x, box.y + box.height], '#8b98a8', 2);
    sheet.write(edge.toFixed(2), x + 8, box.y + box.height - 12, { size: 17 });
  }
}

function drawCurve(sheet: Sheet, { box, scale, axis }: Panel, response: FilterResponse, colour: string): void {
  const { gain, hzPerPoint, inputRateHz, outputRateHz } = response;
  const nyquist = Math.min(inputRateHz, outputRateHz) / 2;
  sheet.within(box, () => {
    let last: readonly [number, number] | undefined;
    for (let column = 0; column <= box.width; column += 1) {
      const pointAt = (at: number) =>
        ((axis.start + (at / box.width) * (axis.end - axis.start)) * nyquist) / hzPerPoint;
      if (pointAt(column + 1) >= gain.length) break;
      const highest = highestBetween(gain, pointAt(column), pointAt(column + 1));
      const place = [box.x + column, placeOf(Math.max(scale.low - 10, decibels(highest)), scale, box)] as const;
      if (last !== undefined) sheet.line([...last], [...place], colour, 2);
      last = place;
    }
  });
}

/** The highest gain of a stretch of points, in a straight line between them where it is shorter than one. */
function highestBetween(gain: Float64Array, from: number, to: number): number {
  const between = (point: number) => {
    const [before = 0, after = before] = gain.subarray(Math.floor(point), Math.floor(point) + 2);
    return before + (after - before) * (point - Math.floor(point));
  };
  const whole = gain.subarray(Math.ceil(from), Math.ceil(to));
  return whole.reduce((most, value) => Math.max(most, value), between(from));
}

function xOf(share: number, axis: Axis, box: Box): number {
  return box.x + ((share - axis.start) / (axis.end - axis.start)) * box.width;
}
