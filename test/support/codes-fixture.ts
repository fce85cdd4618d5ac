import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { uniformOfStep } from '../../service/src/core/philox.js';
import { CodesModel } from '../../service/src/model/codes/model.js';
import { readState } from '../../service/src/model/codes/state.js';
import type { DrawInputs } from '../../service/src/model/engine.js';
import { type CodeLimit, noLimit } from '../../service/src/model/engine-name.js';
import { type CodesManifest, codesStateFloats } from '../../service/src/model/manifest.js';
import { readModel, type VerifiedModel } from '../../service/src/model/verified-model.js';

/** The folder of a model of codes: of test/fixtures/models, or one that comes with the repository. */
export function codesFixture(name: string): string {
  const fixture = join(import.meta.dirname, '../fixtures/models', name);
  return existsSync(fixture) ? fixture : join(import.meta.dirname, '../../models', name);
}

/** A fixture's engine, with another tail floor or limit where asked for. */
export async function codesEngine(
  model: VerifiedModel,
  { tailFloor, limit = noLimit }: { tailFloor?: number; limit?: CodeLimit } = {},
): Promise<CodesModel> {
  if (model.graph.kind !== 'codes') throw new Error('not a model of codes');
  const { manifest, files } = model.graph;
  return CodesModel.load({
    manifest,
    files,
    provider: 'cpu',
    tailFloor: tailFloor ?? manifest.tailGuard.floor,
    limit,
  });
}

export async function codesModel(name: string): Promise<VerifiedModel & { readonly manifest: CodesManifest }> {
  const model = await readModel(codesFixture(name));
  const { manifest } = model;
  if (manifest.family !== 'vq-prior' || codesStateFloats(manifest) !== manifest.stateFloats)
    throw new Error('no codes');
  return { ...model, manifest };
}

/** Values of a file of a fixture's reference. */
export function referenceFloats(name: string, file: string): Float32Array {
  const bytes = readFileSync(join(codesFixture(name), 'reference', file));
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

export function referenceCodes(name: string): Int32Array {
  const bytes = readFileSync(join(codesFixture(name), 'reference', 'codes.i32'));
  return new Int32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

/** What a row is drawn under. */
export interface RowShape {
  readonly temperature: number;
  readonly condition?: number;
  readonly strength?: number;
  /** By step of the row. */
  readonly guideBin?: (step: number) => number;
  /** By level; left out: that of the step in the song. */
  readonly uniform?: readonly number[];
}

/** Inputs of the rows from `firstRow` on. */
export function rowInputs(
  manifest: CodesManifest,
  state: Float32Array,
  firstRow: number,
  rows: readonly RowShape[],
  seed = 1,
): DrawInputs {
  const { blockSteps } = manifest;
  const steps = rows.length * blockSteps;
  const inputs = {
    state,
    temperature: new Float32Array(steps),
    uniform: new Float32Array(steps),
    guideStrength: new Float32Array(steps),
    guideBin: new Float32Array(steps).fill(128),
    condition: new Uint32Array(steps),
  };
  for (const [row, { temperature, condition = 0, strength = 0, guideBin, uniform }] of rows.entries()) {
    for (let step = 0; step < blockSteps; step += 1) {
      const at = row * blockSteps + step;
      inputs.temperature[at] = temperature;
      inputs.guideStrength[at] = strength;
      inputs.condition[at] = condition;
      inputs.uniform[at] = uniform?.[step] ?? uniformOfStep(seed, firstRow * blockSteps + at);
      if (guideBin !== undefined) inputs.guideBin[at] = guideBin(step);
    }
  }
  return inputs;
}

/** The codes of the row that was drawn last before each of the states. */
export function newestCodes(manifest: CodesManifest, states: Float32Array): number[][] {
  const found: number[][] = [];
  for (let at = 0; at < states.length; at += manifest.stateFloats) {
    const { rows } = readState(manifest, states.subarray(at, at + manifest.stateFloats));
    found.push([...(rows.at(-1)?.codes ?? [])]);
  }
  return found;
}
