import { afterAll, beforeAll, expect, test } from 'vitest';
import { bounce } from '../../support/bounce.js';
import { bitsOf } from '../../support/random.js';
import { play } from '../../support/realtime.js';
import { RenderClient } from '../../support/render-client.js';
import { ServiceProcess } from '../../support/service-process.js';

let service: ServiceProcess;
beforeAll(async () => {
  // Far ahead: these tests are about what is played, not about how fast the machine is.
  service = await ServiceProcess.start(['--lookahead-ms', '800']);
});
afterAll(() => service.stop());

test('playback at a constant lane is, frame by frame, what a bounce from the same start gives', async () => {
  const client = new RenderClient(service.discovery);
  await client.open();
  const plan = { rootFrame: 24_000, frameCount: 48_000 };
  const { audio, gapFrames } = await play(client, {
    ...plan,
    epoch: 1,
    blockFrames: 480,
    sampleRateHz: 48_000,
    temperatureAt: () => 0.875,
  });
  const bounced = await bounce(client, {
    ...plan,
    epoch: 3,
    lane: [{ frame: 0, value: 0.875, interpolation: 'hold' }],
    nextBlockFrames: () => 1024,
  });
  client.close();
  expect(gapFrames).toBe(0);
  expect(bitsOf(audio)).toEqual(bitsOf(bounced));
});

test('two instances play at once, and a third bounces: each has its own audio', async () => {
  const clients = [1, 2, 3].map(() => new RenderClient(service.discovery));
  await Promise.all(clients.map((client) => client.open()));
  const [one, two, three] = clients;
  if (one === undefined || two === undefined || three === undefined) throw new Error('no clients');
  const plan = { epoch: 1, rootFrame: 0, frameCount: 24_000, blockFrames: 256, sampleRateHz: 48_000 };
  const [first, second, bounced] = await Promise.all([
    play(one, { ...plan, temperatureAt: () => 0.75 }),
    play(two, { ...plan, temperatureAt: () => 1.25 }),
    bounce(three, {
      frameCount: 24_000,
      lane: [{ frame: 0, value: 0.75, interpolation: 'hold' }],
      nextBlockFrames: () => 512,
    }),
  ]);
  for (const client of clients) client.close();
  expect([first.gapFrames, second.gapFrames]).toEqual([0, 0]);
  expect(bitsOf(first.audio)).toEqual(bitsOf(bounced));
  expect(bitsOf(second.audio)).not.toEqual(bitsOf(bounced));
  expect(second.audio.every(Number.isFinite)).toBe(true);
});
