import { Failure } from '../../core/failure.js';
import type { DrawInputs, DrawnBlocks } from '../engine.js';
import { type EngineName, guardedOf, kernelInt8, limitOf, tailFloorOf } from '../engine-name.js';
import type { PackedKernel } from '../kernel/packing.js';
import { responseOf } from '../manifest.js';
import type { ProviderWish } from '../provider-wish.js';
import type { VerifiedModel } from '../verified-model.js';
import type { EngineSource } from './messages.js';
import { PoolWorker } from './worker.js';

/** Blocks that were drawn, and the milliseconds of a worker that this took: of several voices together, one's share. */
export interface PoolDraw {
  readonly drawn: DrawnBlocks;
  readonly runMillis: number;
}

/** Voices whose worker is remembered. */
const homesMax = 256;

/** What a take is to go on from: audio at the model's rate, and the packed condition that holds then. */
export interface Primer {
  /** One or two of equal length. A stereo model hears mono in both; a mono model takes one. */
  readonly channels: readonly Float32Array[];
  readonly condition: number;
}

interface Job {
  readonly model: VerifiedModel;
  /** In place of draws. */
  readonly primer?: Primer;
  readonly engine: EngineName;
  readonly inputs: DrawInputs;
  /** Who draws, where that matters: the worker that drew a voice last has what its model remembers of it; '': anybody. */
  readonly voice: string;
  /** On the clock of performance.now(). The job with the earliest goes first. */
  readonly deadlineMillis: number;
  readonly resolve: (draw: PoolDraw) => void;
  readonly reject: (failure: Failure) => void;
}

export interface EnginePoolOptions {
  readonly workerCount: number;
  readonly wish: ProviderWish;
  /** The built worker-thread.js. */
  readonly workerScript: URL;
  /** Called once per model and engine with the reason why a backend was chosen. */
  readonly onLoaded?: (model: VerifiedModel, engine: EngineName, reason: string) => void;
}

/**
 * The worker threads that all sessions share. Every session has at most one job here, a job is a few blocks long, and
 * the earliest deadline goes first: so a bounce takes what playback leaves, and none of several starves. Where several are
 * late for the same engine, and it gains by that, one worker draws them together; no job ever waits for others.
 */
export class EnginePool {
  readonly #options: EnginePoolOptions;
  #workers: PoolWorker[] = [];
  /** Workers that have a job, including the moments between its messages. */
  readonly #taken = new Set<PoolWorker>();
  readonly #jobs: Job[] = [];
  /** The workers that drew voices last, the one used last at the end. */
  readonly #homes = new Map<string, PoolWorker>();
  /** Of every model and engine that was loaded somewhere, how many voices it gains by drawing together. */
  readonly #voicesTogetherMax = new Map<string, number>();
  /** Weights of the kernel as the first worker packed them, for the others. */
  readonly #packed = new Map<string, PackedKernel>();
  #closed = false;

  constructor(options: EnginePoolOptions) {
    this.#options = options;
  }

  /** Loads the model in one worker, so that one that breaks its contract is known before a session starts. */
  async prepare(model: VerifiedModel, engine: EngineName): Promise<void> {
    const { stateFloats, blockSteps } = model.manifest;
    const steps = (value: number) => new Float32Array(blockSteps).fill(value);
    const { drawn } = await this.draw(
      model,
      engine,
      {
        state: model.initialState,
        temperature: steps(1),
        uniform: steps(0.5),
        codeUniform: steps(0.5),
        guideStrength: steps(0),
        guideBin: steps(128),
      },
      0,
    );
    if (drawn.states.length !== stateFloats) throw new Failure('internal', 'A worker gave a state of another length.');
  }

