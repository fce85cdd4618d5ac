/** The worker thread: draws blocks for the pool, so that inference never runs on the thread that serves streams. */
import { type MessagePort, parentPort } from 'node:worker_threads';
import { Failure } from '../core/failure.js';
import type { BlockEngine } from './engine.js';
import type { WorkerReply, WorkerRequest } from './engine-messages.js';
import { loadOnWish } from './onnx-provider.js';
import { TinyModel } from './tiny-model.js';

const engines = new Map<string, BlockEngine>();

async function answer(request: Exclude<WorkerRequest, { kind: 'close' }>): Promise<WorkerReply> {
  if (request.kind === 'load') {
    const { engine, reason } = await load(request);
    engines.set(request.digest, engine);
    return { kind: 'loaded', reason };
  }
  const engine = engines.get(request.digest);
  if (engine === undefined) throw new Failure('internal', 'A worker was asked for a model that it has not loaded.');
  const started = performance.now();
  const drawn = await engine.draw(request.inputs);
  return { kind: 'drawn', drawn, runMillis: performance.now() - started };
}

async function load(
  request: Extract<WorkerRequest, { kind: 'load' }>,
): Promise<{ engine: BlockEngine; reason: string }> {
  if (request.graph === undefined) return { engine: new TinyModel(), reason: 'cpu: the tiny model has no other' };
  const chosen = await loadOnWish(request.graph, request.shape, request.initialState, request.wish);
  return { engine: chosen.model, reason: chosen.reason };
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
      port.postMessage(reply, reply.kind === 'drawn' ? buffersOf(reply.drawn) : []);
    } catch (thrown) {
      const failure = Failure.from(thrown);
      port.postMessage({ kind: 'failed', code: failure.code, message: failure.message } satisfies WorkerReply);
    }
  });
}

function buffersOf(drawn: { bins: Uint8Array; entropy: Float32Array; states: Float32Array }): ArrayBuffer[] {
  return [drawn.bins, drawn.entropy, drawn.states].flatMap(({ buffer }) =>
    buffer instanceof ArrayBuffer ? [buffer] : [],
  );
}

if (parentPort === null) throw new Failure('internal', 'engine-worker runs as a worker thread only.');
serve(parentPort);
