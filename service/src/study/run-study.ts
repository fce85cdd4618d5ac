import { Failure } from '../core/failure.js';
import type { LanePoint } from '../core/lane.js';
import { channelCountOf } from '../core/sound.js';
import { Clock } from '../core/units.js';
import { mixToMono, wavHeader } from '../core/wav.js';
import type { EnginePool } from '../model/pool/engine-pool.js';
import { Passage } from '../render/passage.js';
import { playable } from '../render/playable-model.js';
import { wholeRange } from '../render/whole-range.js';
import { MemoryStore } from '../store/memory-store.js';
import { TakeBook } from '../take/take-book.js';
import { EntropySum, measure } from './measures.js';
import type { StudyPlan, StudyTake } from './plan.js';
import type { MelFrames } from './spectrum.js';
import type { FinishedTake, StudyFolder } from './study-folder.js';

export interface StudyProgress {
  readonly done: number;
  readonly total: number;
  /** Rendered now, not found from before. */
  readonly rendered: number;
  readonly file: string;
  readonly secondsSpent: number;
}

export interface RunStudyOptions {
  readonly plan: StudyPlan;
  readonly takes: readonly StudyTake[];
  readonly folder: StudyFolder;
  readonly pool: Pick<EnginePool, 'draw'>;
  /** How many takes are rendered at once. */
  readonly together: number;
  readonly signal: AbortSignal;
  readonly onTake: (progress: StudyProgress) => void;
}

/** What became of a take. */
export interface StudyResult {
  readonly take: StudyTake;
  readonly outcome: FinishedTake | Failure;
}

/** Columns of the spectrograms that are shown. */
const pictureColumns = 240;

/**
 * Renders what is missing of a study, several takes at once. A take that fails does not lose the others; it is tried again when the study
 * is.
 * @throws Failure `cancelled` when the signal says so, and what a folder that cannot be written throws
 */
export async function runStudy(options: RunStudyOptions): Promise<StudyResult[]> {
  const { takes, folder, together, signal, onTake } = options;
  const started = performance.now();
  const results: StudyResult[] = [];
  const waiting = takes.map((take, place) => ({ take, place }));
  let rendered = 0;
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      signal.throwIfAborted();
      const { take, place } = next;
      let outcome: FinishedTake | Failure | undefined = await folder.finished(take.file);
      if (outcome === undefined) {
        const made = await render(take, options).catch((thrown: unknown) => Failure.from(thrown));
        if (made instanceof Failure) {
          if (made.code === 'cancelled') throw made;
          outcome = made;
        } else {
          await folder.finish(take.file, made.bytes, made.finished);
          outcome = made.finished;
          rendered += 1;
        }
      }
      results[place] = { take, outcome };
      const done = results.filter((result) => result !== undefined).length;
      onTake({
        done,
        total: takes.length,
        rendered,
        file: take.file,
        secondsSpent: (performance.now() - started) / 1000,
      });
    }
  };
  const workers = Array.from({ length: Math.min(together, takes.length) }, work);
  const ends = await Promise.allSettled(workers);
  const failed = ends.find((end) => end.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results;
}

/** One take, by the very passage that `simmer render` is. */
async function render(take: StudyTake, { plan, pool, signal }: RunStudyOptions) {
  const { model, engine, temperature, takeSeed, condition } = take;
  const { sampleRateHz, seconds } = plan;
  const frameCount = Math.round(seconds * sampleRateHz);
  const played = playable(model, engine);
  const channelCount = channelCountOf(played.reference.sound);
  const passage = new Passage({
    model: played,
    clock: new Clock(sampleRateHz, model.manifest.sampleRateHz),
    seed: takeSeed,
    rootFrame: 0,
    offline: true,
    startMode: 'exactly',
    resumes: false,
    takes: new TakeBook(),
    store: new MemoryStore(),
    draw: async (inputs) => {
      signal.throwIfAborted();
      return (await pool.draw(model, engine, inputs, 0, take.file)).drawn;
    },
  });
  const points: LanePoint[] = [{ frame: 0, value: temperature, interpolation: 'hold' }];
  const values = new Float32Array(channelCount * frameCount);
  const entropy = new EntropySum();
  let at = 0;
  const range = {
    points,
    fromFrame: 0,
    endFrame: frameCount,
    guideAmount: 0,
    guide: () => undefined,
    ...(condition && { condition: condition.condition }),
  };
  for await (const part of wholeRange(passage, range)) {
    values.set(part, at);
    at += part.length;
    const steps = passage.takeFinal();
    if (steps !== undefined) entropy.add(steps.entropy);
  }
  const { measures, frames } = measure(mixToMono(values, channelCount), sampleRateHz, entropy);
  const audio = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const bytes = Buffer.concat([wavHeader({ sampleRateHz, channelCount, frameCount }), audio]);
  return { bytes, finished: { measures, picture: pictureOf(frames) } };
}

/** The loudest of what falls into a column, from 0 (the floor) to 255 (80 dB above it). */
function pictureOf({ bands, count, values }: MelFrames): FinishedTake['picture'] {
  const columns = Math.min(pictureColumns, Math.max(1, count));
  const points = new Uint8Array(bands * columns);
  for (let frame = 0; frame < count; frame += 1) {
    const column = Math.min(columns - 1, Math.floor((frame * columns) / count));
    for (let band = 0; band < bands; band += 1) {
      const shown = Math.min(255, Math.round(((values[frame * bands + band] ?? 0) * 255) / 100));
      const place = band * columns + column;
      points[place] = Math.max(points[place] ?? 0, shown);
    }
  }
  return { bands, columns, base64: Buffer.from(points).toString('base64') };
}
