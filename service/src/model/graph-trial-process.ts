/** The process that graph-trial.ts starts: `graph-trial-process.js FOLDER PROVIDER` ends with 0 when the model draws. */
import { Failure } from '../core/failure.js';
import { loadOnWish, plainInputs } from './onnx-provider.js';
import { type ProviderWish, providerWishes } from './provider-wish.js';
import { readModel } from './verified-model.js';

async function tryGraph(folder: string, wish: ProviderWish): Promise<void> {
  const { graph, initialState, manifest } = await readModel(folder);
  if (graph.kind !== 'onnx') throw new Failure('internal', 'Only graphs are tried.');
  const { blockSteps, stateFloats } = manifest;
  const { model } = await loadOnWish(
    graph.bytes,
    { blockSteps, stateFloats },
    initialState,
    wish,
    manifest.tailGuard.floor,
  );
  await model.draw(plainInputs(model.shape, initialState, 1));
  await model.close();
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
