import { type Labels, labelsMax } from '../core/condition.js';
import { isOfCodes } from '../core/sound.js';
import type { EngineName } from '../model/engine-name.js';
import { emphasisOf, labelsOf, rowsOf, soundOf } from '../model/manifest.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { ModelReference } from '../take/take-record.js';
import type { GuideFade } from './guide-strength.js';

/** Of a model that is not here: a condition of the song is then compared as it was said. */
const anyLabels: Labels = {
  artists: Array.from({ length: labelsMax }, () => ''),
  genres: Array.from({ length: labelsMax }, () => ''),
};

/** What a passage must know of the model it is drawn from. */
export interface PlayableModel {
  readonly reference: ModelReference;
  readonly guideFade: GuideFade;
  /** The artists and genres it knows; undefined: it hears no conditions. */
  readonly labels: Labels | undefined;
  /** Whether its draws need uniforms of codes as well; false of a model that is not here, which draws nothing. */
  readonly hasRows: boolean;
  /** The state a take starts from; undefined: the model is not here, and only what is stored can be played. */
  readonly initialState: Float32Array | undefined;
}

/** A model that is here, drawn by one of its engines. */
export function playable(model: VerifiedModel, engine: EngineName): PlayableModel {
  const { manifest } = model;
  const { name, sampleRateHz, blockSteps, guide } = manifest;
  const sound = soundOf(manifest);
  const emphasis = emphasisOf(manifest);
  return {
    reference: { name, digest: model.digest, rateHz: sampleRateHz, blockSteps, engine, emphasis, sound },
    guideFade: guide,
    labels: isOfCodes(sound) ? labelsOf(manifest) : undefined,
    hasRows: rowsOf(manifest) !== undefined,
    initialState: model.initialState,
  };
}

/** A model that is not here, or whose engine is not. */
export function missing(reference: ModelReference): PlayableModel {
  const guideFade = { temperatureLow: 0.75, temperatureHigh: 1.05, gamma: 1, levelDbfs: -15 };
  const labels = isOfCodes(reference.sound) ? anyLabels : undefined;
  return { reference, guideFade, labels, hasRows: false, initialState: undefined };
}
