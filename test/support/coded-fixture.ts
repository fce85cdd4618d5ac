import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { codeUniformOfStep, uniformOfStep } from '../../service/src/core/philox.js';
import type { DrawInputs } from '../../service/src/model/engine.js';
import type { SampleRnnManifest } from '../../service/src/model/manifest.js';
import { type RowFiles, readModel, type VerifiedModel } from '../../service/src/model/verified-model.js';

/** A SampleRNN under codes as it was read: with its graph, its rows, and weights in both precisions. */
export interface CodedModel extends VerifiedModel {
  readonly manifest: SampleRnnManifest;
  readonly graph: Extract<VerifiedModel['graph'], { kind: 'onnx' }>;
  readonly kernel: { readonly int8: Uint8Array; readonly float32: Uint8Array };
  readonly rows: RowFiles;
}

/** The folder of a SampleRNN under codes of random weights. */
export const codedFolder = join(import.meta.dirname, '../fixtures/models/coded-tiny');

export async function codedModel(folder = codedFolder): Promise<CodedModel> {
  const model = await readModel(folder);
  const { manifest, graph, kernel, rows } = model;
  const { int8, float32 } = kernel ?? {};
  if (manifest.family !== 'samplernn' || graph.kind !== 'onnx' || rows === undefined) throw new Error('no rows');
  if (int8 === undefined || float32 === undefined) throw new Error('no weights for the kernel');
  return { ...model, manifest, graph, kernel: { int8, float32 }, rows };
}

export const codedEngines = ['onnx', 'int8', 'float32'] as const;

/** A reference that training drew in float64 from a weight file. */
export function codedReference(folder: string) {
  const bytes = (file: string) => Uint8Array.from(readFileSync(join(folder, file)));
  const floats = (file: string) => new Float32Array(bytes(file).buffer);
  return {
    inputs: (state: Float32Array): DrawInputs & { readonly codeUniform: Float32Array } => ({
      state,
      temperature: floats('temperature.f32'),
      uniform: floats('uniform.f32'),
      codeUniform: floats('code-uniform.f32'),
      guideStrength: floats('guide-strength.f32'),
      guideBin: Float32Array.from(bytes('guide-bin.u8')),
    }),
    drawn: bytes('drawn.u8'),
    entropy: floats('entropy.f32'),
    codes: new Int32Array(bytes('codes.i32').buffer),
    state: floats('state.f32'),
  };
}

/** A lane of temperatures and, where wanted, of a guide that comes and goes, over so many rows. */
export function livelyRows(model: CodedModel, rows: number, seed: number, guided: boolean): DrawInputs {
  const steps = rows * model.manifest.blockSteps;
  const each = (value: (step: number) => number) => Float32Array.from({ length: steps }, (_, step) => value(step));
  return {
    state: model.initialState,
    temperature: each((step) => (step % 1500 < 60 ? 0 : Math.abs(((step * 7) % 8000) / 4000 - 1) + 0.4)),
    uniform: each((step) => uniformOfStep(seed, step)),
    codeUniform: each((step) => codeUniformOfStep(seed, step)),
    guideStrength: each((step) => (guided && step % 3000 > 700 ? ((step * 3) % 256) / 255 : 0)),
    guideBin: each((step) => (guided ? Math.round(128 + 90 * Math.sin(step / 9)) : 128)),
  };
}

/** Blocks from `first` to `end` of these inputs, from a state. */
export function partOfRows(inputs: DrawInputs, blockSteps: number, state: Float32Array, first: number, end: number) {
  const cut = (values: Float32Array) => values.slice(first * blockSteps, end * blockSteps);
  return {
    state,
    temperature: cut(inputs.temperature),
    uniform: cut(inputs.uniform),
    codeUniform: cut(inputs.codeUniform ?? new Float32Array(0)),
    guideStrength: cut(inputs.guideStrength),
    guideBin: cut(inputs.guideBin),
  };
}

/** The codes of the row after each port block, as the states say them. */
export function nextCodes(
  { levels }: { readonly levels: number },
  states: Float32Array,
  stateFloats: number,
): number[] {
  const found: number[] = [];
  for (let end = stateFloats; end <= states.length; end += stateFloats) {
    found.push(...states.subarray(end - 2048 - levels, end - 2048));
  }
  return found;
}
