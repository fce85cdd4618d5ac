import type { BlockEngine } from '../../service/src/model/engine.js';
import { CodedKernelModel } from '../../service/src/model/kernel/coded-model.js';
import { KernelModel } from '../../service/src/model/kernel/model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { OnnxModel } from '../../service/src/model/onnx/model.js';
import { OnnxRowsModel } from '../../service/src/model/onnx/rows-model.js';
import type { VerifiedModel } from '../../service/src/model/verified-model.js';

/** An engine of a SampleRNN, under codes or not, in this thread. @throws Error where the model does not have it */
export async function engineOf(
  { manifest, graph, kernel, rows }: VerifiedModel,
  which: 'onnx' | 'int8' | 'float32',
  tailFloor = manifest.tailGuard.floor,
): Promise<BlockEngine> {
  const { blockSteps, stateFloats } = manifest;
  const shape = { blockSteps, stateFloats };
  if (which === 'onnx') {
    if (graph.kind !== 'onnx') throw new Error(`${manifest.name} has no graph of a SampleRNN`);
    if (rows === undefined) return OnnxModel.load(graph.bytes, shape, 'cpu', tailFloor);
    return OnnxRowsModel.load({ graph: graph.bytes, rows, shape, provider: 'cpu', tailFloor });
  }
  const weights = kernel?.[which];
  if (weights === undefined) throw new Error(`${manifest.name} has no weights for the kernel in ${which}`);
  const module = await kernelModule();
  if (rows === undefined) return KernelModel.load(module, weights, shape, tailFloor);
  return CodedKernelModel.load(module, weights, shape, rows, tailFloor);
}
