/** The process that graph-trial.ts starts: `graph-trial-process.js FOLDER PROVIDER` ends with 0 when the model draws. */
import { Failure } from '../core/failure.js';
import { noLimit } from './engine-name.js';
import type { Manifest } from './manifest.js';
import { loadCodesOnWish, loadOnWish, plainInputs } from './onnx/provider.js';
import { type ProviderWish, providerWishes } from './provider-wish.js';
import { type ModelGraph, readModel } from './verified-model.js';

async function tryGraph(folder: string, wish: ProviderWish): Promise<void> {
  const { graph, initialState, manifest } = await readModel(folder);
  const { model } = await load(graph, manifest, initialState, wish);
  await model.draw(plainInputs(model.shape, initialState, 1));
  await model.close();
}

function load(graph: ModelGraph, manifest: Manifest, initialState: Float32Array, wish: ProviderWish) {
  const { blockSteps, stateFloats, tailGuard } = manifest;
  const tailFloor = tailGuard.floor;
  if (graph.kind === 'onnx') {
    return loadOnWish(graph.bytes, { blockSteps, stateFloats }, initialState, wish, tailFloor);
  }
  if (graph.kind === 'tiny') throw new Failure('internal', 'Only graphs are tried.');
  return loadCodesOnWish({ manifest: graph.manifest, files: graph.files, wish, tailFloor, limit: noLimit });
}

const [folder = '', wished] = process.argv.slice(2);
try {
  await tryGraph(folder, providerWishes.find((wish) => wish === wished) ?? 'cpu');
  process.disconnect?.();
} catch (thrown) {
  process.send?.(Failure.from(thrown).message);
  process.exitCode = 1;
  process.disconnect?.();
}
