import { Failure, printable } from './failure.js';
import type { Interpolation, LanePoint } from './lane.js';
import { limits } from './limits.js';

/** Seconds are read as the whole frame they mean when they are this close to it, in frames: decimals are rounded. */
const wholeFrameTolerance = 1e-4;

/**
 * Reads a lane from lines `seconds,temperature[,hold|linear]` (linear when not said; `#` starts a comment; a first
 * line of words is a header). Seconds are song seconds at `sampleRateHz`; two lines with the same seconds are a jump.
 *
 * @throws Failure `usage` naming the line that cannot be read.
 */
export function parseLaneCsv(text: string, sampleRateHz: number): LanePoint[] {
  const points: LanePoint[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  let headerAllowed = true;
  for (const [index, line] of lines.entries()) {
    const content = line.replace(/#.*$/, '').trim();
    if (content === '') continue;
    const fields = content.split(',').map((field) => field.trim());
    const header = headerAllowed && /^[a-z_ ]+$/i.test(fields[0] ?? '');
    headerAllowed = false;
    if (header) continue;
    points.push(parsePoint(fields, index + 1, sampleRateHz, points.at(-1)));
  }
  if (points.length === 0) throw new Failure('usage', 'The lane has no points.');
  return points;
}

function parsePoint(fields: string[], line: number, sampleRateHz: number, last: LanePoint | undefined): LanePoint {
  const refuse = (why: string) => new Failure('usage', `Line ${line} of the lane: ${why}.`);
  const [seconds, temperature, how = 'linear', ...rest] = fields;
  if (rest.length > 0) throw refuse('more than three columns');
  const position = parseNumber(seconds);
  const value = parseNumber(temperature);
  if (position === undefined) throw refuse(`"${printable(seconds ?? '', 40)}" is not a number of seconds`);
  if (value === undefined) throw refuse(`"${printable(temperature ?? '', 40)}" is not a temperature`);
  if (value < 0 || value > limits.temperatureMax) throw refuse(`temperature ${value} is not within 0 to 2`);
  if (!isInterpolation(how)) throw refuse(`"${printable(how, 40)}" is neither hold nor linear`);
  const exact = position * sampleRateHz;
  const whole = Math.round(exact);
  const frame = Math.abs(exact - whole) <= wholeFrameTolerance ? whole : exact;
  if (Math.abs(frame) > limits.songFrameMax) throw refuse(`${position} seconds is too far away`);
  if (last !== undefined && frame < last.frame) throw refuse('seconds go back');
  return { frame, value, interpolation: how };
}

function parseNumber(field: string | undefined): number | undefined {
  if (field === undefined || !/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(field)) return undefined;
  const value = Number(field);
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
