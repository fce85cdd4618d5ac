import type { EpochRecord } from '../record.js';
import { colourOfLevel, colourOfTemperature, css, host, ink } from './colours.js';
import { type Box, placeOf, type Scale, type Sheet } from './sheet.js';
import { spectrogram } from './spectrum.js';

/** The audio of a panel and its clock. */
export interface Audio {
  readonly values: Float32Array;
  readonly sampleRateHz: number;
}

/** The temperature that was evaluated at a second. */
export type TemperatureAt = (second: number) => number;

export function temperatureOf(record: EpochRecord): TemperatureAt {
  return (second) => {
    const index = Math.round(second * record.modelRateHz) - record.rootStep;
    return record.temperature[Math.min(record.temperature.length - 1, Math.max(0, index))] ?? Number.NaN;
  };
}

/** Seconds between the lines of the time axis. */
export const everySecondsOf = (sheet: Sheet): number => (sheet.seconds > 60 ? 10 : 5);

/** Names stretches of the lane at its foot, each from where it begins. */
export function drawSections(sheet: Sheet, box: Box, sections: readonly (readonly [number, string])[]): void {
  for (const [second, name] of sections) {
    const x = sheet.xOf(second, box);
    sheet.line([x, box.y], [x, box.y + box.height], host, 1);
    sheet.write(name, x + 8, box.y + box.height - 10, { size: 18, colour: ink });
  }
}

/** Peaks faint and RMS strong, tinted by the temperature they were drawn at. */
export function drawWaveform(
  sheet: Sheet,
  box: Box,
  { values, sampleRateHz }: Audio,
  temperature: TemperatureAt,
): void {
  const loudest = values.reduce((peak, value) => Math.max(peak, Math.abs(value)), 0);
  const full = Math.max(0.05, Math.ceil(loudest * 10) / 10);
  const scale: Scale = { low: -full, high: full };
  sheet.panel(box, 'Audio', 'amplitude; peak and RMS, tinted by temperature');
  sheet.ticks(box, scale, [
    [full, full.toFixed(1)],
    [0, '0'],
    [-full, `−${full.toFixed(1)}`],
  ]);
  sheet.timeLines(box, everySecondsOf(sheet));
  for (let column = 0; column < box.width; column += 1) {
    const [from, to] = [column, column + 1].map((at) => (at / box.width) * sheet.seconds);
    const part = values.subarray(Math.floor((from ?? 0) * sampleRateHz), Math.ceil((to ?? 0) * sampleRateHz));
    let [low, high, squares] = [0, 0, 0];
    for (const value of part) {
      low = Math.min(low, value);
      high = Math.max(high, value);
      squares += value * value;
    }
    const rms = Math.sqrt(squares / Math.max(1, part.length));
    const colour = colourOfTemperature(temperature(from ?? 0));
    const x = box.x + column;
    const bar = (bottom: number, top: number, opacity: number) => {
      sheet.pen.fillStyle = css(colour, opacity);
      const y = placeOf(top, scale, box);
      sheet.pen.fillRect(x, y, 1, Math.max(1, placeOf(bottom, scale, box) - y));
    };
    bar(low, high, 0.45);
    bar(-rms, rms, 1);
  }
}

const decibelsLow = -84;
const decibelsHigh = -18;

/** Frequencies from 50 Hz to half the model's rate, on a logarithmic scale. */
export function drawSpectrogram(sheet: Sheet, box: Box, audio: Audio, highestHz: number): void {
  const scale: Scale = { low: 50, high: highestHz, log: true };
  sheet.panel(box, 'Spectrum', 'Hz; decibels of a full-scale sine');
  paintSpectrogram(sheet, box, audio, { scale, windowFrames: 4096 });
  sheet.ticks(
    box,
    scale,
    [100, 200, 500, 1000, 2000, 5000].map((hz) => [hz, hz < 1000 ? `${hz}` : `${hz / 1000} k`] as const),
    false,
  );
  drawLevelKey(sheet, { x: box.x + box.width + 18, y: box.y, width: 16, height: box.height });
}

