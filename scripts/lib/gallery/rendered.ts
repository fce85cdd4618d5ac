import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentFolder } from '../../../service/src/cli/experiments.js';
import { type RenderDependencies, renderToFile } from '../../../service/src/cli/render.js';
import { planRender } from '../../../service/src/cli/render-plan.js';
import type { Experiment } from '../../../service/src/core/experiment.js';
import { cacheFolder, modelFolders } from '../../../service/src/discovery/folders.js';
import { EngineSelection } from '../../../service/src/model/choice/selection.js';
import { circumstancesHere, EngineSpeeds } from '../../../service/src/model/choice/speeds.js';
import { noLimit } from '../../../service/src/model/engine-name.js';
import { ModelLibrary } from '../../../service/src/model/model-library.js';
import { EnginePool } from '../../../service/src/model/pool/engine-pool.js';
import type { VerifiedModel } from '../../../service/src/model/verified-model.js';
import { repository } from '../folders.js';

/** The rate that the demonstration exports at. */
export const sampleRateHz = 48_000;

/** Renders experiments as `simmer render --experiment` does, and leaves those alone that are already there. */
export class Renderer {
  readonly #library = new ModelLibrary(modelFolders(process.env, process.platform, repository));
  readonly #pool: EnginePool;
  readonly #engines: EngineSelection;

  private constructor(speeds: EngineSpeeds) {
    const workerScript = new URL('../../../service/src/model/pool/worker-thread.js', import.meta.url);
    this.#pool = new EnginePool({ wish: 'cpu', workerCount: 1, workerScript, onLoaded: () => {} });
    this.#engines = new EngineSelection({ wish: 'auto', tailGuard: 'on', limit: noLimit, provider: 'cpu', speeds });
  }

  static async open(): Promise<Renderer> {
    const folder = cacheFolder(process.env, process.platform);
    return new Renderer(await EngineSpeeds.open(folder, circumstancesHere('cpu')));
  }

  /** @throws Failure `model-missing`, `model-damaged` */
  model(name: string): Promise<VerifiedModel> {
    return this.#library.load(name);
  }

  /** Renders `experiment` to `output`, unless what lies there was made of the very same. */
  async render(
    experiment: Experiment,
    model: VerifiedModel,
    output: string,
    { anew, showProgress }: { readonly anew: boolean; readonly showProgress: RenderDependencies['showProgress'] },
  ): Promise<void> {
    const engine = this.#engines.choice(model);
    const madeFrom = digestOf(experiment, model, engine);
    const stamp = `${output}.made-from`;
    if (!anew && existsSync(output) && existsSync(stamp) && readFileSync(stamp, 'utf8') === madeFrom) return;
    const plan = await planRender({
      experiment: experiment.id,
      engine: 'auto',
      tailGuard: 'on',
      provider: 'cpu',
      guideLoop: false,
      start: 0,
      rate: sampleRateHz,
      output,
    });
    const { signal } = new AbortController();
    await renderToFile(plan, { model, engine, pool: this.#pool, signal, showProgress, warn: () => {}, originator: '' });
    writeFileSync(stamp, madeFrom);
  }

  close(): Promise<void> {
    return this.#pool.close();
  }
}

/** Of all that the audio depends on; what is written about an experiment is not audio. */
function digestOf(experiment: Experiment, { digest }: VerifiedModel, engine: string): string {
  const { model, take, seconds, lane, guide } = experiment;
  const hash = createHash('sha256').update(JSON.stringify({ model, take, seconds, lane, guide, digest, engine }));
  if (guide !== undefined) hash.update(readFileSync(join(experimentFolder(), guide.file)));
  return hash.digest('hex');
}
