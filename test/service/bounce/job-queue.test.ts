import { describe, expect, it, vi } from 'vitest';
import { JobQueue, type JobReport, type JobResult } from '../../../service/src/bounce/job-queue.js';
import { Failure } from '../../../service/src/core/failure.js';
import { jobSchema } from '../../../service/src/core/monitor.js';

const nothing: JobResult = { file: undefined, take: undefined };
const job = (run: (report: JobReport) => Promise<JobResult>, kind: 'bounce' | 'take' = 'bounce', session = 's1') => ({
  ...{ session, kind, label: 'x', totalFrames: 100, run },
});
/** Runs until it is told to stop. */
const endless = ({ signal }: JobReport) =>
  new Promise<JobResult>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
const states = (jobs: JobQueue) => jobs.all.map(({ state }) => state);

describe('what pages asked for', () => {
  it('is done one after the other, with its progress, and stays to be seen', async () => {
    const jobs = new JobQueue();
    const order: string[] = [];
    const file = { name: 'x.wav', folder: '/f', path: '/f/x.wav', bytes: 9 };
    const first = jobs.add(
      job(async ({ progress }) => {
        order.push('first');
        progress(40);
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push('first over');
        return { ...nothing, file };
      }),
    );
    jobs.add(
      job(async () => {
        order.push('second');
        return { ...nothing, take: 'ab' };
      }),
    );
    await vi.waitFor(() => expect(jobs.all[0]).toMatchObject({ state: 'running', doneFrames: 40 }));
    expect(states(jobs)).toEqual(['running', 'waiting']);
    await vi.waitFor(() => expect(states(jobs)).toEqual(['done', 'done']));
    expect(order).toEqual(['first', 'first over', 'second']);
    expect(jobs.all.map((one) => jobSchema.parse(one))).toEqual(jobs.all);
    expect(jobs.all[0]).toMatchObject({ doneFrames: 100, file: { name: 'x.wav', url: `/jobs/${first}/x.wav` } });
    expect(jobs.all[1]?.take).toBe('ab');
    expect(jobs.fileNamed(first, 'x.wav')?.path).toBe('/f/x.wav');
    expect(jobs.fileNamed(first, '../x.wav')).toBeUndefined();
    expect(jobs.file(first).path).toBe('/f/x.wav');
  });

  it('can be cancelled while it waits and while it runs; what has failed says why', async () => {
    const jobs = new JobQueue();
    const [running, waiting] = [jobs.add(job(endless)), jobs.add(job(endless))];
    jobs.add(job(() => Promise.reject(new Failure('exhausted', 'The disk is full.'))));
    await vi.waitFor(() => expect(states(jobs)).toEqual(['running', 'waiting', 'waiting']));
    jobs.cancel(waiting);
    expect(states(jobs)[1]).toBe('cancelled');
    jobs.cancel(running);
    await vi.waitFor(() => expect(states(jobs)).toEqual(['cancelled', 'cancelled', 'failed']));
    expect(jobs.all[2]?.message).toBe('The disk is full.');
    jobs.cancel(running);
    expect(() => jobs.cancel('nobody')).toThrow(/no longer known/);
    expect(() => jobs.file(running)).toThrow(/no file/);
  });

  it('goes on without its instance where it is a file, and not where it was to be a take', async () => {
    const jobs = new JobQueue();
    let release = () => {};
    jobs.add(job(() => new Promise((resolve) => (release = () => resolve(nothing)))));
    jobs.add(job(endless, 'take'));
    await vi.waitFor(() => expect(states(jobs)).toEqual(['running', 'waiting']));
    jobs.closeSession('s1');
    expect(states(jobs)).toEqual(['running', 'cancelled']);
    release();
    await vi.waitFor(() => expect(states(jobs)).toEqual(['done', 'cancelled']));
  });

  it('is bounded, and ends with the service', async () => {
    const jobs = new JobQueue();
    for (let count = 0; count < 64; count += 1) jobs.add(job(endless));
    expect(() => jobs.add(job(endless))).toThrow(/waiting/);
    await jobs.close();
    expect(new Set(states(jobs))).toEqual(new Set(['cancelled']));
  });
});
