import { Failure } from '../core/failure.js';
import type { BounceInfo } from './bounce-info.js';
import { beginFlac } from './flac-file.js';
import type { JobReport } from './job-queue.js';
import { makeFile, type NewFile } from './new-file.js';
import { beginWav } from './wav-file.js';

const begin = { wav: beginWav, flac: beginFlac } as const;

export type BounceFormat = keyof typeof begin;

/** Makes a file of `frames`, which are `info.frameCount` in all. @throws Failure */
export function bounceToFile(
  target: { readonly folder: string; readonly stem: string; readonly format: BounceFormat },
  info: BounceInfo,
  frames: AsyncGenerator<Float32Array>,
  report: JobReport,
): Promise<NewFile> {
  const { folder, stem, format } = target;
  return makeFile(folder, stem, format, async (sink) => {
    const file = await begin[format](info, sink);
    try {
      const done = await readAll(frames, info.channelCount, report, (values) => file.write(values));
      if (done !== info.frameCount) throw new Failure('internal', `${done} of ${info.frameCount} frames came.`);
    } catch (thrown) {
      file.abandon();
      throw thrown;
    }
    await file.finish();
  });
}

/** Reads all frames, channels interleaved, passes each piece on, and says how many they were. @throws the reason of an abort */
export async function readAll(
  frames: AsyncGenerator<Float32Array>,
  channelCount: number,
  { signal, progress }: JobReport,
  use: (values: Float32Array) => Promise<void> = () => Promise.resolve(),
): Promise<number> {
  let done = 0;
  for await (const values of frames) {
    signal.throwIfAborted();
    await use(values);
    done += values.length / channelCount;
    progress(done);
    // Pieces that come from the store come at once: others have their turn.
    await new Promise((resolve) => setImmediate(resolve));
  }
  return done;
}
