/** The worker thread: draws blocks for the pool, so that inference never runs on the thread that serves streams. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Failure } from '../../core/failure.js';
import { CodesModel } from '../codes/model.js';
import type { BlockEngine, BlockShape, DrawnBlocks } from '../engine.js';
import { CodedKernelModel } from '../kernel/coded-model.js';
import { KernelModel } from '../kernel/model.js';
import { kernelModule } from '../kernel/module.js';
import { type PackedKernel, packCodedKernel, packKernel } from '../kernel/packing.js';
import { loadCodesOnWish, loadOnWish, loadRowsOnWish } from '../onnx/provider.js';
import { responding } from '../responding.js';
import { TinyModel } from '../tiny-model.js';
import type { EngineSource, WorkerReply, WorkerRequest } from './messages.js';

const engines = new Map<string, BlockEngine>();

async function answer(request: Exclude<WorkerRequest, { kind: 'close' }>): Promise<WorkerReply> {
  if (request.kind === 'load') {
    const { engine, reason, packed } = await load(request.source, request.shape);
    engines.set(request.key, engine);
    return { kind: 'loaded', reason, voicesTogetherMax: engine.voicesTogetherMax, packed };
  }
  const engine = engines.get(request.key);
  if (engine === undefined) throw new Failure('internal', 'A worker was asked for a model that it has not loaded.');
  if (request.kind === 'prime') {
    if (engine instanceof CodesModel) {
      return { kind: 'primed', state: await engine.prime(request.channels, request.condition) };
    }
    throw new Failure('usage', 'Only models of codes can go on from given audio.');
  }
  const started = performance.now();
  const drawn = await engine.drawTogether(request.voices);
  return { kind: 'drawn', drawn, runMillis: performance.now() - started };
}

interface LoadedEngine {
  readonly engine: BlockEngine;
  readonly reason: string;
  readonly packed?: PackedKernel;
}

async function load(source: EngineSource, shape: BlockShape): Promise<LoadedEngine> {
  switch (source.kind) {
    case 'tiny':
      return { engine: new TinyModel(), reason: 'cpu: the tiny model has no other' };
    case 'onnx': {
      const { graph, initialState, wish, tailFloor, rows, response } = source;
      if (rows !== undefined) {
        const { model, reason } = await loadRowsOnWish({ graph, rows, shape, tailFloor }, initialState, wish);
        return { engine: model, reason };
      }
      const { model, reason } = await loadOnWish(graph, shape, initialState, wish, tailFloor);
      return { engine: responding(model, response.sound), reason };
    }
    case 'codes': {
      const { model, reason } = await loadCodesOnWish(source);
      return { engine: model, reason };
    }
    case 'kernel': {
      const { weights, tailFloor, rows, response } = source;
      const reason = `cpu: ${source.name} in WebAssembly`;
      const module = await kernelModule();
      if (rows !== undefined) {
        const packed = source.packed ?? packCodedKernel(weights, shape, rows.rows, tailFloor);
        return { engine: CodedKernelModel.attach(module, packed, rows), reason, packed };
      }
      const packed = source.packed ?? packKernel(weights, shape, tailFloor);
      return { engine: responding(KernelModel.attach(module, packed), response.sound), reason, packed };
    }
  }
}

function serve(port: MessagePort): void {
  port.on('message', async (request: WorkerRequest) => {
    if (request.kind === 'close') {
      for (const engine of engines.values()) await engine.close();
      port.close();
      return;
    }
    try {
      const reply = await answer(request);
      port.postMessage(reply, reply.kind === 'drawn' ? [...new Set(reply.drawn.flatMap(buffersOf))] : []);
    } catch (thrown) {
      const failure = Failure.from(thrown);
      port.postMessage({ kind: 'failed', code: failure.code, message: failure.message } satisfies WorkerReply);
    }
  });
}

function buffersOf(drawn: DrawnBlocks): ArrayBuffer[] {
  return [drawn.sound, drawn.entropy, drawn.states].flatMap(({ buffer }) =>
    buffer instanceof ArrayBuffer ? [buffer] : [],
  );
}

if (parentPort === null) throw new Failure('internal', 'worker-thread.js runs as a worker thread only.');
serve(parentPort);
