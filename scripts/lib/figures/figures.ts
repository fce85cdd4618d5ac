import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { findExperiment } from '../../../service/src/cli/experiments.js';
import { cacheFolder } from '../../../service/src/discovery/folders.js';
import { EngineSelection } from '../../../service/src/model/choice/selection.js';
import { circumstancesHere, EngineSpeeds } from '../../../service/src/model/choice/speeds.js';
import { noLimit } from '../../../service/src/model/engine-name.js';
import { EnginePool } from '../../../service/src/model/pool/engine-pool.js';
import { readModel } from '../../../service/src/model/verified-model.js';
import { repository } from '../folders.js';
import { drawTakes } from './draw.js';
import { type Extent, wantedTakes } from './takes.js';

/**
 * Draws every take of the report for a model folder into `folder`, and returns the rate of their steps. `onDone` hears how
 * many of how many are there.
 */
export async function drawFigureTakes(
  modelFolder: string,
  folder: string,
  extent: Extent,
  onDone: (done: number, total: number) => void,
): Promise<number> {
  const model = await readModel(modelFolder);
  const atOnce = availableParallelism();
  const speeds = await EngineSpeeds.open(cacheFolder(process.env, process.platform), circumstancesHere('auto'));
  const engines = new EngineSelection({ wish: 'auto', tailGuard: 'on', limit: noLimit, provider: 'auto', speeds });
  const workerScript = new URL('../../../service/src/model/pool/worker-thread.js', import.meta.url);
  const pool = new EnginePool({ wish: 'auto', workerCount: atOnce, workerScript, onLoaded: () => {} });
  try {
    const experiments = { s1: await findExperiment('S1'), s2: await findExperiment('S2') };
    const takes = wantedTakes(extent, model.manifest.sampleRateHz, experiments);
    const { signal } = new AbortController();
    await drawTakes(takes, { model, engine: engines.choice(model), pool, signal, folder, onDone }, atOnce);
    return model.manifest.sampleRateHz;
  } finally {
    await pool.close();
  }
}

/** Where the figures of a model are written. */
export const figuresFolder = (name: string): string => join(repository, 'out', 'figures', name);
