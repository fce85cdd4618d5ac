// A worker thread that attaches to weights packed elsewhere, draws and posts what it drew. It runs the built service.
import { parentPort, workerData } from 'node:worker_threads';

const { built, module, packed, inputs, model } = workerData;
const { CodedKernelModel } = await import(built);
parentPort.postMessage(await CodedKernelModel.attach(module, packed, model).draw(inputs));
