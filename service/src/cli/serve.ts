import { resolve } from 'node:path';
import { JobQueue } from '../bounce/job-queue.js';
import { Failure } from '../core/failure.js';
import type { ModelCard, StoreSnapshot } from '../core/monitor.js';
import { colourOfName } from '../core/name-colour.js';
import { DiscoveryFile } from '../discovery/discovery-file.js';
import type { EngineSelection } from '../model/choice/selection.js';
import type { EngineSurvey } from '../model/choice/survey.js';
import type { EngineName } from '../model/engine-name.js';
import { answersOf, labelsOf } from '../model/manifest.js';
import type { ModelLibrary } from '../model/model-library.js';
import type { EnginePool } from '../model/pool/engine-pool.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { PageActions } from '../monitor/page-actions.js';
import type { PageJobs } from '../monitor/page-jobs.js';
import type { PageSounds } from '../monitor/page-sounds.js';
import { RecordFolder } from '../record/record-folder.js';
import { Proofs } from '../rpc/proof.js';
import type { OpenSession } from '../rpc/render-stream.js';
import { startRpcServer } from '../rpc/server.js';
import type { SessionObserver } from '../session/observe.js';
import { Refusals } from '../session/refusals.js';
import { Session } from '../session/session.js';
import { SessionRegistry } from '../session/session-registry.js';
import type { SegmentStore } from '../store/segment-store.js';
import { decodeTakesAside } from '../wire/decode-takes.js';
import { encodeTakes } from '../wire/encode-takes.js';
import { chooseModel } from './choose-model.js';
import { pageActions, pageSounds } from './page-actions.js';
import type { BounceSettings } from './page-jobs.js';
import type { ServeOptions } from './program.js';

/** What the page is made of. */
export interface PageParts {
  readonly observer: SessionObserver;
  readonly actions: PageActions;
  readonly sounds: PageSounds;
  readonly jobs: PageJobs;
  readonly models: () => readonly ModelCard[];
  readonly store: () => StoreSnapshot;
  readonly refused: () => string;
}

export interface ServeDependencies {
  readonly library: ModelLibrary;
  readonly pool: EnginePool;
  readonly store: SegmentStore;
  readonly engines: EngineSelection;
  readonly survey: EngineSurvey;
  /** Tries a model's graph where it can do no harm. @throws Failure `model-damaged` */
  readonly tryModel: (model: VerifiedModel) => Promise<void>;
  readonly runtimeFolder: string;
  /** Starts the page; resolves to its address. */
  readonly startPage: (parts: PageParts) => Promise<{ pageUrl: string; close(): Promise<void> }>;
  readonly bounces: BounceSettings;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
  readonly print: (line: string) => void;
}

/** Serves until the signal aborts, then ends every stream, finishes what runs, and clears the discovery file. */
export async function serve(options: ServeOptions, dependencies: ServeDependencies): Promise<void> {
  const { library, signal, say, print } = dependencies;
  const defaultModel = options.model ?? (await library.defaultName());
  // One that is damaged stops those who want it, and nobody else.
  await readyModel(dependencies, defaultModel).catch((thrown: unknown) => {
    if (signal.aborted) throw thrown;
    say(`${defaultModel} cannot be played: ${Failure.from(thrown).message}`);
  });
  const models = await modelCards(dependencies);

  const registry = new SessionRegistry();
  const refusals = new Refusals();
  const jobs = new JobQueue();
  const records = options.record === undefined ? undefined : new RecordFolder(resolve(options.record), say);
  const openSession = sessionOpener({
    ...dependencies,
    defaultModel,
    registry,
    jobs,
    records,
    lookaheadMillis: options.lookaheadMs,
    adoptModels: options.adoptModels,
  });
  const discoveryFile = new DiscoveryFile(dependencies.runtimeFolder);
  const proofs = new Proofs((token) => discoveryFile.replaceToken(token));
  const closers: (() => Promise<void>)[] = [];
  try {
    const discovery = await discoveryFile.claim(async () => {
      const rpc = await startRpcServer(proofs, openSession, (failure) => refusals.note(failure));
      closers.push(() => rpc.close());
      const page = await dependencies.startPage({
        observer: registry,
        actions: pageActions({
          registry,
          jobs,
          settings: dependencies.bounces,
          readyModel: (name) => readyModel(dependencies, name),
        }),
        sounds: pageSounds(registry),
        jobs,
        models,
        store: () => storeSnapshot(dependencies.store),
        refused: () => refusals.current,
      });
      closers.push(() => page.close());
      const { pid } = process;
      const { token } = proofs;
      return { version: 1, pid, grpc: rpc.address, page: page.pageUrl, token, startedAt: new Date().toISOString() };
    });
    closers.push(() => discoveryFile.clear(process.pid));
    const { pid, grpc, page } = discovery;
    if (options.json) print(JSON.stringify({ pid, grpc, page, discoveryFile: discoveryFile.path }));
    else say(`Simmer serves ${defaultModel} on ${grpc}. Page: ${page}`);
    await aborted(signal);
  } finally {
    await jobs.close();
    for (const close of closers.reverse()) await close();
    await records?.settled();
  }
}

