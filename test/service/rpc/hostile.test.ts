import { once } from 'node:events';
import { request } from 'node:http';
import { type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { Metadata } from '@grpc/grpc-js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { limits } from '../../../service/src/core/limits.js';
import { protocolVersion } from '../../../service/src/wire/messages.js';
import { bounce } from '../../support/bounce.js';
import { bitsOf, randomWholes } from '../../support/random.js';
import {
  type ClientOptions,
  chunkValues,
  guideAmountLane,
  proofMetadata,
  RenderClient,
  type Request,
  temperatureLane,
} from '../../support/render-client.js';
import { ServiceProcess } from '../../support/service-process.js';

const unauthenticated = 16;
const invalidArgument = 3;
const lane = [{ frame: 0, value: 0.9, interpolation: 'hold' as const }];
const plan = { frameCount: 9600, lane, nextBlockFrames: () => 512 };

let service: ServiceProcess;
const clients: RenderClient[] = [];
beforeAll(async () => {
  service = await ServiceProcess.start();
});
afterAll(() => {
  for (const client of clients) client.close();
  return service.stop();
});

function client(change: Partial<ClientOptions> = {}): RenderClient {
  const opened = new RenderClient({ ...service.discovery, ...change });
  clients.push(opened);
  return opened;
}

async function reference(): Promise<Uint8Array> {
  const good = client();
  await good.open();
  return bitsOf(await bounce(good, plan));
}

describe('who may call', () => {
  test('control: with the right proof the call opens, and the service proves itself', async () => {
    const good = client();
    expect(await good.open()).toMatchObject({
      protocolVersion,
      model: 'tiny',
      modelRateHz: 16_000,
      channelCount: 1,
    });
    expect(good.serviceProofHolds).toBe(true);
  });

  const wrong = (change: (metadata: Metadata) => void) => () => {
    const { metadata } = proofMetadata(service.discovery.token);
    change(metadata);
    return { metadata };
  };
  test.each<[string, () => Partial<ClientOptions>]>([
    ['another token', () => ({ token: 'x'.repeat(43) })],
    ['no metadata', () => ({ metadata: new Metadata() })],
    ['no proof', wrong((metadata) => metadata.remove('simmer-proof'))],
    ['no nonce', wrong((metadata) => metadata.remove('simmer-nonce'))],
    ['a proof of another nonce', wrong((metadata) => metadata.set('simmer-nonce', 'ab'.repeat(32)))],
    ['a short nonce', wrong((metadata) => metadata.set('simmer-nonce', 'ab'))],
    ['an empty proof', wrong((metadata) => metadata.set('simmer-proof', ''))],
    ['a foreign authority', () => ({ authority: 'evil.example' })],
    ['our port at a foreign name', () => ({ authority: `evil.example:${service.discovery.grpc.split(':')[1]}` })],
    ['no port', () => ({ authority: '127.0.0.1' })],
  ])('refuses %s before it reads a message', async (_, change) => {
    const bad = client(change());
    bad.send({ open: { protocolVersion, instanceId: 'ab'.repeat(16), sampleRateHz: 48_000 } });
    const { code, responses } = await bad.ended();
    expect(code).toBe(unauthenticated);
    expect(responses).toEqual([]);
    expect(bad.serviceProofHolds).not.toBe(true);
  });

  test('a browser cannot speak to it: HTTP/1.1 gets no answer of ours', async () => {
    const [host, port] = service.discovery.grpc.split(':');
    const call = request({
      host,
      port,
      method: 'POST',
      path: '/simmer.v1.RenderService/Render',
      headers: { Origin: 'http://evil.example' },
    });
    call.end('x');
    const [outcome] = await Promise.race([once(call, 'error'), once(call, 'response')]).catch((error) => [error]);
    expect((outcome as { statusCode?: number }).statusCode ?? 0).not.toBe(200);
  });
});

const block = (change: object = {}): Request => ({
  block: { epoch: 1, startFrame: 0, frameCount: 64, playing: true, lanes: [temperatureLane(1)], ...change },
});
const start = (change: object = {}): Request => ({
  startEpoch: { epoch: 1, rootFrame: 0, seed: 1, offline: true, ...change },
});
const open = (change: object = {}): Request => ({
  open: { protocolVersion, instanceId: 'ab'.repeat(16), sampleRateHz: 48_000, ...change },
});

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
    expect(service.running).toBe(true);
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

test('instances beyond the limit are refused, and have their place when another leaves', async () => {
  const own = await ServiceProcess.start();
  const opened = Array.from({ length: limits.sessionsMax }, () => client(own.discovery));
  await Promise.all(opened.map((each) => each.open()));
  const oneMore = client(own.discovery);
  oneMore.send(open());
  expect(await oneMore.ended()).toMatchObject({ code: 8 });
  opened[0]?.close();
  let code = 8;
  while (code === 8) {
    const next = client(own.discovery);
    code = await next.open().then(
      () => 0,
      () => next.status?.code ?? -1,
    );
  }
  expect(code).toBe(0);
  await own.stop();
});

describe.concurrent('who keeps quiet', () => {
  test('a shim that says nothing for four seconds is let go; control: one that beats is kept', async () => {
    const quiet = client();
    await quiet.open();
    quiet.stopHeartbeat();
    const lively = client();
    await lively.open();
    const started = performance.now();
    const { code, details } = await quiet.ended();
    expect(code).toBe(14);
    expect(details).toContain('silent');
    expect(performance.now() - started).toBeLessThan(5000);
    expect(lively.status).toBeUndefined();
    lively.send(start());
    lively.send(block());
    let response = await lively.next();
    while (response.progress) response = await lively.next();
    expect(response.chunk?.frameCount).toBe(64);
  }, 15_000);

  test('a call that never opens, and one whose message never ends, are dropped', async () => {
    const session = connectHttp2(`http://${service.discovery.grpc}`);
    session.on('error', () => {});
    const call = (bytes: Uint8Array): ClientHttp2Stream => {
      const { metadata } = proofMetadata(service.discovery.token);
      const stream = session.request({
        ':method': 'POST',
        ':path': '/simmer.v1.RenderService/Render',
        'content-type': 'application/grpc',
        te: 'trailers',
        'simmer-nonce': String(metadata.get('simmer-nonce')[0]),
        'simmer-proof': String(metadata.get('simmer-proof')[0]),
      });
      stream.on('error', () => {});
      stream.resume();
      stream.write(bytes);
      return stream;
    };
    // Length 1000, of which 5 bytes come.
    const unfinished = call(Uint8Array.of(0, 0, 0, 3, 0xe8, 1, 2, 3, 4, 5));
    const unopened = call(new Uint8Array(0));
    const ends = (stream: ClientHttp2Stream) =>
      new Promise<string>((resolve) => {
        stream.once('trailers', (trailers) => resolve(String(trailers['grpc-status'])));
        stream.once('response', (headers) => {
          if (headers['grpc-status'] !== undefined) resolve(String(headers['grpc-status']));
        });
      });
    expect(await Promise.all([ends(unfinished), ends(unopened)])).toEqual(['14', '14']);
    session.close(() => {});
    session.destroy(undefined, constants.NGHTTP2_NO_ERROR);
  }, 15_000);

  test('a connection that says nothing is closed', async () => {
    const [, port] = service.discovery.grpc.split(':');
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'close');
    expect(service.running).toBe(true);
  }, 20_000);
});
