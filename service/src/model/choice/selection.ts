import { Failure } from '../../core/failure.js';
import {
  type CodeLimit,
  type EngineName,
  type EngineWish,
  enginesWished,
  type GuardedEngine,
  guardedOf,
  isBuiltIn,
  kernelInt8,
  type TailGuardWish,
  underLimit,
  unguarded,
} from '../engine-name.js';
import type { Manifest } from '../manifest.js';
import type { ProviderWish } from '../provider-wish.js';
import type { EngineSpeeds } from './speeds.js';

/** A model as far as an engine is chosen for it. */
export interface SelectableModel {
  readonly manifest: Manifest;
  readonly digest: string;
}

export interface EngineSelectionOptions {
  readonly wish: EngineWish;
  readonly tailGuard: TailGuardWish;
  /** Which codes of models of codes may be drawn. */
  readonly limit: CodeLimit;
  readonly provider: ProviderWish;
  readonly speeds: Pick<EngineSpeeds, 'of'>;
}

/**
 * ONNX Runtime must be this much faster than the kernel to be chosen for it. The kernel draws the same bits on every
 * machine, and the choice must not tip over with the noise of a measurement.
 */
const onnxAdvantageMin = 1.25;

/** Which engine plays which model on this machine. */
export class EngineSelection {
  readonly #options: EngineSelectionOptions;

  constructor(options: EngineSelectionOptions) {
    this.#options = options;
  }

  /** The engines that may draw from a model here; the service may have been started with one kind only. */
  allowed({ manifest }: SelectableModel): readonly EngineName[] {
    return enginesWished(manifest, this.#options.wish);
  }

  /**
   * The engine of songs that have no takes yet: the kernel where the model has one, unless another backend than the CPU was
   * asked for or ONNX Runtime was measured to be faster here; with the tail guard or without, as it was asked for.
   * @throws Failure `model-missing` where the service was started with none that the model has
   */
  choice(model: SelectableModel): EngineName {
    const allowed = this.allowed(model);
    if (allowed.length === 0) {
      const { name } = model.manifest;
      throw new Failure(
        'model-missing',
        `${name} has no weights for the kernel: start without --engine kernel to play it.`,
      );
    }
    const engine = this.#fastest(model, allowed);
    const bare = unguarded(engine);
    const { tailGuard, limit } = this.#options;
    const chosen = tailGuard === 'off' && allowed.includes(bare) ? bare : engine;
    return underLimit(model.manifest, chosen, limit);
  }

  #fastest(model: SelectableModel, allowed: readonly EngineName[]): GuardedEngine {
    if (!allowed.includes(kernelInt8)) return 'onnx';
    if (!allowed.includes('onnx')) return kernelInt8;
    const { provider, speeds } = this.#options;
    if (provider !== 'auto' && provider !== 'cpu') return 'onnx';
    const measured = speeds.of(model.digest);
    const kernel = measured.get(kernelInt8);
    const onnx = measured.get('onnx');
    return kernel !== undefined && onnx !== undefined && onnx > onnxAdvantageMin * kernel ? 'onnx' : kernelInt8;
  }

  /** For people: what plays a model here, and how many seconds of audio it draws in one; 0: not measured yet. */
  describe(model: SelectableModel): { readonly engine: string; readonly realTimeFactor: number } {
    const engine = this.allowed(model).length === 0 ? undefined : this.choice(model);
    const realTimeFactor = (engine && this.#options.speeds.of(model.digest).get(guardedOf(engine))) ?? 0;
    return { engine: isBuiltIn(model.manifest) ? 'built in' : (engine ?? 'none'), realTimeFactor };
  }
}
