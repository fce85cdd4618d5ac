import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { formatLaneCsv } from '../../../service/src/core/lane-csv.js';
import { Resampler } from '../../../service/src/core/resampler.js';
import { amplitudeOf } from '../../../service/src/core/sound.js';
import { parseWav } from '../../../service/src/core/wav.js';
import type { simmer } from '../../../service/src/wire/generated/simmer.js';
import { codesEngine, codesModel, rowInputs } from '../../support/codes-fixture.js';
import { fixtureModels } from '../../support/played-model.js';
import { bitsOf, randomWholes } from '../../support/random.js';
import { chunkPcm, RenderClient, temperatureLane } from '../../support/render-client.js';
import { runSimmer, ServiceProcess, temporaryFolder } from '../../support/service-process.js';
import { TestPage } from '../cli/test-page.js';

const name = 'vq-tiny-stereo';
const models = ['--models', fixtureModels, '--model', name];
/** A host at another rate than the model's, so that both channels are resampled. */
const hostRate = 44_100;
const frameCount = 2 * hostRate;
const seed = 6;

let service: ServiceProcess;
let folder: string;
/** By channel: what the model draws at T = 1, resampled. */
let expected: readonly [Float32Array, Float32Array];

beforeAll(async () => {
  folder = temporaryFolder();
  service = await ServiceProcess.start([...models, '--bounce-folder', folder]);
  expected = await drawnHere();
}, 60_000);
afterAll(() => service.stop());

/** The sound of the take, without service or passage: drawn in this thread, each channel resampled value by value. */
async function drawnHere(): Promise<readonly [Float32Array, Float32Array]> {
  const model = await codesModel(name);
  const { manifest } = model;
  const engine = await codesEngine(model);
  const rows = Math.ceil((2 * manifest.sampleRateHz) / manifest.blockSteps);
  const shapes = Array.from({ length: rows }, () => ({ temperature: 1 }));
  const { sound } = await engine.draw(rowInputs(manifest, model.initialState, 0, shapes, seed));
  await engine.close();
  const resampler = new Resampler(manifest.sampleRateHz, hostRate);
  const of = (channel: number) => {
    const amplitude = (step: number) => Math.fround(amplitudeOf('pcm16-stereo', sound[step] ?? 0, channel));
    return Float32Array.from({ length: frameCount }, (_, frame) =>
      Math.min(1, Math.max(-1, resampler.at(frame, amplitude))),
    );
  };
  return [of(0), of(1)];
}

/** Bounces in blocks of random sizes; all chunks as they came, one after the other. */
async function bounced(client: RenderClient, order: number) {
  const random = randomWholes(order);
  client.send({ startEpoch: { epoch: 1, rootFrame: 0, seed, offline: true, resumeFrame: 0 } });
  const pcm = new Float32Array(2 * frameCount);
  const chunks: simmer.v1.Chunk.$Properties[] = [];
  let received = 0;
  for (let delivered = 0; delivered < frameCount; ) {
    const count = Math.min(random(1, 8192), frameCount - delivered);
    const lanes = [temperatureLane(1)];
    client.send({ block: { epoch: 1, startFrame: delivered, frameCount: count, playing: true, lanes } });
    delivered += count;
    while (received < delivered) {
      const { chunk } = await client.next();
      if (!chunk) continue;
      expect(Number(chunk.startFrame ?? 0)).toBe(received);
      pcm.set(chunkPcm(chunk), 2 * received);
      received += chunk.frameCount ?? 0;
      chunks.push(chunk);
    }
  }
  return { pcm, chunks };
}

/** To the bit. A difference of so many values is better not shown. */
const isSame = (a: Float32Array, b: Float32Array) => Buffer.compare(bitsOf(a), bitsOf(b)) === 0;
const channel = (interleaved: Float32Array, index: number) => interleaved.filter((_, at) => at % 2 === index);

