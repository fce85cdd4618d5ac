import { beginFlac } from '../bounce/flac-file.js';
import type { ByteSink, SoundFile } from '../bounce/sound-file.js';
import { packCondition } from '../core/condition.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { channelCountOf } from '../core/sound.js';
import { Clock } from '../core/units.js';
import { wavHeader } from '../core/wav.js';
import type { EngineName } from '../model/engine-name.js';
import { emphasisOf, labelsOf, soundOf } from '../model/manifest.js';
import type { EnginePool } from '../model/pool/engine-pool.js';
import type { VerifiedModel } from '../model/verified-model.js';
import { EpochRecord } from '../record/epoch-record.js';
import { RecordFolder } from '../record/record-folder.js';
import { Passage } from '../render/passage.js';
import { playable } from '../render/playable-model.js';
import { wholeRange } from '../render/whole-range.js';
import { MemoryStore } from '../store/memory-store.js';
import { TakeBook } from '../take/take-book.js';
import { type GuideFile, openGuideFile, readChannels } from './guide-file.js';
import { writeOutput } from './output-file.js';
import { type RenderPlan, readInput } from './render-plan.js';
import { conditionWished } from './wished-condition.js';

export interface RenderDependencies {
  readonly model: VerifiedModel;
  readonly engine: EngineName;
  readonly pool: EnginePool;
  readonly signal: AbortSignal;
  /** Shows a line of progress; undefined where nobody watches. */
  readonly showProgress: ((line: string) => void) | undefined;
  readonly warn: (line: string) => void;
  /** What a file says that it was made by. */
  readonly originator: string;
}

/** Renders a lane to a file, by the very passage that an offline epoch of a session is. Returns the real-time factor. */
export async function renderToFile(plan: RenderPlan, dependencies: RenderDependencies): Promise<number> {
  const { model, engine, pool, signal, showProgress } = dependencies;
  const clock = new Clock(plan.rate, model.manifest.sampleRateHz);
  const { points } = plan;
  const rootFrame = Math.round(plan.start * plan.rate);
  const endFrame = rootFrame + Math.round(plan.seconds * plan.rate);
  const guide = plan.guide === undefined ? undefined : await readGuide(plan.guide, plan, dependencies.warn);
  const condition = conditionWished(plan, labelsOf(model.manifest), model.manifest.name);
  let drawMillis = 0;
  const played = playable(model, engine);
  const packed = condition === undefined ? 0 : packCondition(condition, labelsOf(model.manifest));
  const primed = plan.prime === undefined ? undefined : await primedState(plan.prime, packed, dependencies);
  const passage = new Passage({
    model: primed === undefined ? played : { ...played, initialState: primed },
    clock,
    seed: plan.take,
    rootFrame,
    offline: true,
    startMode: 'exactly',
    resumes: false,
    takes: new TakeBook(),
    store: new MemoryStore(),
    draw: async (inputs) => {
      signal.throwIfAborted();
      const { drawn, runMillis } = await pool.draw(model, engine, inputs, 0, 'render');
      drawMillis += runMillis;
      return drawn;
    },
  });
  const record = startRecord(plan, passage, model, engine);
  record?.record.addPoints(points);
  const range = {
    points,
    fromFrame: rootFrame,
    endFrame,
    guideAmount: plan.guideAmount,
    ...(condition && { condition }),
    guide: (startFrame: number, frameCount: number) => {
      const mono = guide?.frames(startFrame - rootFrame, frameCount);
      record?.record.addGuide(startFrame, mono);
      return mono;
    },
  };

  await writeOutput(plan.target, async (sink) => {
    const file = await beginSound(plan, dependencies, endFrame - rootFrame, sink);
    try {
      for await (const values of wholeRange(passage, range)) {
        const steps = passage.takeFinal();
        if (steps !== undefined) record?.record.addSteps(steps);
        await file.write(values);
        showProgress?.(`${((passage.renderedFrame - rootFrame) / plan.rate).toFixed(1)} s of ${plan.seconds} s`);
      }
    } catch (thrown) {
      file.abandon();
      throw thrown;
    }
    await file.finish();
  });
  await record?.save();
  return drawMillis > 0 ? (plan.seconds * 1000) / drawMillis : 0;
}

async function beginSound(
  { target, rate, start, take }: RenderPlan,
  { model, engine, originator }: RenderDependencies,
  frameCount: number,
  sink: ByteSink,
): Promise<SoundFile> {
  const format = { sampleRateHz: rate, channelCount: channelCountOf(soundOf(model.manifest)), frameCount };
  if (target.format === 'wav') {
    await sink.append(wavHeader(format));
    return {
      write: (values) => sink.append(new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
      finish: () => Promise.resolve(),
      abandon: () => {},
    };
  }
  const info = {
    ...format,
    startFrame: Math.round(start * rate),
    track: '',
    title: `Take ${take}`,
    seed: take,
    model: model.manifest.name,
    modelDigest: model.digest,
    engine,
    tempoBpm: undefined,
    originator,
    madeAt: new Date(),
  };
  return beginFlac(info, sink);
}

/** The state after the end of a recording, which the take goes on from. */
async function primedState(
  path: string,
  condition: number,
  { model, engine, pool, warn }: RenderDependencies,
): Promise<Float32Array> {
  const bytes = await readInput(path, limits.guideFileBytesMax);
  const { sampleRateHz } = model.manifest;
  const channels = await readChannels(path, bytes, sampleRateHz, channelCountOf(soundOf(model.manifest)), warn);
  return pool.prime(model, engine, { channels, condition }, 'render');
}

function startRecord(options: RenderPlan, passage: Passage, model: VerifiedModel, engine: EngineName) {
  if (options.record === undefined) return undefined;
  const header = {
    sessionId: `render-${process.pid}`,
    epoch: 1,
    model: model.manifest.name,
    digest: model.digest,
    engine,
    seed: options.take,
    rootFrame: Math.round(options.start * options.rate),
    rootStep: passage.rootStep,
    sampleRateHz: options.rate,
    modelRateHz: model.manifest.sampleRateHz,
    offline: true,
    filterDelaySteps: passage.filterDelaySteps,
    emphasis: emphasisOf(model.manifest),
    sound: soundOf(model.manifest),
  };
  const record = new EpochRecord(header);
  let fault: string | undefined;
  const folder = new RecordFolder(options.record, (line) => {
    fault = line;
  });
  return {
    record,
    async save() {
      folder.save(header, record);
      await folder.settled();
      if (fault !== undefined) throw new Failure('exhausted', `${fault} The sound is in ${options.target.name}.`);
    },
  };
}

async function readGuide(
  path: string,
  { rate, guideLoop }: RenderPlan,
  warn: (line: string) => void,
): Promise<GuideFile> {
  return openGuideFile(path, await readInput(path, limits.guideFileBytesMax), rate, guideLoop, warn);
}