/** The colours of a spectrogram alone, over the whole of a box and of the audio; `scale` is in Hz and logarithmic. */
export function paintSpectrogram(
  sheet: Sheet,
  box: Box,
  { values, sampleRateHz }: Audio,
  { scale, windowFrames }: { readonly scale: Scale; readonly windowFrames: number },
): void {
  const { columns, hzPerBin } = spectrogram(values, sampleRateHz, box.width, windowFrames);
  const image = sheet.pen.createImageData(box.width, box.height);
  const colours = Array.from({ length: 256 }, (_, place) => [...colourOfLevel(place / 255), 255]);
  const binAt = (row: number) => (scale.low * (scale.high / scale.low) ** (1 - row / box.height)) / hzPerBin;
  for (let row = 0; row < box.height; row += 1) {
    const span = { low: binAt(row + 1), middle: binAt(row + 0.5), high: binAt(row) };
    for (const [column, levels] of columns.entries()) {
      const share = (levelWithin(levels, span) - decibelsLow) / (decibelsHigh - decibelsLow);
      const colour = colours[Math.round(Math.min(1, Math.max(0, share)) * (colours.length - 1))] ?? [];
      image.data.set(colour, (row * box.width + column) * 4);
    }
  }
  sheet.pen.putImageData(image, box.x, box.y);
}

/** The level of a row: the highest of the bins that lie in it, so that no narrow peak is lost, or what lies between two. */
function levelWithin(
  levels: Float64Array,
  { low, middle, high }: { readonly low: number; readonly middle: number; readonly high: number },
): number {
  const [first, last] = [Math.ceil(low), Math.floor(high)];
  if (first > last) {
    const below = Math.floor(middle);
    const [from = decibelsLow, to = decibelsLow] = [levels[below], levels[below + 1]];
    return from + (to - from) * (middle - below);
  }
  let highest = Number.NEGATIVE_INFINITY;
  for (let bin = first; bin <= last; bin += 1) highest = Math.max(highest, levels[bin] ?? decibelsLow);
  return highest;
}

export function drawLevelKey(sheet: Sheet, box: Box): void {
  for (let row = 0; row < box.height; row += 1) {
    sheet.pen.fillStyle = css(colourOfLevel(1 - row / box.height));
    sheet.pen.fillRect(box.x, box.y + row, box.width, 1);
  }
  for (let decibels = -80; decibels <= decibelsHigh; decibels += 20) {
    const y = placeOf(decibels, { low: decibelsLow, high: decibelsHigh }, box);
    sheet.write(`−${-decibels}`, box.x + box.width + 8, y + 7, { size: 18 });
  }
}

/** Points drawn nearer than this to one another would be a line. */
const pointPixels = 9;

/** What the host sent, as points, on what the draws used, as a line. */
export function drawLane(sheet: Sheet, box: Box, record: EpochRecord, unit: string): void {
  const inSong = record.delivered.filter(({ frame }) => frame >= 0 && frame <= sheet.seconds * record.sampleRateHz);
  const values = [...record.temperature, ...inSong.map(({ value }) => value)];
  const [least, most] = values.reduce(([low, high], value) => [Math.min(low, value), Math.max(high, value)], [2, 0]);
  const scale: Scale = { low: Math.floor(least * 10 - 0.5) / 10, high: Math.ceil(most * 10 + 0.5) / 10 };
  sheet.panel(box, 'Temperature', unit);
  const ticks: [number, string][] = [];
  for (let tenth = Math.round(scale.low * 10); tenth <= Math.round(scale.high * 10); tenth += 1) {
    ticks.push([tenth / 10, (tenth / 10).toFixed(1)]);
  }
  sheet.ticks(box, scale, ticks);
  sheet.timeLines(box, everySecondsOf(sheet));
  const temperature = temperatureOf(record);
  sheet.within(box, () => {
    for (let column = 0; column < box.width; column += 1) {
      const [from, to] = [column, column + 1].map((at) => temperature((at / box.width) * sheet.seconds));
      if (from === undefined || to === undefined) continue;
      const y = placeOf(from, scale, box);
      const colour = colourOfTemperature(from);
      const x = box.x + column;
      const fade = sheet.pen.createLinearGradient(0, y, 0, box.y + box.height);
      fade.addColorStop(0, css(colour, 0.34));
      fade.addColorStop(1, css(colour, 0.03));
      sheet.pen.fillStyle = fade;
      sheet.pen.fillRect(x, y, 1, box.y + box.height - y);
      sheet.line([x - 0.5, y], [x + 1.5, placeOf(to, scale, box)], css(colour), 5);
    }
    let drawnUntil = Number.NEGATIVE_INFINITY;
    for (const { frame, value } of inSong) {
      const x = sheet.xOf(frame / record.sampleRateHz, box);
      if (x - drawnUntil < pointPixels) continue;
      drawnUntil = x;
      dot(sheet, x, placeOf(value, scale, box), 2.1);
    }
  });
  drawLaneKey(sheet, box, temperature(sheet.seconds / 2));
}

