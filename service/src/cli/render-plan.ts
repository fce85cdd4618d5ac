import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { experimentLane } from '../core/experiment.js';
import { Failure } from '../core/failure.js';
import type { LanePoint } from '../core/lane.js';
import { parseLaneCsv } from '../core/lane-csv.js';
import { limits } from '../core/limits.js';
import { textOf } from '../core/table-text.js';
import { experimentFolder, findExperiment } from './experiments.js';
import { refuseIdleGuide } from './idle-options.js';
import { checkOutput, checkRecordFolder, type OutputTarget } from './output-file.js';
import type { RenderOptions } from './program.js';

const defaultTake = 1;

/** What is to be rendered, with nothing left open: said by options, or by an experiment and the options beside it. */
export interface RenderPlan extends RenderOptions {
  readonly points: readonly LanePoint[];
  readonly seconds: number;
  readonly take: number;
  readonly guideAmount: number;
  readonly target: OutputTarget;
}

type Planned = Omit<RenderPlan, 'target'> & { readonly output: string };

/** @throws Failure `usage` where something needed is not said, a file cannot be read, or the output cannot be written */
export async function planRender(options: RenderOptions): Promise<RenderPlan> {
  const planned =
    options.experiment === undefined ? await planOfLane(options) : await planOfExperiment(options.experiment, options);
  const { lane, guide, prime, output } = planned;
  refuseIdleGuide(options, guide);
  const inputs = [lane, guide, prime].filter((path) => path !== undefined);
  if (options.record !== undefined) await checkRecordFolder(options.record);
  return { ...planned, target: await checkOutput(output, inputs) };
}

async function planOfLane(options: RenderOptions): Promise<Planned> {
  const { lane, seconds, output } = options;
  if (lane === undefined || seconds === undefined || output === undefined) {
    throw new Failure('usage', 'Give --lane, --seconds and --output, or an experiment such as --experiment S2.');
  }
  const points = parseLaneCsv(textOf(await readInput(lane, limits.laneFileBytesMax)), options.rate);
  const { take = defaultTake, guideAmount = 1 } = options;
  return { ...options, points, seconds, output, take, guideAmount };
}

/** What an option says wins over the experiment: another take of it, say. */
async function planOfExperiment(id: string, options: RenderOptions): Promise<Planned> {
  if (options.lane !== undefined) throw new Failure('usage', 'An experiment has its own lane: leave out --lane.');
  const experiment = await findExperiment(id);
  const { guide } = experiment;
  return {
    ...options,
    points: experimentLane(experiment, options.rate),
    seconds: options.seconds ?? experiment.seconds,
    take: options.take ?? experiment.take,
    model: options.model ?? experiment.model,
    output: options.output ?? `${experiment.id}.wav`,
    guideAmount: options.guideAmount ?? guide?.amount ?? 1,
    ...(options.guide === undefined && guide !== undefined
      ? { guide: join(experimentFolder(), guide.file), guideLoop: guide.loop }
      : {}),
  };
}

/** A file that a user named. @throws Failure `usage` where it cannot be read or is too large */
export async function readInput(path: string, bytesMax: number): Promise<Uint8Array> {
  try {
    const { size } = await stat(path);
    if (size > bytesMax) throw new Failure('usage', `${path} is larger than ${bytesMax} bytes.`);
    return await readFile(path);
  } catch (thrown) {
    if (thrown instanceof Failure) throw thrown;
    throw new Failure('usage', `${path} cannot be read.`, thrown);
  }
}
