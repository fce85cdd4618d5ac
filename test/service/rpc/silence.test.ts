import { once } from 'node:events';
import { type ClientHttp2Stream, connect as connectHttp2, constants } from 'node:http2';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../service/src/core/limits.js';
import { proofMetadata } from '../../support/render-client.js';
import { ServiceProcess } from '../../support/service-process.js';
import { block, open, start } from './requests.js';
import { serveTests } from './served.js';

const served = serveTests();
const { client } = served;

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
    const session = connectHttp2(`http://${served.service.discovery.grpc}`);
    session.on('error', () => {});
    const call = (bytes: Uint8Array): ClientHttp2Stream => {
      const { metadata } = proofMetadata(served.service.discovery.token);
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
    const [, port] = served.service.discovery.grpc.split(':');
    const socket = connect({ host: '127.0.0.1', port: Number(port) });
    socket.on('error', () => {});
    socket.resume();
    await once(socket, 'close');
    expect(served.service.running).toBe(true);
  }, 20_000);
});
