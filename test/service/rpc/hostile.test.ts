import { describe, expect, test } from 'vitest';
import { protocolVersion } from '../../../service/src/wire/messages.js';
import { bounce } from '../../support/bounce.js';
import { bitsOf, randomWholes } from '../../support/random.js';
import { chunkValues, guideAmountLane, type Request, temperatureLane } from '../../support/render-client.js';
import { block, invalidArgument, open, plan, start } from './requests.js';
import { serveTests } from './served.js';

const served = serveTests();
const { client } = served;

async function reference(): Promise<Uint8Array> {
  const good = client();
  await good.open();
  return bitsOf(await bounce(good, plan));
}

describe('what may be said', () => {
  test.each<[string, Request[], string]>([
    ['a block first', [block()], 'first request must be open'],
    ['nothing in a request', [{}], 'no event'],
    [
      'a plugin of before',
      [open({ protocolVersion: 1 })],
      `The plugin speaks protocol 1 and the service protocol ${protocolVersion}: update the plugin.`,
    ],
    [
      'a plugin of later',
      [open({ protocolVersion: protocolVersion + 1 })],
      `The plugin speaks protocol ${protocolVersion + 1} and the service protocol ${protocolVersion}: update the service.`,
    ],
    ['a short instance id', [open({ instanceId: 'ab' })], 'instance_id'],
    ['a rate of 0', [open({ sampleRateHz: 0 })], 'sample_rate_hz'],
    ['a long host name', [open({ hostName: 'x'.repeat(129) })], 'host_name'],
  ])('%s ends the stream with a clear word', async (_, requests, why) => {
    const bad = client();
    for (const message of requests) bad.send(message);
    const { code, details, responses } = await bad.ended();
    expect(code).toBe(invalidArgument);
    expect(details).toContain(why);
    expect(responses.at(-1)?.failure).toMatchObject({ code: 1, message: details, protocolVersion });
  });

  test.each<[string, Request[], string]>([
    ['open again', [open()], 'twice'],
    ['a block without an epoch', [block()], 'not the current one'],
    ['epoch 0', [start({ epoch: 0 })], 'must rise'],
    ['an epoch that does not rise', [start(), start()], 'must rise'],
    ['a root beyond the song', [start({ rootFrame: 2 ** 53 })], 'not a place'],
    ['a block of another epoch', [start(), block({ epoch: 2 })], 'not the current one'],
    ['a block elsewhere', [start(), block({ startFrame: 64 })], 'discontinuity'],
    ['a block of no frames', [start(), block({ frameCount: 0 })], 'frame_count'],
    ['a block that is too long', [start(), block({ frameCount: 8193 })], 'frame_count'],
    ['a negative length', [start(), block({ frameCount: -1 })], 'frame_count'],
    ['a guide of the wrong length', [start(), block({ guide: new Uint8Array(63) })], 'guide has 63 bytes'],
    [
      'a point outside',
      [start(), block({ lanes: [temperatureLane(1, [{ offsetFrames: 65, value: 1, interpolation: 1 }])] })],
      'offset_frames',
    ],
    [
      'points that go back',
      [
        start(),
        block({
          lanes: [
            temperatureLane(1, [
              { offsetFrames: 9, value: 1, interpolation: 1 },
              { offsetFrames: 8, value: 1, interpolation: 1 },
            ]),
          ],
        }),
      ],
      'offset_frames',
    ],
    [
      'a point without interpolation',
      [start(), block({ lanes: [temperatureLane(1, [{ offsetFrames: 1, value: 1 }])] })],
      'interpolation',
    ],
  ])('after open, %s ends the stream with a clear word', async (_, requests, why) => {
    const bad = client();
    await bad.open();
    for (const message of requests) bad.send(message);
    const { code, details } = await bad.ended();
    expect(code).toBe(invalidArgument);
    expect(details).toContain(why);
  });

  test('a model that is not there is named, with those that are', async () => {
    const bad = client();
    bad.send(open({ model: '../../etc' }));
    const { code, details } = await bad.ended();
    expect(code).toBe(5);
    expect(details).toContain('tiny');
  });

  test('bytes that are no message, and messages that are too large, harm nobody else', async () => {
    const undisturbed = await reference();
    const random = randomWholes(99);
    const attacks: Uint8Array[] = [
      ...Array.from({ length: 40 }, () => Uint8Array.from({ length: random(1, 400) }, () => random(0, 255))),
      new Uint8Array(50_000).fill(0x0b), // groups in groups
      new Uint8Array((1 << 20) + 100), // beyond the limit
      Uint8Array.of(0x1a, 0xff, 0xff, 0xff, 0xff, 0x0f), // a length of 4 GiB
    ];
    const victim = client();
    await victim.open();
    const playing = bounce(victim, plan);
    for (const bytes of attacks) {
      const bad = client();
      await bad.open();
      bad.sendBytes(bytes);
      // What happens to decode to something allowed ends with the stream's silence instead: do not wait for that.
      await Promise.race([bad.ended(), new Promise((resolve) => setTimeout(resolve, 50))]);
      bad.close();
    }
    expect(bitsOf(await playing)).toEqual(undisturbed);
    expect(served.service.running).toBe(true);
    expect(await reference()).toEqual(undisturbed);
  });

  test('numbers that are not finite are replaced: the last good temperature, silence', async () => {
    const odd = client();
    await odd.open();
    odd.send(start());
    const guide = Float32Array.from(
      { length: 2048 },
      (_, index) => [Number.NaN, Number.POSITIVE_INFINITY, 1e38][index % 3] ?? 0,
    );
    odd.send(
      block({
        frameCount: 1024,
        lanes: [
          temperatureLane(0.9, [
            { offsetFrames: 1, value: Number.NaN, interpolation: 2 },
            { offsetFrames: 2, value: Number.NEGATIVE_INFINITY, interpolation: 1 },
          ]),
          guideAmountLane(Number.NaN, [{ offsetFrames: 512, value: Number.POSITIVE_INFINITY, interpolation: 1 }]),
        ],
        guide: new Uint8Array(guide.buffer),
      }),
    );
    const values = new Float32Array(1024);
    for (let received = 0; received < 1024; ) {
      const { chunk } = await odd.next();
      if (chunk) values.set(chunkValues(chunk), received);
      received += chunk?.frameCount ?? 0;
    }
    // Amount NaN is 0: what is left is the lane at 0.9, as the plan has it.
    const plain = await reference();
    expect(bitsOf(values)).toEqual(plain.slice(0, 4096));
  });
});
