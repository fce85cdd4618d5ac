import { writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Failure } from '../../core/failure.js';
import { uniformOfStep } from '../../core/philox.js';
import { kernelInt8 } from '../../model/engine-name.js';
import type { ModelLibrary } from '../../model/model-library.js';
import type { EnginePool } from '../../model/pool/engine-pool.js';
import { readModel, type VerifiedModel } from '../../model/verified-model.js';
import type { TrainOptions } from '../program.js';
import { audioFiles } from './audio-files.js';
import { installModel } from './install-model.js';
import type { EventOf } from './training-events.js';
import { runTrainingProcess } from './training-process.js';
import { duration, type Terminal, TrainingView } from './training-view.js';

export interface TrainDependencies {
  readonly library: ModelLibrary;
  /** Folders that are searched for models: one that --out names may not be among them. */
  readonly searched: readonly string[];
  readonly modelsFolder: string;
  /** Holds a folder for each model in training. */
  readonly projectsFolder: string;
  readonly trainingFolder: string;
  readonly ensurePython: () => Promise<string>;
  readonly openPool: () => EnginePool;
  readonly tryModel: (model: VerifiedModel) => Promise<void>;
  readonly signal: AbortSignal;
  readonly terminal: Terminal;
  readonly print: (line: string) => void;
}

/** Seconds of audio that a new model draws in the kernel before it is put where models are. */
const trialSeconds = 2;

/**
 * Makes a model of somebody's own song, or goes on with it.
 * @throws Failure `usage`, `invalid` for arguments and audio; `exhausted` where there is no room; `cancelled` where it was
 * interrupted, with everything saved
 */
export async function train(options: TrainOptions, dependencies: TrainDependencies): Promise<void> {
  const { terminal, signal, print, trainingFolder, projectsFolder } = dependencies;
  const { name } = options;
  const view = new TrainingView(terminal);
  const modelsFolder = options.out === undefined ? dependencies.modelsFolder : resolve(options.out);
  if (!options.check) await checkName(name, join(modelsFolder, name), dependencies.library);
  const audio = await audioFiles(options.audio);
  const python = await dependencies.ensurePython();
  const ended = await runTrainingProcess({
    python,
    trainingFolder,
    signal,
    args: trainingArgs({ ...options, audio }, join(projectsFolder, name)),
    onEvent: (event) => view.show(event),
  });
  if (ended === undefined) {
    if (!options.check) throw new Failure('internal', 'The training ended without a model.');
    return;
  }
  if (ended.event === 'interrupted') {
    const done = `${(100 * ended.share).toFixed(1)} %, after ${duration(ended.hours * 3600)}`;
    view.say(`Stopped and saved at ${done}. Run the same command again to continue.`);
    throw new Failure('cancelled', 'Interrupted.');
  }
  view.say('Trying the model in the kernel …');
  const factor = await tryInKernel(await readModel(ended.folder), dependencies);
  const folder = await installModel(ended.folder, modelsFolder, name);
  const lane = join(dirname(ended.report), 'lane.csv');
  await writeFile(lane, laneText(ended));
  const [low, high] = ended.useful;
  view.say(`${name} is useful from ${low} to ${high}, best near ${ended.default}: ${ended.whyLow}; ${ended.whyHigh}.`);
  for (const sentence of ended.advice) view.say(`! ${sentence}`);
  view.say(`It plays ${factor.toFixed(1)} times as fast as real time on one core.`);
  const found = dependencies.searched.map((path) => resolve(path)).includes(resolve(modelsFolder));
  const where = found ? '' : ` --models ${quoted(modelsFolder)}`;
  print(`model   ${folder}`);
  print(`report  ${ended.report}`);
  print(`next    npx simmer render --model ${name}${where} --lane ${quoted(lane)} --seconds 30 -o ${name}.wav`);
}

/** A model of this name elsewhere would be found in its place, or hide it. */
async function checkName(name: string, folder: string, library: ModelLibrary): Promise<void> {
  const { found } = await library.list();
  const other = found.find((model) => model.manifest.name === name && model.folder !== folder);
  if (other === undefined) return;
  const where = other.folder === undefined ? 'built in' : `in ${other.folder}`;
  throw new Failure('usage', `A model named ${name} exists already, ${where}: choose another --name.`);
}

function trainingArgs(options: TrainOptions, project: string): string[] {
  const { audio, size, hours, device, threads, seed, title, fresh, check } = options;
  const args = ['--project', project, '--size', size, '--device', device, '--seed', String(seed)];
  if (hours !== undefined) args.push('--hours', String(hours));
  if (threads !== undefined) args.push('--threads', String(threads));
  if (title !== undefined) args.push(`--title=${title}`);
  if (fresh) args.push('--fresh');
  if (check) args.push('--check');
  return [...args, '--', ...audio.map((path) => resolve(path))];
}

/** Draws with the engine that will play it; how many times as fast as real time. @throws Failure `model-damaged` */
async function tryInKernel(
  model: VerifiedModel,
  { openPool, tryModel }: Pick<TrainDependencies, 'openPool' | 'tryModel'>,
): Promise<number> {
  // A trial has some seconds, and what trained here may still keep the machine busy.
  await tryModel(model).catch(() => tryModel(model));
  const pool = openPool();
  try {
    await pool.prepare(model, kernelInt8);
    const { blockSteps, sampleRateHz, temperature } = model.manifest;
    const steps = Math.ceil((trialSeconds * sampleRateHz) / blockSteps) * blockSteps;
    const inputs = {
      state: model.initialState,
      temperature: new Float32Array(steps).fill(temperature.default),
      uniform: Float32Array.from({ length: steps }, (_, step) => uniformOfStep(1, step)),
      guideStrength: new Float32Array(steps),
      guideBin: new Float32Array(steps).fill(128),
    };
    const { runMillis } = await pool.draw(model, kernelInt8, inputs, 0);
    return (steps / sampleRateHz) * (1000 / Math.max(runMillis, 1e-3));
  } finally {
    await pool.close();
  }
}

/** From the best temperature through the range that was found, and back. */
function laneText({ useful: [low, high], default: best }: EventOf<'done'>): string {
  return `seconds,temperature\n0,${best}\n8,${low},linear\n16,${best},linear\n22,${high},linear\n30,${best},linear\n`;
}

function quoted(path: string): string {
  return /^[\w@%+=:,./-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
