import { Failure } from '../../core/failure.js';
import { limits } from '../../core/limits.js';
import { codeUniformOfStep, uniformOfStep } from '../../core/philox.js';
import { type EngineName, kernelInt8 } from '../engine-name.js';
import type { EnginePool } from '../pool/engine-pool.js';
import type { VerifiedModel } from '../verified-model.js';
import type { EngineSelection } from './selection.js';
import type { EngineSpeeds } from './speeds.js';

export interface EngineSurveyOptions {
  readonly pool: Pick<EnginePool, 'draw'>;
  readonly speeds: Pick<EngineSpeeds, 'of' | 'add'>;
  readonly selection: Pick<EngineSelection, 'allowed'>;
  /** Called when an engine cannot be measured. */
  readonly say: (line: string) => void;
}

/**
 * Measures in the background how fast the engines of a model are on this machine, one model after the other: real blocks on
 * the pool's workers, behind everything that somebody waits for.
 */
export class EngineSurvey {
  readonly #options: EngineSurveyOptions;
  readonly #surveyed = new Set<string>();
  #running: Promise<void> = Promise.resolve();

  constructor(options: EngineSurveyOptions) {
    this.#options = options;
  }

  /** Measures what is not known of a model yet, once. */
  survey(model: VerifiedModel): void {
    const { speeds, selection } = this.#options;
    if (this.#surveyed.has(model.digest)) return;
    this.#surveyed.add(model.digest);
    const known = speeds.of(model.digest);
    // In float32 the kernel is never chosen for its speed.
    const engines = selection.allowed(model).filter((engine) => engine === 'onnx' || engine === kernelInt8);
    if (engines.every((engine) => known.has(engine))) return;
    this.#running = this.#running.then(() => this.#measure(model, engines));
  }

  /** Settles when nothing is being measured. Never rejects. */
  async settled(): Promise<void> {
    await this.#running;
  }

  async #measure(model: VerifiedModel, engines: readonly EngineName[]): Promise<void> {
    const { pool, speeds, say } = this.#options;
    try {
      await speeds.add(model.digest, await measureEngines(pool, model, engines));
    } catch (thrown) {
      const failure = Failure.from(thrown);
      if (failure.code === 'unavailable' || failure.code === 'cancelled') return;
      say(`The engines of ${model.manifest.name} cannot be measured: ${failure.message}`);
    }
  }
}

/**
 * Seconds of audio per second of a worker for each engine: the best of rounds in which they take turns, so that what else
 * the machine does hits them alike.
 */
export async function measureEngines(
  pool: Pick<EnginePool, 'draw'>,
  model: VerifiedModel,
  engines: readonly EngineName[],
): Promise<Map<EngineName, number>> {
  const { blockSteps, sampleRateHz } = model.manifest;
  const steps = limits.drawBlocksMax * blockSteps;
  const voices = engines.map((engine) => ({ engine, state: model.initialState, best: Infinity, spentMillis: 0 }));
  for (let round = 0; voices.some((voice) => voice.spentMillis < limits.engineSurveyMillis); round += 1) {
    for (const voice of voices) {
      const inputs = {
        state: voice.state,
        temperature: new Float32Array(steps).fill(1),
        uniform: Float32Array.from({ length: steps }, (_, step) => uniformOfStep(1, round * steps + step)),
        codeUniform: Float32Array.from({ length: steps }, (_, step) => codeUniformOfStep(1, round * steps + step)),
        guideStrength: new Float32Array(steps),
        guideBin: new Float32Array(steps).fill(128),
      };
      const { drawn, runMillis } = await pool.draw(model, voice.engine, inputs, Number.POSITIVE_INFINITY);
      voice.state = drawn.states.slice(-model.initialState.length);
      // The first round warms up.
      if (round === 0) continue;
      // A clock that stands still must not make this endless.
      voice.spentMillis += Math.max(runMillis, 1);
      voice.best = Math.min(voice.best, runMillis);
    }
  }
  return new Map(voices.map(({ engine, best }) => [engine, (1000 * steps) / sampleRateHz / Math.max(best, 1e-3)]));
}
