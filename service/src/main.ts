/** The composition root: the only place that knows which concrete parts there are. */
import { availableParallelism } from 'node:os';
import { join, resolve } from 'node:path';
import { checkModelFolder } from './cli/check-models.js';
import { refuseIdleLimit } from './cli/idle-options.js';
import { listModels } from './cli/list-models.js';
import { namedModelsFolder } from './cli/models-folder.js';
import {
  type CheckOptions,
  type ModelsOptions,
  type RenderOptions,
  runProgram,
  type ServeOptions,
  type StudyOptions,
  type TrainOptions,
} from './cli/program.js';
import { printRecipes } from './cli/recipe.js';
import { renderToFile } from './cli/render.js';
import { planRender } from './cli/render-plan.js';
import { serve } from './cli/serve.js';
import { study } from './cli/study.js';
import { planStudy } from './cli/study-plan.js';
import { ensurePython } from './cli/train/python-environment.js';
import { train } from './cli/train/train.js';
import { Failure, printable } from './core/failure.js';
import { limits } from './core/limits.js';
import { cacheFolder, dataFolder, modelFolders, runtimeFolder, storeFolder } from './discovery/folders.js';
import { bounceFolder } from './discovery/music-folder.js';
import { ownFolder } from './discovery/own-folder.js';
import { PageAddressFile } from './discovery/page-address.js';
import { EngineSelection } from './model/choice/selection.js';
import { circumstancesHere, EngineSpeeds } from './model/choice/speeds.js';
import { EngineSurvey } from './model/choice/survey.js';
import { limitWished, noLimit } from './model/engine-name.js';
import { graphTrial } from './model/graph-trial.js';
import { ModelLibrary } from './model/model-library.js';
import { EnginePool } from './model/pool/engine-pool.js';
import type { ProviderWish } from './model/provider-wish.js';
import { startMonitor } from './monitor/server.js';
import { packageFolder, packageVersion } from './package-folder.js';
import { DiskStore } from './store/disk-store.js';

const print = (line: string) => void process.stdout.write(`${line}\n`);
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function openLibrary(models: string | undefined): Promise<ModelLibrary> {
  const folders = modelFolders(process.env, process.platform, packageFolder());
  return new ModelLibrary(models === undefined ? folders : [await namedModelsFolder(models), ...folders]);
}

function openPool(wish: ProviderWish, workerCount: number): EnginePool {
  const workerScript = new URL('./model/pool/worker-thread.js', import.meta.url);
  const onLoaded = ({ manifest }: { manifest: { name: string } }, engine: string, reason: string) =>
    say(`${manifest.name} (${engine}) on ${printable(reason, 400)}`);
  return new EnginePool({ wish, workerCount, workerScript, onLoaded });
}

function openSpeeds(provider: ProviderWish, ownRuntimeFolder?: string): Promise<EngineSpeeds> {
  const folder = cacheFolder(process.env, process.platform, ownRuntimeFolder);
  return EngineSpeeds.open(folder, circumstancesHere(provider));
}

