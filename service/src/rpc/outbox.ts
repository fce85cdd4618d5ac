import type { ServerDuplexStream } from '@grpc/grpc-js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';

/** Writes to one stream, in order, never faster than the other side reads. */
export class Outbox {
  readonly #call: ServerDuplexStream<Uint8Array, Uint8Array>;
  readonly #signal: AbortSignal;
  #drained: Promise<void> | undefined;
  /** On the clock of performance.now(). */
  lastSentMillis = performance.now();

  constructor(call: ServerDuplexStream<Uint8Array, Uint8Array>, signal: AbortSignal) {
    this.#call = call;
    this.#signal = signal;
  }

  /** True while the other side has not read what was sent. */
  get blocked(): boolean {
    return this.#drained !== undefined;
  }

  /**
   * Writes one message and waits until there is room for the next.
   * @throws Failure `cancelled` when the stream ended; `unavailable` when nothing was read for too long.
   */
  async write(bytes: Uint8Array): Promise<void> {
    while (this.#drained !== undefined) await this.#drained;
    if (this.#signal.aborted) throw new Failure('cancelled', 'The stream has ended.');
    this.lastSentMillis = performance.now();
    if (this.#call.write(bytes)) return;
    this.#drained = this.#waitForDrain().finally(() => {
      this.#drained = undefined;
    });
    await this.#drained;
  }

  #waitForDrain(): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (how: () => void) => () => {
        clearTimeout(timer);
        this.#call.off('drain', drained);
        this.#signal.removeEventListener('abort', ended);
        how();
      };
      const drained = settle(resolve);
      const ended = settle(() => reject(new Failure('cancelled', 'The stream has ended.')));
      const late = settle(() => reject(new Failure('unavailable', 'The plugin does not read what it is sent.')));
      const timer = setTimeout(late, limits.silenceMillisMax);
      this.#call.once('drain', drained);
      this.#signal.addEventListener('abort', ended);
    });
  }
}