function drawLaneKey(sheet: Sheet, box: Box, middle: number): void {
  const y = box.y - 20;
  let x = box.x + box.width;
  x -= sheet.write('as evaluated at every step', x, y + 7, { size: 19, colour: ink, align: 'right' }) + 12;
  sheet.line([x - 34, y], [x, y], css(colourOfTemperature(middle)), 5);
  x -= 62;
  x -= sheet.write('as the host sent it', x, y + 7, { size: 19, colour: ink, align: 'right' }) + 14;
  for (const offset of [0, 10, 20]) dot(sheet, x - offset, y, 2.6);
}

function dot(sheet: Sheet, x: number, y: number, radius: number): void {
  sheet.pen.fillStyle = host;
  sheet.pen.beginPath();
  sheet.pen.arc(x, y, radius, 0, 2 * Math.PI);
  sheet.pen.fill();
}

/** Seconds over which the entropy of the draws is averaged. */
const entropyWindow = 0.25;

/** How open each draw was: mean of the distribution's entropy, with the spread from the 10th to the 90th percentile. */
export function drawEntropy(sheet: Sheet, box: Box, record: EpochRecord): void {
  const columns = Array.from({ length: Math.floor(box.width / 2) }, (_, column) => {
    const middle = ((column + 0.5) / Math.floor(box.width / 2)) * sheet.seconds;
    const [from, to] = [middle - entropyWindow / 2, middle + entropyWindow / 2].map((second) =>
      Math.max(0, Math.round(second * record.modelRateHz) - record.rootStep),
    );
    const part = record.entropy.slice(from, to).sort();
    const mean = part.reduce((sum, bits) => sum + bits, 0) / Math.max(1, part.length);
    return { mean, low: part[Math.floor(part.length * 0.1)] ?? 0, high: part[Math.floor(part.length * 0.9)] ?? 0 };
  });
  const most = columns.reduce((high, column) => Math.max(high, column.high), 1);
  const scale: Scale = { low: 0, high: Math.min(8, Math.ceil(most)) };
  sheet.panel(box, 'Entropy of the draw', `bits; mean and 10th to 90th percentile over ${entropyWindow} s`);
  const every = scale.high > 5 ? 2 : 1;
  const ticks: [number, string][] = [];
  for (let bits = 0; bits <= scale.high; bits += every) ticks.push([bits, `${bits}`]);
  sheet.ticks(box, scale, ticks);
  sheet.timeLines(box, everySecondsOf(sheet));
  const temperature = temperatureOf(record);
  sheet.within(box, () => {
    for (const [column, { mean, low, high }] of columns.entries()) {
      const x = box.x + 2 * column;
      const colour = colourOfTemperature(temperature((column / columns.length) * sheet.seconds));
      sheet.pen.fillStyle = css(colour, 0.2);
      sheet.pen.fillRect(x, placeOf(high, scale, box), 2, placeOf(low, scale, box) - placeOf(high, scale, box));
      const next = columns[column + 1] ?? { mean };
      sheet.line([x, placeOf(mean, scale, box)], [x + 2, placeOf(next.mean, scale, box)], css(colour), 3.5);
    }
  });
}