/** Aborts on the first SIGINT, SIGTERM or SIGHUP; a second SIGINT or SIGTERM ends the process at once. */
function interruption(): AbortSignal {
  const interrupted = new AbortController();
  const onSignal = () => {
    // A worker may be inside a run: unwinding it would abort with a core dump, so the kernel ends it.
    if (interrupted.signal.aborted) process.kill(process.pid, 'SIGKILL');
    interrupted.abort(new Failure('cancelled', 'Interrupted.'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // A terminal that is closed may say so twice: there is time to clean up.
  process.on('SIGHUP', () => interrupted.abort(new Failure('cancelled', 'Interrupted.')));
  return interrupted.signal;
}

async function runServe(options: ServeOptions): Promise<void> {
  const signal = interruption();
  const folderOfRun = resolve(options.runtimeDir ?? runtimeFolder(process.env, process.platform));
  // First of all: store and cache may lie in it.
  await ownFolder(folderOfRun);
  const library = await openLibrary(options.models);
  // One core is left for the host and for the thread that serves streams.
  const pool = openPool(options.provider, options.workers ?? Math.max(1, Math.min(4, availableParallelism() - 1)));
  const speeds = await openSpeeds(options.provider, options.runtimeDir);
  const engines = new EngineSelection({
    wish: options.engine,
    tailGuard: options.tailGuard,
    limit: limitWished(options),
    provider: options.provider,
    speeds,
  });
  const folder = resolve(options.store ?? storeFolder(process.env, process.platform, options.runtimeDir));
  const store = await DiskStore.open({ folder, bytesMax: Math.round(options.storeGib * 2 ** 30) });
  const { trouble } = store.status();
  if (trouble !== undefined) say(trouble);
  const pageAddress = new PageAddressFile(folderOfRun);
  try {
    await serve(options, {
      library,
      pool,
      store,
      engines,
      survey: new EngineSurvey({ pool, speeds, selection: engines, say }),
      tryModel: graphTrial(new URL('./model/graph-trial-process.js', import.meta.url), options.provider),
      runtimeFolder: folderOfRun,
      startPage: async (parts) => {
        const before = await pageAddress.read();
        const monitor = await startMonitor({ ...parts, version: packageVersion(), signal, before });
        await pageAddress.write(monitor.address).catch((thrown: unknown) => {
          say(`Open pages will not come back by themselves after a restart: ${Failure.from(thrown).message}`);
        });
        return monitor;
      },
      bounces: {
        folder: resolve(options.bounceFolder ?? bounceFolder(process.env, process.platform, options.runtimeDir)),
        originator: `Simmer ${packageVersion()}`,
      },
      signal,
      say,
      print,
    });
  } finally {
    await store.close();
    await pool.close();
  }
}

async function runRender(options: RenderOptions): Promise<void> {
  const plan = await planRender(options);
  const signal = interruption();
  const library = await openLibrary(options.models);
  const model = await library.load(plan.model ?? (await library.defaultName()));
  refuseIdleLimit(options, model.manifest);
  const { provider, engine: wish, tailGuard } = options;
  const engines = new EngineSelection({
    wish,
    tailGuard,
    limit: limitWished(options),
    provider,
    speeds: await openSpeeds(provider),
  });
  const engine = engines.choice(model);
  const pool = openPool(provider, 1);
  const watched = process.stderr.isTTY;
  try {
    const factor = await renderToFile(plan, {
      model,
      engine,
      pool,
      signal,
      showProgress: watched ? (line) => void process.stderr.write(`\r${line} `) : undefined,
      warn: say,
      originator: `Simmer ${packageVersion()}`,
    });
    if (watched) process.stderr.write('\r');
    say(`${plan.target.name}: ${plan.seconds} s, drawn ${factor.toFixed(2)} times as fast as real time`);
  } finally {
    await pool.close();
  }
}

async function runStudy(options: StudyOptions): Promise<void> {
  const signal = interruption();
  const library = await openLibrary(options.models);
  const { provider, engine: wish, tailGuard } = options;
  const limit = limitWished(options);
  const engines = new EngineSelection({ wish, tailGuard, limit, provider, speeds: await openSpeeds(provider) });
  const plan = await planStudy(options, {
    load: (name) => library.load(name),
    defaultModel: () => library.defaultName(),
    engines,
    say,
  });
  const workers = options.workers ?? Math.max(1, Math.min(limits.workersMax, availableParallelism()));
  const pool = openPool(provider, workers);
  try {
    await study(plan, options, {
      pool,
      workers,
      signal,
      watched: process.stderr.isTTY,
      show: (text) => void process.stderr.write(text),
      say,
    });
  } finally {
    await pool.close();
  }
}

async function runCheck(options: CheckOptions): Promise<void> {
  const signal = interruption();
  const pool = openPool('cpu', 1);
  const tryModel = graphTrial(new URL('./model/graph-trial-process.js', import.meta.url), 'cpu');
  try {
    await checkModelFolder(options.folder, options, { pool, tryModel, signal, print });
  } finally {
    await pool.close();
  }
}

async function runModels({ models }: ModelsOptions): Promise<void> {
  const engines = new EngineSelection({
    wish: 'auto',
    tailGuard: 'on',
    limit: noLimit,
    provider: 'auto',
    speeds: await openSpeeds('auto'),
  });
  await listModels(await openLibrary(models), engines, print, say);
}

async function runTrain(options: TrainOptions): Promise<void> {
  const signal = interruption();
  const trainingFolder = join(packageFolder(), 'training');
  const data = dataFolder(process.env, process.platform);
  const python = {
    ownPython: process.env.SIMMER_TRAINING_PYTHON,
    trainingFolder,
    cacheFolder: cacheFolder(process.env, process.platform),
    signal,
    say,
  };
  await train(options, {
    library: await openLibrary(undefined),
    searched: modelFolders(process.env, process.platform, packageFolder()),
    modelsFolder: join(data, 'models'),
    projectsFolder: join(data, 'training'),
    trainingFolder,
    ensurePython: () => ensurePython(python),
    openPool: () => openPool('cpu', 1),
    tryModel: graphTrial(new URL('./model/graph-trial-process.js', import.meta.url), 'cpu'),
    signal,
    terminal: {
      write: (text) => void process.stderr.write(text),
      columns: () => (process.stderr.isTTY ? process.stderr.columns : undefined),
    },
    print,
  });
}

/**
 * A reader that has read enough (`simmer models | head -1`), or a terminal that is gone, is no fault: a command that does nothing but
 * print ends there, and any other goes on.
 */
function mindReaders(): void {
  const prints = ['models', 'recipe'].includes(process.argv[2] ?? '');
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') {
      say(`simmer: What it prints cannot be written (${error.code ?? error.message}).`);
      process.exit(1);
    }
    if (prints) process.exit(0);
  });
  process.stderr.on('error', () => {});
}

async function main(): Promise<void> {
  mindReaders();
  try {
    await runProgram(process.argv, packageVersion(), {
      serve: runServe,
      render: runRender,
      study: runStudy,
      models: runModels,
      checkModel: runCheck,
      recipe: (options) => printRecipes(options, print),
      train: runTrain,
    });
  } catch (thrown) {
    const failure = Failure.from(thrown);
    if (failure.code !== 'cancelled') say(`simmer: ${printable(failure.message, 1000)}`);
    process.exitCode = failure.code === 'usage' ? 2 : 1;
  }
}

await main();
