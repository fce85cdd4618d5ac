import {
  Metadata,
  Server,
  ServerCredentials,
  type ServiceDefinition,
  type UntypedServiceImplementation,
} from '@grpc/grpc-js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { statusOfFailure } from '../wire/status.js';
import type { Proofs } from './proof.js';
import { type OpenSession, type RenderCall, serveStream } from './render-stream.js';

/** Messages pass as bytes: wire/ decodes them, so that a malformed one gets our own answer. */
const bytesAsTheyAre = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const renderService: ServiceDefinition = {
  Render: {
    path: '/simmer.v1.RenderService/Render',
    requestStream: true,
    responseStream: true,
    requestSerialize: bytesAsTheyAre,
    requestDeserialize: (bytes) => bytes,
    responseSerialize: bytesAsTheyAre,
    responseDeserialize: (bytes) => bytes,
  },
};

export interface RpcServer {
  /** 127.0.0.1:port */
  readonly address: string;
  /** Ends all streams with UNAVAILABLE, and resolves when they are gone. */
  close(): Promise<void>;
}

/**
 * Serves RenderService on a free port of 127.0.0.1, to those who know the token. `onRefused` is told why a stream ended
 * that never had a session.
 */
export async function startRpcServer(
  proofs: Proofs,
  openSession: OpenSession,
  onRefused: (failure: Failure) => void,
): Promise<RpcServer> {
  const server = new Server({
    'grpc.max_receive_message_length': limits.messageBytesMax,
    'grpc.max_send_message_length': limits.messageBytesMax,
    'grpc.max_concurrent_streams': limits.connectionStreamsMax,
    'grpc.max_connection_idle_ms': limits.connectionIdleMillisMax,
    'grpc.keepalive_time_ms': 2000,
    'grpc.keepalive_timeout_ms': 2000,
    'grpc.keepalive_permit_without_calls': 1,
  });
  const shutdown = new AbortController();
  const streams = new Set<Promise<void>>();
  let port = 0;
  const implementation: UntypedServiceImplementation = {
    Render: (call: RenderCall) => {
      const refusal = admit(call, proofs);
      if (refusal !== undefined) {
        refuse(call, refusal);
        return;
      }
      const serving = serveStream(call, { openSession, onRefused }, shutdown.signal).finally(() =>
        streams.delete(serving),
      );
      streams.add(serving);
    },
  };
  server.addService(renderService, implementation);
  port = await bind(server);
  return {
    address: `127.0.0.1:${port}`,
    close: async () => {
      shutdown.abort();
      await Promise.all(streams);
      await closeServer(server);
    },
  };
}

/** Looks at a call before any of its messages: where it was sent, and whether its sender knows the token. */
function admit(call: RenderCall, proofs: Proofs): Failure | undefined {
  const host = call.getHost().toLowerCase();
  // A name that merely resolves to loopback (DNS rebinding) is not ours. Which port it was sent to says nothing.
  if (!/^(127\.0\.0\.1|localhost):\d+$/.test(host)) {
    return new Failure('unauthenticated', 'This service answers to 127.0.0.1 only.');
  }
  const [nonce] = call.metadata.get('simmer-nonce');
  const [proof] = call.metadata.get('simmer-proof');
  try {
    const answer = new Metadata();
    answer.set('simmer-proof', proofs.answer(nonce, proof));
    call.sendMetadata(answer);
    return undefined;
  } catch (thrown) {
    return Failure.from(thrown);
  }
}

function refuse(call: RenderCall, failure: Failure): void {
  call.on('error', () => {});
  call.emit('error', { code: statusOfFailure[failure.code].grpc, details: failure.message });
}

function bind(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(new Failure('unavailable', 'No port of 127.0.0.1 can be listened on.', error));
    });
  });
}

/** Lets what is being sent out go out, then closes what is left. */
function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    const force = setTimeout(() => server.forceShutdown(), limits.shutdownMillisMax);
    server.tryShutdown(() => {
      clearTimeout(force);
      resolve();
    });
  });
}
