import { Metadata, type ServerDuplexStream } from '@grpc/grpc-js';
import type { OpenRequest, SessionResponse } from '../core/events.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { Session, SessionOptions } from '../session/session.js';
import { RequestDecoder } from '../wire/decode.js';
import { encodeResponse } from '../wire/encode.js';
import { statusOfFailure } from '../wire/status.js';
import { LinkWatch } from './link-watch.js';
import { Outbox } from './outbox.js';

export type RenderCall = ServerDuplexStream<Uint8Array, Uint8Array>;

/** What a stream gives a session; the rest of its options is the service's. */
export type StreamEnds = Pick<SessionOptions, 'send' | 'onRoom'>;
/** Makes the session of an `open`. @throws Failure what refuses it */
export type OpenSession = (open: OpenRequest, ends: StreamEnds) => Promise<{ session: Session; remove: () => void }>;

/**
 * Serves one authenticated stream to its end: requests to the session as they come, responses with backpressure. Ends
 * with a Failure message and the status of its code, whatever happens; other streams notice nothing.
 */
export async function serveStream(
  call: RenderCall,
  { openSession, onRefused }: { openSession: OpenSession; onRefused: (failure: Failure) => void },
  shutdown: AbortSignal,
): Promise<void> {
  const ended = new AbortController();
  const stream = new RenderStream(call, openSession, ended);
  const stop = (failure: Failure) => ended.abort(failure);
  const onShutdown = () => stop(new Failure('unavailable', 'The service is shutting down.'));
  shutdown.addEventListener('abort', onShutdown);
  call.on('error', (cause: unknown) => stop(new Failure('cancelled', 'The stream broke.', cause)));
  call.on('cancelled', () => stop(new Failure('cancelled', 'The plugin has gone.')));
  try {
    if (shutdown.aborted) onShutdown();
    await stream.run();
    call.end();
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (!stream.opened && failure.code !== 'cancelled') onRefused(failure);
    endWithFailure(call, failure);
  } finally {
    ended.abort();
    shutdown.removeEventListener('abort', onShutdown);
  }
}

/** Says what is wrong as a message, for people, and as a status, for the library on the other side. */
function endWithFailure(call: RenderCall, failure: Failure): void {
  if (call.cancelled || call.destroyed) return;
  call.write(encodeResponse({ type: 'failure', failure }));
  call.emit('error', { code: statusOfFailure[failure.code].grpc, details: failure.message, metadata: new Metadata() });
}

class RenderStream {
  readonly #call: RenderCall;
  readonly #openSession: OpenSession;
  readonly #ended: AbortController;
  readonly #outbox: Outbox;
  readonly #watch: LinkWatch;
  readonly #decoder = new RequestDecoder();
  #opening = false;
  #session: Session | undefined;
  /** The plugin has said all it wants to say: what is sent at the end still reaches it. */
  readonly #leaving = new AbortController();
  #running: Promise<void> | undefined;
  /** Aborted once the session has ended by itself. */
  readonly #over = new AbortController();
  #remove: () => void = () => {};

  constructor(call: RenderCall, openSession: OpenSession, ended: AbortController) {
    this.#call = call;
    this.#openSession = openSession;
    this.#ended = ended;
    this.#outbox = new Outbox(call, ended.signal);
    this.#watch = new LinkWatch({
      lastSentMillis: () => this.#outbox.lastSentMillis,
      paused: () => call.isPaused(),
      sendHeartbeat: (heartbeat) => {
        if (!this.#outbox.blocked) void this.#send(heartbeat).catch(() => {});
      },
      onSilence: () => this.#fail(new Failure('unavailable', 'The plugin has been silent for too long.')),
    });
  }

  /** Whether there has been a session. */
  get opened(): boolean {
    return this.#session !== undefined;
  }

  /** Settles when the plugin ends the stream or is to open it anew; rejects with the failure that ends it. */
  async run(): Promise<void> {
    const unopened = setTimeout(
      () => this.#fail(new Failure('invalid', 'The stream was not opened in time.')),
      limits.openMillisMax,
    );
    try {
      const failed = new Promise<void>((_, reject) => {
        const { signal } = this.#ended;
        signal.addEventListener('abort', () => reject(signal.reason));
        if (signal.aborted) reject(signal.reason);
      });
      const finished = new Promise<void>((resolve) => this.#call.once('end', resolve));
      this.#call.on('data', (bytes: Uint8Array) => this.#receive(bytes, () => clearTimeout(unopened)));
      await Promise.race([failed, finished, aborted(this.#over.signal)]);
      this.#leaving.abort();
      await Promise.race([failed, this.#running]);
    } finally {
      clearTimeout(unopened);
      this.#watch.stop();
      this.#remove();
    }
  }

  #receive(bytes: Uint8Array, opened: () => void): void {
    if (this.#ended.signal.aborted) return;
    try {
      this.#watch.heard();
      const request = this.#decoder.decode(bytes);
      if (request.type === 'heartbeat') {
        const linkMillis = this.#watch.heardHeartbeat(request);
        if (this.#session !== undefined) this.#session.linkMillis = linkMillis;
      } else if (this.#session !== undefined) {
        this.#session.handle(request);
        if (this.#session.full) this.#call.pause();
      } else if (request.type === 'open' && !this.#opening) {
        this.#opening = true;
        opened();
        // Nothing more is read until the model is there: the rest waits in flow control.
        this.#call.pause();
        void this.#open(request).catch((thrown) => this.#fail(Failure.from(thrown)));
      } else {
        throw new Failure('invalid', 'The first request must be open.');
      }
    } catch (thrown) {
      this.#fail(Failure.from(thrown));
    }
  }

  async #open(open: OpenRequest): Promise<void> {
    const { session, remove } = await this.#openSession(open, {
      send: (response) => this.#send(response),
      onRoom: () => {
        if (this.#call.isPaused()) this.#call.resume();
      },
    });
    if (this.#ended.signal.aborted) {
      remove();
      return;
    }
    this.#session = session;
    this.#remove = remove;
    this.#running = session.run(AbortSignal.any([this.#ended.signal, this.#leaving.signal]));
    this.#call.resume();
    await this.#running;
    this.#over.abort();
  }

  #send(response: SessionResponse): Promise<void> {
    return this.#outbox.write(encodeResponse(response));
  }

  #fail(failure: Failure): void {
    this.#ended.abort(failure);
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