test('both channels arrive as rendered, over the wire, in blocks of any size, and are stored, bounced and shown so', async () => {
  const client = new RenderClient(service.discovery);
  const opened = await client.open({ sampleRateHz: hostRate });
  expect(opened).toMatchObject({ model: name, modelRateHz: 48_000, channelCount: 2 });
  const { pcm, chunks } = await bounced(client, 1);
  for (const chunk of chunks) expect(chunk.pcm?.length).toBe(8 * (chunk.frameCount ?? 0));
  // Chunks stay as small as mono ones.
  expect(Math.max(...chunks.map(({ pcm: bytes }) => bytes?.length ?? 0))).toBeLessThanOrEqual(32_768);
  expect(isSame(channel(pcm, 0), expected[0])).toBe(true);
  expect(isSame(channel(pcm, 1), expected[1])).toBe(true);
  // Control: they are two, and neither is silent.
  expect(expected[0].filter((value, at) => Math.abs(value - (expected[1][at] ?? 0)) > 1e-3).length).toBeGreaterThan(
    frameCount / 2,
  );

  const page = await TestPage.open(service.discovery.page);
  await vi.waitFor(() => expect(page.takes).toHaveLength(1));
  const take = page.takes[0]?.id ?? '';
  const range = { fromFrame: hostRate / 2, toFrame: hostRate };
  const asked = { type: 'bounce', sound: { kind: 'take', take }, ...range, name: 'mine', format: 'wav' };
  const done = await page.done((await page.ask(asked)).job);
  expect(done).toMatchObject({ state: 'done', doneFrames: hostRate / 2, totalFrames: hostRate / 2 });
  const file = parseWav(readFileSync(join(folder, done.file?.name ?? '')));
  expect([file.channelCount, file.frameCount, file.sampleRateHz]).toEqual([2, hostRate / 2, hostRate]);
  expect(isSame(file.values, pcm.slice(hostRate, 2 * hostRate))).toBe(true);

  const answer = await page.get(`/takes/${page.session}/${take}/steps?from=0&to=3000`);
  const steps = new Int16Array(await answer.arrayBuffer());
  expect(steps.length).toBe(6000);
  expect(steps.some((value, at) => at % 2 === 0 && value !== steps[at + 1])).toBe(true);
  const peaks = new Int8Array(
    await (await page.get(`/takes/${page.session}/${take}/peaks?level=0&from=0&to=2944`)).arrayBuffer(),
  );
  const meanOf = (step: number) => ((steps[2 * step] ?? 0) + (steps[2 * step + 1] ?? 0)) / 2;
  for (let pair = 0; pair < peaks.length / 2; pair += 1) {
    const means = Array.from({ length: 64 }, (_, at) => meanOf(64 * pair + at));
    expect(Math.abs((peaks[2 * pair + 1] ?? 0) - (127 * Math.max(0, ...means)) / 32_767)).toBeLessThan(0.6);
    expect(Math.abs((peaks[2 * pair] ?? 0) - (127 * Math.min(0, ...means)) / 32_767)).toBeLessThan(0.6);
  }
  page.close();
  await client.finish();
  client.close();

  // In another stream with the song's recipe it comes from the store; in any blocks it is the same.
  const again = new RenderClient(service.discovery);
  await again.open({ sampleRateHz: hostRate, takes: client.recipe });
  expect(isSame((await bounced(again, 2)).pcm, pcm)).toBe(true);
  await again.finish();
  again.close();
});

test('simmer render writes the same, and what is recorded has both channels', async () => {
  const place = temporaryFolder();
  const [lane, output] = [join(place, 'lane.csv'), join(place, 'out.wav')];
  writeFileSync(lane, formatLaneCsv([{ frame: 0, value: 1, interpolation: 'hold' }], hostRate));
  const args = ['--lane', lane, '--seconds', '2', '--rate', `${hostRate}`, '--take', `${seed}`, '-o', output];
  const { code, stderr } = await runSimmer(['render', ...models, ...args, '--record', join(place, 'record')]);
  expect(code, stderr).toBe(0);
  const { channelCount, values } = parseWav(readFileSync(output));
  expect(channelCount).toBe(2);
  expect(isSame(channel(values, 0), expected[0])).toBe(true);
  expect(isSame(channel(values, 1), expected[1])).toBe(true);
  const [epoch = ''] = readdirSync(join(place, 'record'));
  const read = (file: string) => readFileSync(join(place, 'record', epoch, file));
  const description = JSON.parse(read('epoch.json').toString()) as { steps: number; sound: string };
  expect(description.sound).toBe('pcm16-stereo');
  expect(read('sound.i16').length).toBe(4 * description.steps);
  expect(existsSync(join(place, 'record', epoch, 'drawn.u8'))).toBe(false);
});
