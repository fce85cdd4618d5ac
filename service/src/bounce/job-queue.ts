import { randomBytes } from 'node:crypto';
import { Failure } from '../core/failure.js';
import type { Job } from '../core/monitor.js';
import type { NewFile } from './new-file.js';

/** Jobs that may wait: more is a mistake, or somebody leaning on a button. */
const waitingMax = 64;
/** Jobs that have ended stay to be seen for an hour, and no more than so many. */
const shownMillis = 3_600_000;
const shownMax = 128;

/** What a job says of its progress while it runs. */
export interface JobReport {
  readonly signal: AbortSignal;
  /** Frames that are done of those wanted. */
  progress(doneFrames: number): void;
}

/** What came of a job. */
export interface JobResult {
  readonly file: (NewFile & { readonly folder: string }) | undefined;
  /** The id of a take. */
  readonly take: string | undefined;
}

export interface JobWork {
  readonly session: string;
  readonly kind: Job['kind'];
  readonly label: string;
  readonly totalFrames: number;
  run(report: JobReport): Promise<JobResult>;
}

interface Entry {
  shown: Job;
  readonly work: JobWork;
  readonly stop: AbortController;
  endedAtMillis: number | undefined;
  file: JobResult['file'];
}

/** What pages asked for, one after the other: a second bounce would only take time from the first. */
export class JobQueue {
  readonly #entries = new Map<string, Entry>();
  #running: Promise<void> | undefined;
  #version = 0;
  #closed = false;

  /** Rises with every change. */
  get version(): number {
    return this.#version;
  }

  /** All that run, wait, or ended not long ago, in the order they were asked for. */
  get all(): readonly Job[] {
    this.#forget();
    return [...this.#entries.values()].map(({ shown }) => shown);
  }

  /** Returns the job's id. @throws Failure `exhausted` */
  add(work: JobWork): string {
    const waiting = [...this.#entries.values()].filter(({ endedAtMillis }) => endedAtMillis === undefined).length;
    if (waiting >= waitingMax) {
      throw new Failure('exhausted', `${waitingMax} bounces are waiting: cancel some, or wait for them.`);
    }
    const id = randomBytes(8).toString('hex');
    const { session, kind, label, totalFrames } = work;
    const shown: Job = {
      ...{ id, session, kind, label, totalFrames },
      ...{ state: 'waiting', doneFrames: 0, message: '', file: null, take: null },
    };
    this.#entries.set(id, { shown, work, stop: new AbortController(), endedAtMillis: undefined, file: undefined });
    this.#version += 1;
    this.#running ??= this.#runAll();
    return id;
  }

  /** Ends a job that waits or runs; one that has ended stays as it is. @throws Failure `usage` */
  cancel(id: string): void {
    const entry = this.#find(id);
    if (entry.endedAtMillis !== undefined) return;
    entry.stop.abort(new Failure('cancelled', 'Cancelled.'));
    if (entry.shown.state === 'waiting') this.#end(entry, { state: 'cancelled' });
  }

  /** The finished file of a job. @throws Failure `usage` */
  file(id: string): NewFile & { readonly folder: string } {
    const { file } = this.#find(id);
    if (file === undefined) throw new Failure('usage', 'There is no file of this bounce.');
    return file;
  }

  /** As `file`, by what a request says; undefined: there is none. */
  fileNamed(id: string, name: string): NewFile | undefined {
    const file = this.#entries.get(id)?.file;
    return file?.name === name ? file : undefined;
  }

  /** An instance has gone: takes that were to be its own are given up; files are finished all the same. */
  closeSession(session: string): void {
    for (const [id, { shown }] of this.#entries) {
      if (shown.session === session && shown.kind !== 'bounce') this.cancel(id);
    }
  }

  /** Ends all jobs and waits until none runs. */
  async close(): Promise<void> {
    this.#closed = true;
    for (const id of this.#entries.keys()) this.cancel(id);
    await this.#running;
  }

  #find(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Failure('usage', 'This bounce is no longer known.');
    return entry;
  }

  async #runAll(): Promise<void> {
    for (;;) {
      const next = [...this.#entries.values()].find(({ shown }) => shown.state === 'waiting');
      if (next === undefined || this.#closed) break;
      await this.#run(next);
    }
    this.#running = undefined;
  }

  async #run(entry: Entry): Promise<void> {
    const { work, stop } = entry;
    this.#show(entry, { state: 'running' });
    try {
      const { file, take } = await work.run({
        signal: stop.signal,
        progress: (doneFrames) => this.#show(entry, { doneFrames }),
      });
      entry.file = file;
      this.#end(entry, {
        state: 'done',
        doneFrames: work.totalFrames,
        take: take ?? null,
        file: file === undefined ? null : { ...shownFile(entry.shown.id, file) },
      });
    } catch (thrown) {
      const failure = Failure.from(thrown);
      const isCancelled = stop.signal.aborted || failure.code === 'cancelled';
      this.#end(entry, isCancelled ? { state: 'cancelled' } : { state: 'failed', message: failure.message });
    }
  }

  #end(entry: Entry, changes: Partial<Job>): void {
    entry.endedAtMillis = performance.now();
    this.#show(entry, changes);
  }

  #show(entry: Entry, changes: Partial<Job>): void {
    entry.shown = { ...entry.shown, ...changes };
    this.#version += 1;
  }

  #forget(): void {
    const now = performance.now();
    const ended = [...this.#entries].filter(([, { endedAtMillis }]) => endedAtMillis !== undefined);
    for (const [index, [id, { endedAtMillis = now }]] of ended.entries()) {
      if (now - endedAtMillis > shownMillis || index < ended.length - shownMax) this.#entries.delete(id);
    }
  }
}

function shownFile(id: string, { name, folder, bytes }: NewFile & { folder: string }) {
  return { name, folder, bytes, url: `/jobs/${id}/${encodeURIComponent(name)}` };
}
