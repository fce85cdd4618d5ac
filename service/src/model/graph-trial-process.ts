/** The process that graph-trial.ts starts: `graph-trial-process.js FOLDER PROVIDER` ends with 0 when the model draws. */
import { Failure } from '../core/failure.js';
import { noLimit } from './engine-name.js';
import { loadCodesOnWish, loadOnWish, loadRowsOnWish, plainInputs } from './onnx/provider.js';
import { type ProviderWish, providerWishes } from './provider-wish.js';
import { readModel, type VerifiedModel } from './verified-model.js';

async function tryGraph(folder: string, wish: ProviderWish): Promise<void> {
  const verified = await readModel(folder);
  const { initialState } = verified;
  const { model } = await load(verified, wish);
  await model.draw(plainInputs(model.shape, initialState, 1));
  await model.close();
}

function load({ graph, manifest, initialState, rows }: VerifiedModel, wish: ProviderWish) {
  const { blockSteps, stateFloats, tailGuard } = manifest;
  const tailFloor = tailGuard.floor;
  const shape = { blockSteps, stateFloats };
  if (graph.kind === 'onnx') {
    if (rows !== undefined) return loadRowsOnWish({ graph: graph.bytes, rows, shape, tailFloor }, initialState, wish);
    return loadOnWish(graph.bytes, shape, initialState, wish, tailFloor);
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
