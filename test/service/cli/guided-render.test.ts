// @module-tag full
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { Deemphasis } from '../../../service/src/core/emphasis.js';
import { binAmplitudes, binOfAmplitude } from '../../../service/src/core/mu-law.js';
import { parseWav, wavHeader } from '../../../service/src/core/wav.js';
import { emphasisOf, parseManifest } from '../../../service/src/model/manifest.js';
import { root, runSimmer, temporaryFolder } from '../../support/service-process.js';

/** `simmer render --guide` with the shipped model, at its own rate; the guide is music that it has not heard. */
const rate = 16_000;
const folder = temporaryFolder();

function writeGuide(name: string, values: Float32Array): string {
  const path = join(folder, name);
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  writeFileSync(
    path,
    Buffer.concat([wavHeader({ sampleRateHz: rate, channelCount: 1, frameCount: values.length }), bytes]),
  );
  return path;
}

const model = join(root, 'models/one-song');
const music = heard(readFileSync(join(model, 'reference/held-out.u8'))).subarray(2 * rate, 5 * rate);

/** What the model's bins sound like: its emphasis taken back. */
function heard(bins: Uint8Array): Float32Array {
  const deemphasis = new Deemphasis(emphasisOf(parseManifest(readFileSync(join(model, 'manifest.json')))));
  const drawn = new Float32Array(deemphasis.pastSteps + bins.length);
  drawn.set(
    Float32Array.from(bins, (bin) => binAmplitudes[bin] ?? 0),
    deemphasis.pastSteps,
  );
  const values = new Float32Array(bins.length);
  deemphasis.fill(values, drawn);
  return values;
}

const rms = (values: Float32Array) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / values.length);
const musicRms = rms(music);
const at = (dbfs: number) => music.map((value) => (value * 10 ** (dbfs / 20)) / musicRms);

let rendered = 0;
async function render(temperature: number, args: readonly string[], seconds = 3): Promise<Float32Array> {
  rendered += 1;
  const lane = join(folder, `${rendered}.csv`);
  const output = join(folder, `${rendered}.wav`);
  writeFileSync(lane, `0,${temperature}\n`);
  const { code, stderr } = await runSimmer([
    ...['render', '--model', 'one-song', '--engine', 'kernel', '--lane', lane, '--seconds', String(seconds)],
    ...['--rate', String(rate), '--take', '4', '-o', output, ...args],
  ]);
  expect(code, stderr).toBe(0);
  return parseWav(readFileSync(output)).values;
}

/** The middle of the correlations over half seconds after the first, at the best of all delays up to 8 ms. */
function likeness(take: Float32Array, guide: Float32Array): number {
  const half = rate / 2;
  let best = -1;
  for (let delay = 0; delay <= 128; delay += 1) {
    const found: number[] = [];
    for (let from = 2 * half; from + half <= take.length; from += half) {
      found.push(correlation(take.subarray(from, from + half), guide.subarray(from - delay, from - delay + half)));
    }
    found.sort((a, b) => a - b);
    best = Math.max(best, found[found.length >> 1] ?? -1);
  }
  return best;
}

function correlation(a: Float32Array, b: Float32Array): number {
  let [aa, bb, ab] = [0, 0, 0];
  for (const [index, value] of a.entries()) {
    const other = b[index] ?? 0;
    aa += value * value;
    bb += other * other;
    ab += value * other;
  }
  return aa > 0 && bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
}

const guide = writeGuide('guide.wav', at(-18));

describe('a guide', () => {
  test('draws a cold model towards it, and is no copy; a free one is not like it', async () => {
    const guided = await render(0.75, ['--guide', guide]);
    expect(likeness(guided, music)).toBeGreaterThan(0.5);
    expect(Math.abs(likeness(await render(0.75, []), music))).toBeLessThan(0.25);
    expect(Math.abs(20 * Math.log10(rms(guided.subarray(rate)) / rms(music.subarray(rate))))).toBeLessThan(6);
    // The measure of a copy: steps at which the very bin of the guide, as it was heard, was drawn.
    let [same, best] = [0, 0];
    for (let delay = 0; delay <= 128; delay += 1) {
      same = 0;
      for (let step = rate; step < guided.length; step += 1) {
        if (binOfAmplitude(guided[step] ?? 0) === binOfAmplitude(music[step - delay] ?? 0)) same += 1;
      }
      best = Math.max(best, same / (guided.length - rate));
    }
    expect(best).toBeLessThan(0.1);
    // Control: a copy is one.
    expect(likeness(music, music)).toBeCloseTo(1, 6);
  });

  test('lets go as it gets warmer', async () => {
    const found: number[] = [];
    for (const temperature of [0.75, 0.95, 1.05])
      found.push(likeness(await render(temperature, ['--guide', guide]), music));
    const [cold = 0, warm = 0, hot = 0] = found;
    expect(cold).toBeGreaterThan(warm);
    expect(warm).toBeGreaterThan(hot);
    expect(hot).toBeLessThan(0.25);
  });

  test('guides alike at −30 and at −6 dBFS', async () => {
    const quiet = likeness(await render(0.75, ['--guide', writeGuide('quiet.wav', at(-30))]), music);
    const loud = likeness(await render(0.75, ['--guide', writeGuide('loud.wav', at(-6))]), music);
    expect(Math.min(quiet, loud)).toBeGreaterThan(0.5);
    expect(Math.abs(quiet - loud)).toBeLessThan(0.15);
  });

  test.each(['kernel', 'onnx'])(
    'is exactly none from T_hi on, and at amount 0, in %s; control: below, it is one',
    async (engine) => {
      const seconds = 1;
      const draw = (temperature: number, args: readonly string[]) =>
        render(temperature, ['--engine', engine, ...args], seconds);
      expect(await draw(1.05, ['--guide', guide])).toEqual(await draw(1.05, []));
      const free = await draw(0.75, []);
      expect(await draw(0.75, ['--guide', guide, '--guide-amount', '0'])).toEqual(free);
      expect(await draw(0.75, ['--guide', writeGuide('silence.wav', new Float32Array(rate))])).toEqual(free);
      expect(await draw(0.75, ['--guide', guide])).not.toEqual(free);
      expect(await draw(1.04, ['--guide', guide])).not.toEqual(await draw(1.04, []));
    },
  );

  test('that loops is the same guide, repeated', async () => {
    const loop = music.slice(0, rate);
    const repeated = Float32Array.from({ length: 3 * rate }, (_, index) => loop[index % rate] ?? 0);
    const looped = await render(0.75, ['--guide', writeGuide('loop.wav', loop), '--guide-loop']);
    expect(looped).toEqual(await render(0.75, ['--guide', writeGuide('repeated.wav', repeated)]));
    expect(looped).not.toEqual(await render(0.75, ['--guide', join(folder, 'loop.wav')]));
  });
});

test.each(['kernel', 'onnx'])('without the tail guard %s draws another take, the same every time', async (engine) => {
  const draw = (args: readonly string[]) => render(1.2, ['--engine', engine, ...args], 1);
  const free = await draw(['--tail-guard', 'off']);
  expect(await draw(['--tail-guard', 'off'])).toEqual(free);
  const guarded = await draw([]);
  expect(guarded).not.toEqual(free);
  expect(await draw(['--tail-guard', 'on'])).toEqual(guarded);
});
