import { Failure } from '../core/failure.js';
import type { DrawInputs, DrawnBlocks } from './engine.js';
import { PoolWorker } from './pool-worker.js';
import type { ProviderWish } from './provider-wish.js';
import type { VerifiedModel } from './verified-model.js';

/** Blocks that were drawn, and the milliseconds of a worker that this took. */
export interface PoolDraw {
  readonly drawn: DrawnBlocks;
  readonly runMillis: number;
}

interface Job {
  readonly model: VerifiedModel;
  readonly inputs: DrawInputs;
  /** On the clock of performance.now(). The job with the earliest goes first. */
  readonly deadlineMillis: number;
  readonly resolve: (draw: PoolDraw) => void;
  readonly reject: (failure: Failure) => void;
}

export interface EnginePoolOptions {
  readonly workerCount: number;
  readonly wish: ProviderWish;
  /** The built engine-worker.js. */
  readonly workerScript: URL;
  /** Told once per model, why a backend was chosen. */
  readonly onLoaded?: (model: VerifiedModel, reason: string) => void;
}

/**
 * The worker threads that all sessions share. Every session has at most one job here, a job is a few blocks long, and
 * the earliest deadline goes first: so a bounce takes what playback leaves, and none of several starves.
 */
export class EnginePool {
  readonly #options: EnginePoolOptions;
  #workers: PoolWorker[] = [];
  /** Workers that have a job, including the moments between its messages. */
  readonly #taken = new Set<PoolWorker>();
  readonly #jobs: Job[] = [];
  readonly #told = new Set<string>();
  #closed = false;

  constructor(options: EnginePoolOptions) {
    this.#options = options;
  }

  /** Loads the model in one worker, so that a graph that breaks its contract is known before a session starts. */
  async prepare(model: VerifiedModel): Promise<void> {
    const { stateFloats, blockSteps } = model.manifest;
    const steps = (value: number) => new Float32Array(blockSteps).fill(value);
    const { drawn } = await this.draw(
      model,
      {
        state: model.initialState,
        temperature: steps(1),
        uniform: steps(0.5),
        guideStrength: steps(0),
        guideBin: steps(128),
      },
      0,
    );
    if (drawn.states.length !== stateFloats) throw new Failure('internal', 'A worker gave a state of another length.');
  }

  /** Draws blocks on the first worker that is free. Inputs are not changed. */
  draw(model: VerifiedModel, inputs: DrawInputs, deadlineMillis: number): Promise<PoolDraw> {
    if (this.#closed) return Promise.reject(new Failure('unavailable', 'The service is shutting down.'));
    return new Promise((resolve, reject) => {
      this.#jobs.push({ model, inputs, deadlineMillis, resolve, reject });
      this.#dispatch();
    });
  }

  /** Lets running draws finish, drops waiting ones, and ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    const unavailable = new Failure('unavailable', 'The service is shutting down.');
    for (const job of this.#jobs.splice(0)) job.reject(unavailable);
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #dispatch(): void {
    while (this.#jobs.length > 0) {
      const worker = this.#freeWorker();
      if (worker === undefined) return;
      const job = this.#takeEarliest();
      if (job === undefined) return;
      this.#taken.add(worker);
      void this.#run(worker, job).finally(() => {
        this.#taken.delete(worker);
        this.#dispatch();
      });
    }
  }

  /** Jobs are as few as sessions, so a scan is enough. Equal deadlines keep their order. */
  #takeEarliest(): Job | undefined {
    let earliest = 0;
    for (const [index, job] of this.#jobs.entries()) {
      if (job.deadlineMillis < (this.#jobs[earliest]?.deadlineMillis ?? 0)) earliest = index;
    }
    return this.#jobs.splice(earliest, 1)[0];
  }

  #freeWorker(): PoolWorker | undefined {
    this.#workers = this.#workers.filter((worker) => !worker.gone);
    const free = this.#workers.find((worker) => !this.#taken.has(worker));
    if (free !== undefined || this.#workers.length >= this.#options.workerCount) return free;
    const started = new PoolWorker(this.#options.workerScript);
    this.#workers.push(started);
    return started;
  }

  async #run(worker: PoolWorker, job: Job): Promise<void> {
    const { model, inputs } = job;
    try {
      if (!worker.loaded.has(model.digest)) await this.#load(worker, model);
      const reply = await worker.ask({ kind: 'draw', digest: model.digest, inputs });
      if (reply.kind !== 'drawn') throw new Failure('internal', 'A worker gave the wrong kind of reply.');
      job.resolve(reply);
    } catch (thrown) {
      job.reject(Failure.from(thrown));
    }
  }

  async #load(worker: PoolWorker, model: VerifiedModel): Promise<void> {
    const { blockSteps, stateFloats } = model.manifest;
    const reply = await worker.ask({
      kind: 'load',
      digest: model.digest,
      shape: { blockSteps, stateFloats },
      initialState: model.initialState,
      ...(model.graph.kind === 'onnx' ? { graph: model.graph.bytes } : {}),
      wish: this.#options.wish,
    });
    worker.loaded.add(model.digest);
    if (reply.kind !== 'loaded' || this.#told.has(model.digest)) return;
    this.#told.add(model.digest);
    this.#options.onLoaded?.(model, reply.reason);
  }
}
