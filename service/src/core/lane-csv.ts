import { Failure, printable } from './failure.js';
import type { Interpolation, LanePoint } from './lane.js';
import { limits } from './limits.js';
import { type Table, tableOf } from './table-text.js';

/** Seconds are read as the whole frame they mean when they are this close to it, in frames: decimals are rounded. */
const wholeFrameTolerance = 1e-4;

const wanted = 'A line is seconds,temperature[,hold|linear], such as 1.5,0.9';

/** Where in a line what stands. */
interface Columns {
  readonly seconds: number;
  readonly temperature: number;
  readonly interpolation: number;
  /** Columns that a header names otherwise are nobody's business. */
  readonly othersAllowed: boolean;
}

const inOrder: Columns = { seconds: 0, temperature: 1, interpolation: 2, othersAllowed: false };

/**
 * Reads a lane from lines `seconds,temperature[,hold|linear]` (linear when not said; `#` starts a comment; a first
 * line of words is a header, which may name the columns in another order). Columns may be parted by commas, semicolons,
 * tabs or spaces, with decimal commas where commas part nothing; seconds may be `m:ss.sss` or `h:mm:ss.sss`. Seconds are song
 * seconds at `sampleRateHz`; two lines with the same seconds are a jump.
 *
 * @throws Failure `usage` naming the line that cannot be read.
 */
export function parseLaneCsv(text: string, sampleRateHz: number): LanePoint[] {
  const points: LanePoint[] = [];
  const table = tableOf(text, refuse);
  let columns = inOrder;
  for (const [index, { line, fields }] of table.rows.entries()) {
    if (index === 0 && isHeader(fields, table)) columns = columnsOf(fields, line);
    else points.push(parsePoint(fields, line, table, columns, sampleRateHz, points.at(-1)));
  }
  if (points.length === 0) throw new Failure('usage', `The lane has no points. ${wanted}.`);
  return points;
}

function refuse(line: number, why: string): Failure {
  return new Failure('usage', `Line ${line} of the lane: ${why}. ${wanted}.`);
}

/** Neither of its first two fields is anything but a name. */
function isHeader(fields: readonly string[], table: Table): boolean {
  const isName = (field: string) => /^\p{L}/u.test(field) && parseNumber(field, table) === undefined;
  return fields.slice(0, 2).every(isName);
}

function columnsOf(fields: readonly string[], line: number): Columns {
  const find = (names: RegExp) => fields.findIndex((field) => names.test(field));
  const seconds = find(/^(s|secs?|seconds?|t|times?|zeit|temps|tiempo|tempo|position|start)\b/i);
  const temperature = find(/^(temp|temperatur[ae]?|temperature|température|value|wert|valeur|valor)\b/iu);
  const unit = /\b(frames?|samples?|ms|milliseconds?|beats?|bars?|ticks?|min|minutes?)\b/i;
  const time = fields[Math.max(0, seconds)] ?? '';
  if (unit.test(time)) throw refuse(line, `"${printable(time, 40)}" is not seconds`);
  if (seconds < 0 || temperature < 0) return inOrder;
  // A header of two names says nothing of a third column.
  if (fields.length === 2) return { ...inOrder, seconds, temperature };
  return { seconds, temperature, interpolation: find(/^(interpolation|shape|curve|how)\b/i), othersAllowed: true };
}

function parsePoint(
  fields: readonly string[],
  line: number,
  table: Table,
  columns: Columns,
  sampleRateHz: number,
  last: LanePoint | undefined,
): LanePoint {
  const field = (column: number) => printable(fields[column] ?? '', 40);
  if (!columns.othersAllowed && fields.length > 3) {
    throw refuse(line, 'more than three columns (numbers with decimal commas need ; between columns)');
  }
  const position = parseSeconds(fields[columns.seconds], table);
  const value = parseNumber(fields[columns.temperature], table);
  const how = fields[columns.interpolation]?.toLowerCase() || 'linear';
  if (position === undefined) {
    const isSmpte = /^\d+:\d+:\d+[:;]\d+$/.test(field(columns.seconds));
    const why = isSmpte ? 'counts video frames, and not seconds' : 'is not a number of seconds';
    throw refuse(line, `"${field(columns.seconds)}" ${why}`);
  }
  if (value === undefined) throw refuse(line, `"${field(columns.temperature)}" is not a temperature`);
  if (value < 0 || value > limits.temperatureMax) throw refuse(line, `temperature ${value} is not within 0 to 2`);
  if (!isInterpolation(how)) throw refuse(line, `"${printable(how, 40)}" is neither hold nor linear`);
  const exact = position * sampleRateHz;
  const whole = Math.round(exact);
  const frame = Math.abs(exact - whole) <= wholeFrameTolerance ? whole : exact;
  if (Math.abs(frame) > limits.songFrameMax) throw refuse(line, `${position} seconds is too far away`);
  if (last !== undefined && frame < last.frame) throw refuse(line, 'seconds go back');
  return { frame, value, interpolation: how };
}

function parseSeconds(field: string | undefined, table: Table): number | undefined {
  const [, sign = '', hours = '0', minutes = '', seconds] =
    /^([+-]?)(?:(\d+):(?=\d+:))?(\d+):(\d{1,2}(?:[.,]\d*)?)$/.exec(field ?? '') ?? [];
  if (seconds === undefined) return parseNumber(field, table);
  const rest = parseNumber(seconds, table);
  if (rest === undefined || rest >= 60 || (hours !== '0' && Number(minutes) >= 60)) return undefined;
  return (sign === '-' ? -1 : 1) * (Number(hours) * 3600 + Number(minutes) * 60 + rest);
}

function parseNumber(field: string | undefined, { decimalComma }: Table): number | undefined {
  const text = decimalComma ? field?.replace(/^([+-]?\d*),(\d+)/, '$1.$2') : field;
  if (text === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

function isInterpolation(text: string): text is Interpolation {
  return text === 'hold' || text === 'linear';
}

/**
 * Writes points so that `parseLaneCsv` gives the same points back: values as the shortest decimal that reads as the
 * same double, seconds as frame / rate (whole frames up to 2^34 come back exactly: the error of division and
 * multiplication is below 2^34 · 2^-51 frames, far within the tolerance).
 */
export function formatLaneCsv(points: Iterable<LanePoint>, sampleRateHz: number): string {
  let text = 'seconds,temperature,interpolation\n';
  for (const point of points) text += `${point.frame / sampleRateHz},${point.value},${point.interpolation}\n`;
  return text;
}
