/** The worker thread: draws blocks for the pool, so that inference never runs on the thread that serves streams. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Failure } from '../core/failure.js';
import type { BlockEngine, BlockShape, DrawnBlocks } from './engine.js';
import type { EngineSource, WorkerReply, WorkerRequest } from './engine-messages.js';
import { loadOnWish } from './onnx-provider.js';
import { TinyModel } from './tiny-model.js';

const engines = new Map<string, BlockEngine>();

async function answer(request: Exclude<WorkerRequest, { kind: 'close' }>): Promise<WorkerReply> {
  if (request.kind === 'load') {
    const { engine, reason } = await load(request.source, request.shape);
    engines.set(request.key, engine);
    return { kind: 'loaded', reason, voicesTogetherMax: engine.voicesTogetherMax };
  }
  const engine = engines.get(request.key);
  if (engine === undefined) throw new Failure('internal', 'A worker was asked for a model that it has not loaded.');
  const started = performance.now();
  const drawn = await engine.drawTogether(request.voices);
  return { kind: 'drawn', drawn, runMillis: performance.now() - started };
}

async function load(source: EngineSource, shape: BlockShape): Promise<{ engine: BlockEngine; reason: string }> {
  switch (source.kind) {
    case 'tiny':
      return { engine: new TinyModel(), reason: 'cpu: the tiny model has no other' };
    case 'onnx': {
      const { model, reason } = await loadOnWish(source.graph, shape, source.initialState, source.wish);
      return { engine: model, reason };
    }
    case 'kernel':
      throw new Failure('internal', 'not yet');
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
  return [drawn.bins, drawn.entropy, drawn.states].flatMap(({ buffer }) =>
    buffer instanceof ArrayBuffer ? [buffer] : [],
  );
}

if (parentPort === null) throw new Failure('internal', 'engine-worker runs as a worker thread only.');
serve(parentPort);
