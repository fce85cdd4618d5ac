import { Worker } from 'node:worker_threads';
import { Failure } from '../../core/failure.js';
import type { WorkerReply, WorkerRequest } from './messages.js';

/** One worker thread as the pool sees it: a request at a time. */
export class PoolWorker {
  readonly #thread: Worker;
  readonly #exited: Promise<void>;
  /** Keys of the engines it has loaded. */
  readonly loaded = new Set<string>();
  #waiting: { resolve: (reply: WorkerReply) => void; reject: (failure: Failure) => void } | undefined;
  #gone = false;

  constructor(script: URL) {
    // Its output would mix with `serve --json`; what matters comes back as a reply.
    this.#thread = new Worker(script, { stdout: true, stderr: false });
    this.#exited = new Promise((resolve) => this.#thread.once('exit', () => resolve()));
    this.#thread.on('message', (reply: WorkerReply) => this.#settle((waiting) => waiting.resolve(reply)));
    this.#thread.on('error', (cause) => this.#end(new Failure('internal', 'A worker thread failed.', cause)));
    this.#thread.on('exit', () => this.#end(new Failure('internal', 'A worker thread ended.')));
  }

  /** True once the thread has ended: it answers nothing any more. */
  get gone(): boolean {
    return this.#gone;
  }

  /** @throws Failure what the worker failed with. */
  async ask(request: WorkerRequest): Promise<Exclude<WorkerReply, { kind: 'failed' }>> {
    if (this.#waiting !== undefined || this.#gone)
      throw new Failure('internal', 'A worker thread was asked while it cannot answer.');
    const reply = await new Promise<WorkerReply>((resolve, reject) => {
      this.#waiting = { resolve, reject };
      this.#thread.postMessage(request);
    });
    if (reply.kind === 'failed') throw new Failure(reply.code, reply.message);
    return reply;
  }

  /** Asks it to end after what it is doing. Ending a thread inside a run from outside would abort the process. */
  async close(): Promise<void> {
    if (!this.#gone) this.#thread.postMessage({ kind: 'close' } satisfies WorkerRequest);
    await this.#exited;
  }

  #settle(how: (waiting: { resolve: (reply: WorkerReply) => void; reject: (failure: Failure) => void }) => void): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting !== undefined) how(waiting);
  }

  #end(failure: Failure): void {
    this.#gone = true;
    this.#settle((waiting) => waiting.reject(failure));
  }
}