  /**
   * Draws blocks on the first worker that is free; what a model of codes remembers of a `voice` lies in one worker, so that its draws
   * wait for that one. Inputs are not changed.
   */
  draw(
    model: VerifiedModel,
    engine: EngineName,
    inputs: DrawInputs,
    deadlineMillis: number,
    voice = '',
  ): Promise<PoolDraw> {
    if (this.#closed) return Promise.reject(new Failure('unavailable', 'The service is shutting down.'));
    return new Promise((resolve, reject) => {
      const isBound = model.graph.kind === 'codes';
      this.#jobs.push({ model, engine, inputs, voice: isBound ? voice : '', deadlineMillis, resolve, reject });
      this.#dispatch();
    });
  }

  /**
   * The state that a take goes on from after given audio.
   * @throws Failure `usage` for a model without an encoder, or too little audio
   */
  prime(model: VerifiedModel, engine: EngineName, primer: Primer, voice: string): Promise<Float32Array> {
    return new Promise<PoolDraw>((resolve, reject) => {
      const none = new Float32Array(0);
      const inputs = { state: none, temperature: none, uniform: none, guideStrength: none, guideBin: none };
      const voiceOf = model.graph.kind === 'codes' ? voice : '';
      this.#jobs.push({ model, engine, primer, inputs, voice: voiceOf, deadlineMillis: 0, resolve, reject });
      this.#dispatch();
    }).then(({ drawn }) => drawn.states);
  }

  /** Lets running draws finish, drops waiting ones, and ends the threads. */
  async close(): Promise<void> {
    this.#closed = true;
    const unavailable = new Failure('unavailable', 'The service is shutting down.');
    for (const job of this.#jobs.splice(0)) job.reject(unavailable);
    await Promise.all(this.#workers.map((worker) => worker.close()));
  }

  #dispatch(): void {
    this.#jobs.sort((a, b) => a.deadlineMillis - b.deadlineMillis);
    for (let next = this.#nextRun(); next !== undefined; next = this.#nextRun()) {
      const { worker, jobs } = next;
      this.#taken.add(worker);
      void this.#run(worker, jobs).finally(() => {
        this.#taken.delete(worker);
        this.#dispatch();
      });
    }
  }

