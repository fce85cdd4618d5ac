import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createCanvas, loadImage } from '@napi-rs/canvas';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { drawCurves } from '../../scripts/lib/figures/curves.js';
import { drawFollowing } from '../../scripts/lib/figures/following-picture.js';
import { columnOf, type Figure, type Figures, figureOf, readFigures } from '../../scripts/lib/figures/measured.js';
import { drawSpectrogramSheet } from '../../scripts/lib/figures/spectrogram-sheet.js';
import { wavHeader } from '../../service/src/core/wav.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'figures-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const temperatures = [0.5, 0.75, 1, 1.25, 1.5];

function figure(columns: readonly string[], over: Partial<Figure> = {}): Figure {
  const table = temperatures.map((temperature) =>
    columns.map((_, place) => (place === 0 ? temperature : temperature * 2)),
  );
  return {
    title: 'A figure',
    how: '',
    columns: [...columns],
    table,
    takes: table,
    verdicts: [],
    controls: [],
    traces: [],
    ...over,
  };
}

const verdict = (holds: boolean) => ({ what: 'Spearman of novelty', seen: 0.5, bar: '≥ 0.9', holds });

function figures(repetition: Partial<Figure> = {}): Figures {
  const columns = ['T', 'autocorrelation', 'repeated run, s', 'held pitch', 'novelty', 'own past', 'distance'];
  const rows = (high: number) => [0, 1, 2].map((second) => [second, 1, high * second]);
  return {
    entropy: figure(['T', 'entropy, bits', 'lowest seed', 'highest seed', 'forced, bits', 'dH/dT']),
    repetition: figure(columns, { verdicts: [verdict(true)], ...repetition }),
    guiding: figure(['T', 'similarity', 'free']),
    health: figure(['T', 'silent', 'DC', 'clipped', 'bursts/min', 'clicks/min']),
    following: figure(['seed', 'S2', 'S1'], {
      traces: [
        { group: 'S2', seed: 1, rows: rows(1) },
        { group: 'S1', seed: 1, rows: rows(0) },
      ],
    }),
  };
}

async function pixels(path: string): Promise<{ data: Uint8ClampedArray; width: number }> {
  const image = await loadImage(path);
  const pen = createCanvas(image.width, image.height).getContext('2d');
  pen.drawImage(image, 0, 0);
  return { data: pen.getImageData(0, 0, image.width, image.height).data, width: image.width };
}

/** The words of a statement that does not hold are orange. */
async function saysNo(path: string): Promise<boolean> {
  const { data } = await pixels(path);
  for (let at = 0; at < data.length; at += 4) {
    if (data[at] === 0xff && data[at + 1] === 0x8a && data[at + 2] === 0x5c) return true;
  }
  return false;
}

describe('curves', () => {
  test('show every take, and which statement does not hold', async () => {
    const [plain, moved, failing] = ['plain.png', 'moved.png', 'failing.png'].map((name) => join(folder, name));
    if (plain === undefined || moved === undefined || failing === undefined) throw new Error('unreachable');
    drawCurves(figures(), 'one-song', plain);
    const takes =
      figures().repetition?.takes.map((row, place) => (place === 2 ? [...row.slice(0, 4), 1.2] : row)) ?? [];
    drawCurves(figures({ takes }), 'one-song', moved);
    drawCurves(figures({ verdicts: [verdict(false)] }), 'one-song', failing);
    expect((await pixels(moved)).data).not.toEqual((await pixels(plain)).data);
    expect(await saysNo(plain)).toBe(false);
    expect(await saysNo(failing)).toBe(true);
  });

  test('say what is missing', () => {
    const { entropy, ...rest } = figures();
    expect(entropy).toBeDefined();
    expect(() => drawCurves(rest, 'one-song', join(folder, 'curves.png'))).toThrow('none of entropy');
    expect(() => columnOf(figureOf(figures(), 'guiding'), 'novelty')).toThrow('no column novelty');
  });
});

test('what is no figures.json is refused', () => {
  const path = join(folder, 'figures.json');
  writeFileSync(path, JSON.stringify({ entropy: { ...figure(['T']), table: [['warm']] } }));
  expect(() => readFigures(path)).toThrow();
  writeFileSync(path, JSON.stringify(figures()));
  expect(readFigures(path)).toEqual(figures());
});

test('the picture of the lane shows both groups', async () => {
  const [both, still] = [join(folder, 'both.png'), join(folder, 'still.png')];
  drawFollowing(figures(), 'one-song', both);
  const found = figures();
  const traces =
    found.following?.traces.map((trace) => ({
      ...trace,
      rows: [
        [0, 1, 2],
        [1, 1, 2],
        [2, 1, 2],
      ],
    })) ?? [];
  drawFollowing({ ...found, following: figure(['seed', 'S2', 'S1'], { traces }) }, 'one-song', still);
  expect((await pixels(both)).data).not.toEqual((await pixels(still)).data);
});

test('a sheet of spectrograms has a tone where the tone is', async () => {
  const rate = 16_000;
  const tone = (hz: number) =>
    Float32Array.from({ length: 8 * rate }, (_, step) => 0.5 * Math.sin((2 * Math.PI * hz * step) / rate));
  const [datasetFolder, takesFolder, output] = [
    join(folder, 'dataset'),
    join(folder, 'takes'),
    join(folder, 'sheet.png'),
  ];
  mkdirSync(datasetFolder);
  writeFileSync(
    join(datasetFolder, 'dataset.json'),
    '{"sampleRateHz":16000,"pieces":[{"file":"a.wav","heldOut":false}]}',
  );
  const training = tone(4000);
  writeFileSync(
    join(datasetFolder, 'a.wav'),
    Buffer.concat([
      wavHeader({ sampleRateHz: rate, channelCount: 1, frameCount: training.length }),
      new Uint8Array(training.buffer),
    ]),
  );
  for (const temperature of temperatures) {
    mkdirSync(join(takesFolder, `t${temperature}-1`), { recursive: true });
    const take = tone(200);
    const bytes = Buffer.concat([
      wavHeader({ sampleRateHz: rate, channelCount: 1, frameCount: take.length }),
      new Uint8Array(take.buffer),
    ]);
    writeFileSync(join(takesFolder, `t${temperature}-1`, 'take.wav'), bytes);
  }
  drawSpectrogramSheet({ model: 'one-song', modelRateHz: rate, datasetFolder, takesFolder, output });
  const { data, width } = await pixels(output);
  /** Red of a pixel in the middle of a row of the sheet, at a frequency. */
  const redAt = (row: number, hz: number) => {
    const y = Math.round(150 + row * 194 + 176 * (1 - Math.log(hz / 50) / Math.log(160)));
    return data[(y * width + 800) * 4] ?? 0;
  };
  expect(redAt(0, 4000)).toBeGreaterThan(redAt(0, 200) + 100);
  for (const row of [1, 2, 3, 4, 5]) expect(redAt(row, 200)).toBeGreaterThan(redAt(row, 4000) + 100);
});
