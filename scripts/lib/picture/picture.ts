import { writeFileSync } from 'node:fs';
import type { Likeness } from '../likeness.js';
import type { EpochRecord } from '../record.js';
import type { WavFile } from '../wav-file.js';
import { colourOfTemperature, css, ink, quiet } from './colours.js';
import { drawLikeness } from './likeness-panel.js';
import {
  drawEntropy,
  drawLane,
  drawSections,
  drawSpectrogram,
  drawWaveform,
  everySecondsOf,
  temperatureOf,
} from './panels.js';
import { type Box, Sheet } from './sheet.js';

export interface PictureOptions {
  readonly id: string;
  readonly title: string;
  /** Where the audio comes from, e.g. the host's name. */
  readonly host: string;
  readonly wav: WavFile;
  readonly record: EpochRecord;
  /** Names of stretches, by the second where each begins. */
  readonly sections: readonly (readonly [second: number, name: string])[];
  /** To the guide; undefined where there was none. */
  readonly likeness: Likeness | undefined;
  /** A line at the foot: what was checked. */
  readonly footer: string;
  readonly output: string;
}

const width = 1600;
const heightAlone = 1200;
const likenessHeight = 200;
const left = 96;
const right = 96;

/** One sheet: the audio, its spectrum, the lane as it was sent and as it was used, and what it did to the draws. */
export function drawPicture(options: PictureOptions): void {
  const { wav, record, sections, likeness, footer, output } = options;
  const height = heightAlone + (likeness === undefined ? 0 : likenessHeight);
  const values = wav.channels[0] ?? new Float32Array();
  const audio = { values, sampleRateHz: wav.sampleRateHz };
  const sheet = new Sheet(width, height, wav.frameCount / wav.sampleRateHz);
  const box = (y: number, boxHeight: number): Box => ({ x: left, y, width: width - left - right, height: boxHeight });
  const entropyBox = box(970, 140);
  drawTitle(sheet, options);
  drawWaveform(sheet, box(172, 150), audio, temperatureOf(record));
  drawSpectrogram(sheet, box(380, 300), audio, record.modelRateHz / 2);
  drawLane(sheet, box(738, 174), record, 'divides the logits of every draw');
  drawSections(sheet, box(738, 174), sections);
  drawEntropy(sheet, entropyBox, record);
  const likenessBox = box(entropyBox.y + likenessHeight, 140);
  if (likeness !== undefined) drawLikeness(sheet, likenessBox, likeness, temperatureOf(record));
  sheet.timeAxis(likeness === undefined ? entropyBox : likenessBox, everySecondsOf(sheet));
  sheet.write(footer, left, height - 18, { size: 19, colour: quiet });
  writeFileSync(output, sheet.canvas.toBuffer('image/png'));
}

function drawTitle(sheet: Sheet, { id, title, host, record }: PictureOptions): void {
  const bar = sheet.pen.createLinearGradient(left, 0, width - right, 0);
  const temperature = temperatureOf(record);
  for (let stop = 0; stop <= 60; stop += 1) {
    bar.addColorStop(stop / 60, css(colourOfTemperature(temperature((stop / 60) * sheet.seconds))));
  }
  sheet.pen.fillStyle = bar;
  sheet.pen.fillRect(left, 30, width - left - right, 4);
  const nameWidth = sheet.write('Simmer', left, 82, { size: 38, weight: 600, colour: ink });
  sheet.write(`${id}: ${title}`, left + nameWidth + 20, 82, { size: 30, colour: ink });
  const facts = [
    `${record.model} (${record.digest.slice(0, 10)})`,
    `take ${record.seed}`,
    host,
    `${record.sampleRateHz / 1000} kHz from a model at ${record.modelRateHz / 1000} kHz`,
  ];
  sheet.write(facts.join('  ·  '), left, 118, { size: 20 });
}