  /** The first job, by deadline, that has a worker to run on; jobs of a voice whose worker is busy are passed over. */
  #nextRun(): { worker: PoolWorker; jobs: Job[] } | undefined {
    for (const [index, job] of this.#jobs.entries()) {
      const home = this.#homeOf(job);
      if (home !== undefined && this.#taken.has(home)) continue;
      const worker = home ?? this.#freeWorker();
      if (worker === undefined) return undefined;
      if (job.voice === '') return { worker, jobs: this.#takeFrom(index) };
      this.#homes.delete(job.voice);
      this.#homes.set(job.voice, worker);
      const [oldest] = this.#homes.keys();
      if (this.#homes.size > homesMax && oldest !== undefined) this.#homes.delete(oldest);
      return { worker, jobs: this.#jobs.splice(index, 1) };
    }
    return undefined;
  }

  #homeOf({ voice }: Job): PoolWorker | undefined {
    const home = this.#homes.get(voice);
    return home?.gone === true ? undefined : home;
  }

  /**
   * The job at `index`; if its deadline is past, also those next in order that are late too and can be drawn together
   * with it, as far as the engine gains by it and no more than this worker's share of what waits. Drawn together they are
   * done at the same time, the first later than alone: so what is still in time is drawn alone, and what the machine can do
   * in all counts only where it does not keep up. The first that cannot be drawn with it ends them: nothing is overtaken.
   * Jobs are as few as sessions, so sorting them is cheap; equal deadlines keep their order.
   */
  #takeFrom(index: number): Job[] {
    const first = this.#jobs[index];
    if (first === undefined) return [];
    const now = performance.now();
    const share = Math.ceil((this.#jobs.length - index) / this.#options.workerCount);
    const most = Math.min(share, this.#voicesTogetherMax.get(keyOf(first)) ?? 1);
    const after = this.#jobs.slice(index + 1, index + most);
    const other = after.findIndex((job) => !areAlike(job, first) || job.deadlineMillis > now);
    return this.#jobs.splice(index, other === -1 ? most : other + 1);
  }

  #freeWorker(): PoolWorker | undefined {
    this.#workers = this.#workers.filter((worker) => !worker.gone);
    const free = this.#workers.find((worker) => !this.#taken.has(worker));
    if (free !== undefined || this.#workers.length >= this.#options.workerCount) return free;
    const started = new PoolWorker(this.#options.workerScript);
    this.#workers.push(started);
    return started;
  }

  async #run(worker: PoolWorker, jobs: readonly Job[]): Promise<void> {
    const [first] = jobs;
    if (first === undefined) return;
    const key = keyOf(first);
    try {
      if (!worker.loaded.has(key)) await this.#load(worker, first);
      if (first.primer !== undefined) return await this.#prime(worker, key, first, first.primer);
      const reply = await worker.ask({ kind: 'draw', key, voices: jobs.map(({ inputs }) => inputs) });
      if (reply.kind !== 'drawn') throw new Failure('internal', 'A worker gave the wrong kind of reply.');
      const runMillis = reply.runMillis / jobs.length;
      for (const [index, job] of jobs.entries()) {
        const drawn = reply.drawn[index];
        if (drawn === undefined)
          job.reject(new Failure('internal', 'A worker drew fewer voices than it was asked for.'));
        else job.resolve({ drawn, runMillis });
      }
    } catch (thrown) {
      if (jobs.length === 1 || worker.gone) for (const job of jobs) job.reject(Failure.from(thrown));
      // One voice may have failed the others: nothing that plays beside a take may change it.
      else for (const job of jobs) await this.#run(worker, [job]);
    }
  }

  async #prime(worker: PoolWorker, key: string, job: Job, { channels, condition }: Primer): Promise<void> {
    const reply = await worker.ask({ kind: 'prime', key, channels, condition });
    if (reply.kind !== 'primed') throw new Failure('internal', 'A worker gave the wrong kind of reply.');
    const drawn = { sound: new Int16Array(0), entropy: new Float32Array(0), states: reply.state };
    job.resolve({ drawn, runMillis: 0 });
  }

  async #load(worker: PoolWorker, { model, engine }: Job): Promise<void> {
    const { blockSteps, stateFloats } = model.manifest;
    const key = keyOf({ model, engine });
    const source = engineSource(model, engine, this.#options.wish, this.#packed.get(key));
    const reply = await worker.ask({ kind: 'load', key, shape: { blockSteps, stateFloats }, source });
    worker.loaded.add(key);
    if (reply.kind === 'loaded' && reply.packed !== undefined) this.#packed.set(key, reply.packed);
    if (reply.kind !== 'loaded' || this.#voicesTogetherMax.has(key)) return;
    this.#voicesTogetherMax.set(key, reply.voicesTogetherMax);
    this.#options.onLoaded?.(model, engine, reply.reason);
  }
}

/** What a worker knows an engine of a model by. */
function keyOf({ model, engine }: Pick<Job, 'model' | 'engine'>): string {
  return `${model.digest} ${engine}`;
}

/** True for jobs that one call can draw. */
function areAlike(a: Job, b: Job): boolean {
  if (a.primer !== undefined || b.primer !== undefined) return false;
  return keyOf(a) === keyOf(b) && a.inputs.temperature.length === b.inputs.temperature.length;
}

/** @throws Failure `model-damaged` when the model has no weights for this engine */
function engineSource(
  { manifest, graph, kernel, initialState, rows }: VerifiedModel,
  engine: EngineName,
  wish: ProviderWish,
  packed: PackedKernel | undefined,
): EngineSource {
  if (graph.kind === 'tiny') return { kind: 'tiny' };
  const tailFloor = tailFloorOf(engine, manifest);
  if (graph.kind === 'codes') {
    return { kind: 'codes', manifest: graph.manifest, files: graph.files, wish, tailFloor, limit: limitOf(engine) };
  }
  const which = guardedOf(engine);
  const response = responseOf(manifest);
  if (which === 'onnx') return { kind: 'onnx', graph: graph.bytes, initialState, wish, tailFloor, response, rows };
  const weights = which === kernelInt8 ? kernel?.int8 : kernel?.float32;
  if (weights === undefined) throw new Failure('model-damaged', `${manifest.name} has no weights for ${engine}.`);
  // Its graph is not needed.
  const ofRows = rows && { rows: rows.rows, guide: rows.guide, response: rows.response };
  return { kind: 'kernel', name: engine, weights, packed, tailFloor, response, rows: ofRows };
}
