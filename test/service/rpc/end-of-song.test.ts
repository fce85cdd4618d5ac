import { afterAll, beforeAll, expect, test } from 'vitest';
import { limits } from '../../../service/src/core/limits.js';
import { bounce } from '../../support/bounce.js';
import { bitsOf } from '../../support/random.js';
import { RenderClient, temperatureLane } from '../../support/render-client.js';
import { ServiceProcess } from '../../support/service-process.js';

const { songFrameMax } = limits;
const lane = [{ frame: 0, value: 0.9, interpolation: 'hold' as const }];

let service: ServiceProcess;
beforeAll(async () => {
  service = await ServiceProcess.start();
});
afterAll(() => service.stop());

test('a bounce reaches the last frame of the song, and one from its beginning follows on the same stream', async () => {
  const client = new RenderClient(service.discovery);
  await client.open();
  const plan = { lane, frameCount: 9600 };
  const start = await bounce(client, { ...plan, epoch: 1, nextBlockFrames: () => 512 });
  const rootFrame = songFrameMax - plan.frameCount;
  const end = await bounce(client, { ...plan, epoch: 2, rootFrame, nextBlockFrames: () => 4800 });
  const inOtherBlocks = await bounce(client, { ...plan, epoch: 3, rootFrame, nextBlockFrames: () => 700 });
  expect(end.some((value) => Math.abs(value) > 0.01)).toBe(true);
  expect(bitsOf(inOtherBlocks)).toEqual(bitsOf(end));
  expect(bitsOf(await bounce(client, { ...plan, epoch: 4, nextBlockFrames: () => 512 }))).toEqual(bitsOf(start));
  client.close();
});

test('playback renders ahead of the last frame, and goes on elsewhere', async () => {
  const client = new RenderClient(service.discovery);
  const { lookaheadFrames } = await client.open();
  expect(lookaheadFrames).toBeGreaterThan(0);
  const start = (epoch: number, rootFrame: number) =>
    client.send({ startEpoch: { epoch, rootFrame, resumeFrame: rootFrame, seed: 1 } });
  const play = (epoch: number, startFrame: number) =>
    client.send({ block: { epoch, startFrame, frameCount: 512, playing: true, lanes: [temperatureLane(0.9)] } });
  const receivedUpTo = async (epoch: number, frame: number) => {
    for (let end = 0; end < frame; ) {
      const { chunk } = await client.next();
      if (chunk?.epoch === epoch) end = Number(chunk.startFrame) + (chunk.frameCount ?? 0);
    }
  };
  start(1, songFrameMax - 1024);
  play(1, songFrameMax - 1024);
  play(1, songFrameMax - 512);
  await receivedUpTo(1, songFrameMax + 1);
  start(2, 48_000);
  play(2, 48_000);
  await receivedUpTo(2, 48_000 + 512);
  expect(client.status).toBeUndefined();
  client.close();
});
