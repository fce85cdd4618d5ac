import { packCondition } from '../../../../service/src/core/condition.js';
import type { CodesModel } from '../../../../service/src/model/codes/model.js';
import { codesModel, newestCodes, type RowShape, rowInputs } from '../../../support/codes-fixture.js';

export const name = 'vq-tiny';

export const model = await codesModel(name);

export const { manifest } = model;

export const { blockSteps, stateFloats } = manifest;

export const { levels } = manifest.codes;

export const pair = (artist: number, genre: number, blend = 0, otherArtist = 0, otherGenre = 0) =>
  packCondition({ artist, genre, otherArtist, otherGenre, blend }, manifest.labels);

/** Draws rows in one call; their codes, sound, and states. */
export async function drawn(engine: CodesModel, state: Float32Array, firstRow: number, rows: readonly RowShape[]) {
  const { sound, states, entropy } = await engine.draw(rowInputs(manifest, state, firstRow, rows));
  return { codes: newestCodes(manifest, states), sound, states, entropy, last: states.slice(-stateFloats) };
}
