import { Failure } from '../core/failure.js';
import type { BlockEngine } from '../model/engine.js';
import { drawOneByOne } from '../model/engine.js';
import type { EngineName } from '../model/engine-name.js';
import type { EnginePool } from '../model/pool/engine-pool.js';
import type { VerifiedModel } from '../model/verified-model.js';
import { engineContract } from './engine-contract.js';

/** One thing that was looked at. */
export interface CheckResult {
  readonly check: string;
  readonly state: 'ok' | 'failed' | 'skipped';
  /** A figure, or in words what is wrong. */
  readonly words: string;
}

export interface CheckModelOptions {
  readonly folder: string;
  readonly read: (folder: string) => Promise<VerifiedModel>;
  /** Loads the graphs and draws a block in a process of its own, within bounds. */
  readonly tryModel: (model: VerifiedModel) => Promise<void>;
  readonly enginesOf: (model: VerifiedModel) => readonly EngineName[];
  readonly pool: Pick<EnginePool, 'draw'>;
  /** Seconds of audio per second of one thread, by engine. */
  readonly speedOf: (model: VerifiedModel, engine: EngineName) => Promise<number>;
  readonly signal: AbortSignal;
  /** Called with each result as it is there. */
  readonly onResult: (result: CheckResult) => void;
}

/** Below it a model cannot be played in realtime by one thread, which would have nothing else to do. */
const realTimeMin = 1;

/**
 * Looks at a model folder as somebody would who is to play it: manifest, files, graphs, contract, speed. What depends on something that
 * failed is skipped, and said to be. True: nothing failed.
 */
export async function checkModel(options: CheckModelOptions): Promise<boolean> {
  const { folder, read, tryModel, enginesOf, pool, speedOf, signal, onResult } = options;
  let isGood = true;
  const attempt = async <T>(check: string, look: () => Promise<readonly [T, string]>): Promise<T | undefined> => {
    signal.throwIfAborted();
    try {
      const [found, words] = await look();
      onResult({ check, state: 'ok', words });
      return found;
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.code === 'cancelled') throw failure;
      isGood = false;
      onResult({ check, state: 'failed', words: failure.message });
      return undefined;
    }
  };
  const skip = (check: string, words: string) => onResult({ check, state: 'skipped', words });

  const model = await attempt('manifest and files', async () => {
    const found = await read(folder);
    const { name, family, files } = found.manifest;
    const bytes = Object.values(files).reduce((sum, file) => sum + file.bytes, 0);
    const size = `${Object.keys(files).length} files, ${(bytes / 2 ** 20).toFixed(1)} MiB`;
    return [found, `${name}, family ${family}, ${size}, digest ${found.digest.slice(0, 12)}`] as const;
  });
  if (model === undefined) {
    skip('graphs, contract and speed', 'they are looked at when manifest and files are right');
    return isGood;
  }
  const isTried = await attempt('graphs', async () => {
    await tryModel(model);
    return [true, 'they load, have the inputs and outputs of the family, and draw a block'] as const;
  });
  if (isTried === undefined) {
    skip('contract and speed', 'they are looked at when the graphs are right');
    return isGood;
  }
  for (const name of enginesOf(model)) {
    const engine = pooled(model, name, pool);
    for (const [title, check] of Object.entries(engineContract)) {
      await attempt(`${name}: ${title}`, async () => {
        await check({ engine, model });
        return [true, ''] as const;
      });
    }
    await attempt(`${name}: speed`, async () => {
      const factor = await speedOf(model, name);
      const words = `${factor.toFixed(1)} × real time on one thread of this machine`;
      if (factor >= realTimeMin) return [true, words] as const;
      throw new Failure('usage', `${words}: too slow to play; it can be bounced. Fewer layers, or smaller ones, help.`);
    });
  }
  return isGood;
}

/** An engine in the pool's workers: a graph that crashes takes a worker along, and not who looks at it. */
function pooled(model: VerifiedModel, name: EngineName, pool: Pick<EnginePool, 'draw'>): BlockEngine {
  const { blockSteps, stateFloats } = model.manifest;
  const engine: BlockEngine = {
    shape: { blockSteps, stateFloats },
    voicesTogetherMax: 1,
    draw: async (inputs) => (await pool.draw(model, name, inputs, 0, 'check')).drawn,
    drawTogether: (voices) => drawOneByOne(engine, voices),
    close: () => Promise.resolve(),
  };
  return engine;
}
