/** A place in the plot: hours, and bits per step. */
export interface PlotPoint {
  readonly x: number;
  readonly y: number;
}

/** Braille patterns begin here; a bit for each of the 2 × 4 dots, in this order of the Unicode standard. */
const braille = 0x2800;
const dotBits = [
  [0x01, 0x08],
  [0x02, 0x10],
  [0x04, 0x20],
  [0x40, 0x80],
] as const;

/**
 * The loss as lines of text: `line` in dots, `marks` as circles on it, the axis at the left. The first twentieth of the
 * values, by size, may leave the picture at the top: every training falls from 8 bits, and that would press the rest flat.
 */
export function plotLoss(
  line: readonly PlotPoint[],
  marks: readonly PlotPoint[],
  columns: number,
  rows: number,
): string[] {
  const points = [...line, ...marks].filter(({ y }) => Number.isFinite(y));
  if (points.length < 2) return [];
  const sorted = points.map(({ y }) => y).sort((a, b) => a - b);
  const low = (sorted[0] ?? 0) - 0.02;
  const high = Math.max(low + 0.1, sorted[Math.floor(0.95 * (sorted.length - 1))] ?? 8);
  const last = Math.max(...points.map(({ x }) => x));
  const width = Math.max(10, columns - 7);
  const column = (x: number, count: number) => Math.min(count - 1, Math.floor((x / (last || 1)) * count));
  const row = (y: number, count: number) =>
    Math.min(count - 1, Math.floor(((high - Math.min(high, y)) / (high - low)) * count));
  const dots = Array.from({ length: rows }, () => new Uint8Array(width));
  for (const { x, y } of joined(line, (x) => column(x, 2 * width))) {
    const [right, down] = [x, row(y, 4 * rows)];
    const cells = dots[down >> 2];
    if (cells !== undefined) cells[right >> 1] = (cells[right >> 1] ?? 0) | (dotBits[down & 3]?.[right & 1] ?? 0);
  }
  const cells = dots.map((bits) => Array.from(bits, (bit) => (bit === 0 ? ' ' : String.fromCodePoint(braille | bit))));
  for (const { x, y } of marks) {
    const target = cells[row(y, rows)];
    if (target !== undefined && Number.isFinite(y)) target[column(x, width)] = 'o';
  }
  return cells.map((texts, index) => {
    const value = high - ((high - low) * index) / Math.max(1, rows - 1);
    const label = index === 0 || index === rows - 1 ? value.toFixed(2) : '';
    return `${label.padStart(5)} │${texts.join('').trimEnd()}`;
  });
}

/** A value for every column between the first point and the last: what lies between two points is on the line. */
function* joined(line: readonly PlotPoint[], columnOf: (x: number) => number): Generator<PlotPoint> {
  let before: PlotPoint | undefined;
  for (const { x, y } of line) {
    if (!Number.isFinite(y)) continue;
    const point = { x: columnOf(x), y };
    const from = before ?? point;
    for (let column = from.x; column <= point.x; column++) {
      const share = point.x === from.x ? 1 : (column - from.x) / (point.x - from.x);
      yield { x: column, y: from.y + share * (point.y - from.y) };
    }
    before = point;
  }
}
