import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { colourOfTemperature, css, ink } from '../picture/colours.js';
import { type Audio, drawLevelKey, paintSpectrogram } from '../picture/panels.js';
import { type Box, Sheet } from '../picture/sheet.js';
import { readWav } from '../wav-file.js';

const datasetList = z.object({ pieces: z.array(z.object({ file: z.string(), heldOut: z.boolean() })) });

const temperatures = [0.5, 0.75, 1, 1.25, 1.5];
const seed = 1;
/** Where a row begins in its audio, past the beginnings, and how long it is at most. */
const fromSecond = 4;
const secondsMax = 16;
const left = 190;
const panel = { width: 1290, height: 176 };
const top = 150;
const gap = 18;

export interface SheetOptions {
  readonly model: string;
  readonly modelRateHz: number;
  readonly datasetFolder: string;
  readonly takesFolder: string;
  readonly output: string;
}

/** Training audio beside takes at five temperatures, all on one scale of frequency and level. */
export function drawSpectrogramSheet(options: SheetOptions): void {
  const { model, modelRateHz, output } = options;
  const takes = temperatures.map((temperature) => takeAudio(options, temperature));
  const lasting = Math.min(secondsMax, ...takes.map(({ values }) => values.length / modelRateHz - fromSecond));
  const rows = [
    { name: 'training', colour: ink, audio: trainingAudio(options.datasetFolder) },
    ...takes.map((audio, place) => {
      const temperature = temperatures[place] ?? 1;
      return { name: `T ${temperature}`, colour: css(colourOfTemperature(temperature)), audio };
    }),
  ];
  const sheet = new Sheet(1600, top + rows.length * (panel.height + gap) + 50, lasting);
  const nameWidth = sheet.write('Simmer', left, 66, { size: 38, weight: 600, colour: ink });
  sheet.write(`${model}: what it learned from, and what it draws`, left + nameWidth + 20, 66, {
    size: 30,
    colour: ink,
  });
  sheet.write(`Hz · decibels of a full-scale sine · takes of seed ${seed}, from second ${fromSecond} on`, left, 98);
  const scale = { low: 50, high: modelRateHz / 2, log: true };
  const last: Box = { x: left, y: 0, ...panel };
  for (const [place, { name, colour, audio }] of rows.entries()) {
    const box: Box = { ...last, y: top + place * (panel.height + gap) };
    const { sampleRateHz } = audio;
    const values = audio.values.subarray(fromSecond * sampleRateHz, Math.round((fromSecond + lasting) * sampleRateHz));
    paintSpectrogram(sheet, box, { values, sampleRateHz }, { scale, windowFrames: 2048 });
    sheet.write(name, 24, box.y + panel.height / 2 + 9, { size: 26, weight: 600, colour });
    const ticks = [100, 500, 2000].map((hz) => [hz, hz < 1000 ? `${hz}` : `${hz / 1000} k`] as const);
    sheet.ticks(box, scale, ticks, false);
    if (place === 0) drawLevelKey(sheet, { x: box.x + box.width + 18, y: box.y, width: 16, height: box.height });
    if (place === rows.length - 1) sheet.timeAxis(box, lasting > 10 ? 5 : 2);
  }
  writeFileSync(output, sheet.canvas.toBuffer('image/png'));
}

function trainingAudio(folder: string): Audio {
  const { pieces } = datasetList.parse(JSON.parse(readFileSync(join(folder, 'dataset.json'), 'utf8')));
  const piece = pieces.find(({ heldOut }) => !heldOut);
  if (piece === undefined) throw new Error(`${folder} has no piece that is learned from.`);
  const { channels, sampleRateHz } = readWav(join(folder, piece.file));
  return { values: channels[0] ?? new Float32Array(), sampleRateHz };
}

function takeAudio({ takesFolder }: SheetOptions, temperature: number): Audio {
  const { channels, sampleRateHz } = readWav(join(takesFolder, `t${temperature}-${seed}`, 'take.wav'));
  return { values: channels[0] ?? new Float32Array(), sampleRateHz };
}
