import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mixToMono, parseWav } from '../../../../service/src/core/wav.js';
import { melFrames } from '../../../../service/src/study/spectrum.js';
import { runSimmer, temporaryFolder } from '../../../support/service-process.js';

const folder = temporaryFolder();
const seconds = 8;

/** Draws a pair at a temperature with the shipped model of codes; the file. */
async function drawn(temperature: number, artist: string, genre: string, ...extra: string[]): Promise<string> {
  const name = [temperature, artist, ...extra].join('-').replaceAll(/[^\w.-]/g, '_');
  const [lane, output] = [join(folder, 'lane.csv'), join(folder, `${name}.wav`)];
  writeFileSync(lane, `0,${temperature}\n`);
  const what = ['--model', 'pairs', '--artist', artist, '--genre', genre, '--lane', lane, ...extra];
  const { code, stderr } = await runSimmer(['render', ...what, '--seconds', `${seconds}`, '-o', output]);
  expect(code, stderr).toBe(0);
  return output;
}

function spectra(file: string) {
  const { values, channelCount, sampleRateHz } = parseWav(readFileSync(file));
  return melFrames(mixToMono(values, channelCount), sampleRateHz);
}

/** How alike two sounds' spectra are, frame by frame: the mean correlation over bands. */
function likeness(left: string, right: string): number {
  const [one, other] = [spectra(left), spectra(right)];
  const frame = (from: typeof one, at: number) => {
    const values = [...from.values.subarray(at * from.bands, (at + 1) * from.bands)];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return values.map((value) => value - mean);
  };
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, band) => sum + value * (b[band] ?? 0), 0);
  let total = 0;
  for (let at = 0; at < one.count; at += 1) {
    const [a, b] = [frame(one, at), frame(other, at)];
    total += dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b) + 1e-9);
  }
  return total / one.count;
}

test('another pair in the sidechain is followed when it is cool, by its amount, and is not heard from 1.05 on', async () => {
  const guide = await drawn(0.65, 'Glass Harbour', 'Motor');
  const sway = (temperature: number, ...extra: string[]) => drawn(temperature, 'Paper Lanterns', 'Sway', ...extra);
  const guided = (temperature: number, amount: number) =>
    sway(temperature, '--guide', guide, '--guide-amount', `${amount}`);
  const alone = likeness(await sway(0.7), guide);
  const [half, full] = [likeness(await guided(0.7, 0.5), guide), likeness(await guided(0.7, 1), guide)];
  expect(full, `${alone} ${half} ${full}`).toBeGreaterThan(alone + 0.2);
  expect(half).toBeGreaterThan(alone);
  expect(half).toBeLessThan(full);
  const [hot, hotGuided] = [await sway(1.05), await guided(1.05, 1)];
  expect(Buffer.compare(readFileSync(hot), readFileSync(hotGuided))).toBe(0);
  // Control: the measure knows a sound from another.
  expect(likeness(guide, guide)).toBeGreaterThan(0.99);
  expect(alone).toBeLessThan(0.7);
}, 300_000);
