import type { Row } from '../geometry/rows.js';
import type { Columns } from '../sound/pyramid.js';

/** Fills the columns [from, to) of a waveform, one column further so that runs of two colours touch. */
export function fillWave(
  context: CanvasRenderingContext2D,
  columns: Columns,
  row: Row,
  from: number,
  to: number,
): void {
  const middle = row.top + row.height / 2;
  const scale = (row.height / 2 - 1) / 127;
  const end = Math.min(columns.present.length, to + 1);
  let column = from;
  context.beginPath();
  while (column < end) {
    if (columns.present[column] !== 1) {
      column += 1;
      continue;
    }
    const first = column;
    context.moveTo(column, middle - (columns.high[column] ?? 0) * scale - 0.5);
    for (; column < end && columns.present[column] === 1; column += 1) {
      context.lineTo(column, middle - (columns.high[column] ?? 0) * scale - 0.5);
    }
    context.lineTo(column, middle - (columns.high[column - 1] ?? 0) * scale - 0.5);
    context.lineTo(column, middle - (columns.low[column - 1] ?? 0) * scale + 0.5);
    for (let back = column - 1; back >= first; back -= 1) {
      context.lineTo(back, middle - (columns.low[back] ?? 0) * scale + 0.5);
    }
    context.closePath();
  }
  context.fill();
}

/** Slanted lines over what is missing. */
export function hatch(context: CanvasRenderingContext2D, row: Row, from: number, to: number): void {
  const spacing = 5;
  context.save();
  context.beginPath();
  context.rect(from, row.top, Math.max(1, to - from), row.height);
  context.clip();
  context.beginPath();
  for (let x = Math.floor((from - row.height) / spacing) * spacing; x < to; x += spacing) {
    context.moveTo(x, row.top + row.height);
    context.lineTo(x + row.height, row.top);
  }
  context.lineWidth = 1;
  context.stroke();
  context.restore();
}
