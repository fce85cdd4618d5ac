import { once } from 'node:events';
import { request } from 'node:http';
import { Metadata } from '@grpc/grpc-js';
import { describe, expect, test } from 'vitest';
import { protocolVersion } from '../../../service/src/wire/messages.js';
import { type ClientOptions, proofMetadata } from '../../support/render-client.js';
import { unauthenticated } from './requests.js';
import { serveTests } from './served.js';

const served = serveTests();
const { client } = served;

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
    const { metadata } = proofMetadata(served.service.discovery.token);
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
    [
      'our port at a foreign name',
      () => ({ authority: `evil.example:${served.service.discovery.grpc.split(':')[1]}` }),
    ],
    ['no port', () => ({ authority: '127.0.0.1' })],
  ])('refuses %s before it reads a message', async (_, change) => {
    const bad = client(change());
    bad.send({ open: { protocolVersion, instanceId: 'ab'.repeat(16), sampleRateHz: 48_000 } });
    const { code, responses } = await bad.ended();
    expect(code).toBe(unauthenticated);
    expect(responses).toEqual([]);
    expect(bad.serviceProofHolds).not.toBe(true);
  });

  test('the service proves itself before it is sent a message', async () => {
    const silent = client();
    await expect.poll(() => silent.serviceProofHolds, { timeout: 4000 }).toBe(true);
  });

  test('a proof that was overheard is good for nothing', async () => {
    const { metadata } = proofMetadata(served.service.discovery.token);
    await client({ metadata: metadata.clone() }).open();
    const replayed = client({ metadata: metadata.clone() });
    replayed.send({ open: { protocolVersion, instanceId: 'ab'.repeat(16), sampleRateHz: 48_000 } });
    const { code, responses } = await replayed.ended();
    expect(code).toBe(unauthenticated);
    expect(responses).toEqual([]);
    expect(replayed.serviceProofHolds).not.toBe(true);
  });

  test('a browser cannot speak to it: HTTP/1.1 gets no answer of ours', async () => {
    const [host, port] = served.service.discovery.grpc.split(':');
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
