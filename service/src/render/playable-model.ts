import type { EngineName } from '../model/engine-name.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { ModelReference } from '../take/take-record.js';
import type { GuideFade } from './guide-strength.js';

/** What a passage must know of the model it is drawn from. */
export interface PlayableModel {
  readonly reference: ModelReference;
  readonly guideFade: GuideFade;
  /** The state a take starts from; undefined: the model is not here, and only what is stored can be played. */
  readonly initialState: Float32Array | undefined;
}

/** A model that is here, drawn by one of its engines. */
export function playable(model: VerifiedModel, engine: EngineName): PlayableModel {
  const { name, sampleRateHz, blockSteps, guide, emphasis } = model.manifest;
  return {
    reference: { name, digest: model.digest, rateHz: sampleRateHz, blockSteps, engine, emphasis },
    guideFade: guide,
    initialState: model.initialState,
  };
}

/** A model that is not here, or whose engine is not. */
export function missing(reference: ModelReference): PlayableModel {
  const guideFade = { temperatureLow: 0.75, temperatureHigh: 1.05, gamma: 1, levelDbfs: -15 };
  return { reference, guideFade, initialState: undefined };
}