/** Loads a model whose graph is known to do no harm. */
async function loadModel(
  { library, tryModel }: Pick<ServeDependencies, 'library' | 'tryModel'>,
  name: string,
): Promise<VerifiedModel> {
  const model = await library.load(name);
  await tryModel(model);
  return model;
}

/** Makes an engine ready so far that a session can draw at once, and has the model's engines measured behind it. */
async function prepare(
  { pool, survey }: Pick<ServeDependencies, 'pool' | 'survey'>,
  model: VerifiedModel,
  engine: EngineName,
): Promise<void> {
  await pool.prepare(model, engine);
  survey.survey(model);
}

async function readyModel(service: ServeDependencies, name: string): Promise<VerifiedModel> {
  const model = await loadModel(service, name);
  await prepare(service, model, service.engines.choice(model));
  return model;
}

function sessionOpener(service: {
  readonly library: ModelLibrary;
  readonly pool: EnginePool;
  readonly engines: EngineSelection;
  readonly survey: EngineSurvey;
  readonly tryModel: ServeDependencies['tryModel'];
  readonly defaultModel: string;
  readonly registry: SessionRegistry;
  readonly jobs: JobQueue;
  readonly records: RecordFolder | undefined;
  readonly lookaheadMillis: number;
  readonly store: SegmentStore;
  readonly adoptModels: boolean;
}): OpenSession {
  const { pool, engines, defaultModel, registry, jobs, records, lookaheadMillis, store, adoptModels } = service;
  let opened = 0;
  return async (open, ends) => {
    registry.checkRoom();
    const takes = await decodeTakesAside(open.takes);
    const model = await chooseModel({
      wanted: open.model,
      defaultModel,
      takes,
      adoptModels,
      engines,
      load: (name) => loadModel(service, name),
      prepare: (verified, engine) => prepare(service, verified, engine),
    });
    opened += 1;
    const id = `${open.instanceId.slice(0, 8)}-${process.pid}-${opened}`;
    const onLane = registry.tellLane.bind(registry);
    const onSound = registry.tellSound.bind(registry);
    const session = new Session({
      id,
      open,
      model,
      pool,
      store,
      takes,
      encodeTakes,
      lookaheadMillis,
      records,
      onLane,
      onSound,
      ...ends,
    });
    const removed = registry.add(session);
    const remove = () => {
      removed();
      jobs.closeSession(id);
    };
    return { session, remove };
  };
}

function storeSnapshot(store: SegmentStore): StoreSnapshot {
  const { trouble, ...status } = store.status();
  return { ...status, trouble: trouble ?? '' };
}

/** What the page shows of every model, with what is known of it by now; of folders that are none it is said once. */
async function modelCards({
  library,
  engines,
  say,
}: Pick<ServeDependencies, 'library' | 'engines' | 'say'>): Promise<() => readonly ModelCard[]> {
  const { found, broken } = await library.list();
  for (const { folder, failure } of broken) say(`${folder} is not used: ${failure.message}`);
  return () =>
    found.map((model) => ({
      name: model.manifest.name,
      title: model.manifest.title,
      digest: model.digest,
      sampleRateHz: model.manifest.sampleRateHz,
      temperatureUseful: model.manifest.temperature.useful,
      temperatureDefault: model.manifest.temperature.default,
      answers: answersOf(model.manifest),
      guideTemperatures: [model.manifest.guide.temperatureLow, model.manifest.guide.temperatureHigh],
      artists: [...labelsOf(model.manifest).artists],
      genres: [...labelsOf(model.manifest).genres],
      licence: model.manifest.licence,
      provenance: model.manifest.provenance,
      colour: colourOfName(model.manifest.name),
      ...engines.describe(model),
    }));
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
}
