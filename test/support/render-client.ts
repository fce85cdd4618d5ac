import { createHmac, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { Client, type ClientDuplexStream, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import { parameterId } from '../../service/src/core/parameters.js';
import { simmer } from '../../service/src/wire/generated/simmer.js';
import { protocolVersion } from '../../service/src/wire/messages.js';
import { oneAFrame } from './one-a-frame.js';

const { RenderRequest, RenderResponse } = simmer.v1;
export type Request = Parameters<typeof RenderRequest.encode>[0];
export type Response = simmer.v1.RenderResponse;

/** What a block says of one input. */
export type WireLane = simmer.v1.ParameterLane.$Properties;
type WirePoints = NonNullable<WireLane['points']>;

export function temperatureLane(valueAtStart: number, points: WirePoints = []): WireLane {
  return { parameterId: parameterId.temperature, valueAtStart, points };
}

export function guideAmountLane(valueAtStart: number, points: WirePoints = []): WireLane {
  return { parameterId: parameterId.guideAmount, valueAtStart, points };
}

export interface ClientOptions {
  readonly grpc: string;
  readonly token: string;
  readonly authority?: string;
  /** Replaces the metadata of a right proof. */
  readonly metadata?: Metadata;
}

const bytesAsTheyAre = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** The metadata that proves the token, and the nonce it was made for. */
export function proofMetadata(
  token: string,
  nonce = randomBytes(32).toString('hex'),
): { metadata: Metadata; nonce: string } {
  const metadata = new Metadata();
  metadata.set('simmer-nonce', nonce);
  metadata.set('simmer-proof', createHmac('sha256', token).update(`simmer client ${nonce}`).digest('hex'));
  return { metadata, nonce };
}

/** Speaks the protocol as the shim does: bytes on a real socket, messages in and out. */
export class RenderClient {
  readonly #client: Client;
  readonly #call: ClientDuplexStream<Uint8Array, Uint8Array>;
  readonly #events = new EventEmitter();
  readonly #nonce: string;
  readonly #token: string;
  /** Responses that nobody has taken yet. */
  readonly #responses: Response[] = [];
  /** The newest recipe of the takes that the service has told, as a shim keeps it. */
  recipe: Uint8Array = new Uint8Array(0);
  status: { code: number; details: string } | undefined;
  serviceProofHolds: boolean | undefined;
  #heartbeat: NodeJS.Timeout | undefined;

  constructor(options: ClientOptions) {
    const { metadata, nonce } = proofMetadata(options.token);
    this.#nonce = nonce;
    this.#token = options.token;
    const authority = options.authority === undefined ? {} : { 'grpc.default_authority': options.authority };
    this.#client = new Client(options.grpc, credentials.createInsecure(), {
      ...authority,
      'grpc.use_local_subchannel_pool': 1,
    });
    this.#call = this.#client.makeBidiStreamRequest(
      '/simmer.v1.RenderService/Render',
      bytesAsTheyAre,
      (bytes) => bytes,
      options.metadata ?? metadata,
    );
    this.#call.on('metadata', (answer: Metadata) => {
      const expected = createHmac('sha256', this.#token).update(`simmer service ${this.#nonce}`).digest('hex');
      this.serviceProofHolds = answer.get('simmer-proof')[0] === expected;
    });
    this.#call.on('data', (bytes: Uint8Array) => {
      const response = RenderResponse.decode(bytes);
      if (response.takes) this.recipe = response.takes.recipe ?? this.recipe;
      else this.#responses.push(response);
      this.#events.emit('response');
    });
    this.#call.on('error', (error: ServiceError) => {
      this.status ??= { code: error.code, details: error.details };
    });
    this.#call.on('status', (status: { code: number; details: string }) => {
      this.status ??= { code: status.code, details: status.details };
      this.#stopHeartbeat();
      this.#events.emit('response');
    });
  }

  /** Sends `open`, and a heartbeat every second from then on, as a shim does. */
  async open(change: simmer.v1.Open.$Properties = {}): Promise<simmer.v1.Opened.$Properties> {
    this.send({
      open: {
        protocolVersion,
        instanceId: 'ab'.repeat(16),
        hostName: 'test',
        sampleRateHz: 48_000,
        blockFramesMax: 8192,
        ...change,
      },
    });
    const response = await this.next();
    if (!response.opened) throw new Error(`not opened: ${JSON.stringify(response)}`);
    this.#heartbeat = setInterval(() => this.send({ heartbeat: { sentNanos: 1, echoedNanos: 0 } }), 1000);
    return response.opened;
  }

  stopHeartbeat(): void {
    this.#stopHeartbeat();
  }

  send(request: Request): void {
    this.sendBytes(RenderRequest.encode(request).finish());
  }

  sendBytes(bytes: Uint8Array): void {
    if (this.status === undefined) this.#call.write(bytes);
  }

  /** The next response that is no heartbeat. Rejects when the stream ends first. */
  async next(): Promise<Response> {
    for (;;) {
      const response = this.#responses.shift();
      if (response !== undefined) {
        if (response.heartbeat) continue;
        return response;
      }
      if (this.status !== undefined) throw new Error(`stream ended: ${this.status.code} ${this.status.details}`);
      await once(this.#events, 'response');
    }
  }

  /** Everything that still comes, until the stream ends, and how it ended. */
  async ended(): Promise<{ code: number; details: string; responses: Response[] }> {
    while (this.status === undefined) await once(this.#events, 'response');
    return { ...this.status, responses: this.#responses.splice(0).filter((response) => !response.heartbeat) };
  }

  /** Says that nothing more will come, and takes in what the service still has to tell. */
  async finish(): Promise<void> {
    this.#stopHeartbeat();
    this.#call.end();
    await this.ended();
  }

  close(): void {
    this.#stopHeartbeat();
    this.#call.cancel();
    this.#client.close();
  }

  #stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
  }
}

/** The audio of a chunk, its channels interleaved. */
export function chunkPcm(chunk: simmer.v1.Chunk.$Properties): Float32Array {
  const pcm = chunk.pcm ?? new Uint8Array(0);
  return new Float32Array(new Uint8Array(pcm).buffer);
}

/** The audio of a chunk, a value a frame (one-a-frame.ts). */
export function chunkValues(chunk: simmer.v1.Chunk.$Properties): Float32Array {
  const values = chunkPcm(chunk);
  return oneAFrame(values, values.length / (chunk.frameCount ?? 1), Number(chunk.startFrame ?? 0));
}
