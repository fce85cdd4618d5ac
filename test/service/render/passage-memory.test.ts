import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { Clock } from '../../../service/src/core/units.js';
import { TinyModel, tinyModel } from '../../../service/src/model/tiny-model.js';
import { Passage } from '../../../service/src/render/passage.js';
import { playable } from '../../../service/src/render/playable-model.js';
import { MemoryStore } from '../../../service/src/store/memory-store.js';
import { TakeBook } from '../../../service/src/take/take-book.js';
import { blockLanes } from '../../support/delivery.js';
import { at } from './any-passage.js';

/** Bytes of array buffers that are in use. Freed ones are swept beside the program, so the least of several looks counts. */
async function arrayBytesInUse(): Promise<number> {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect !== 'function') throw new Error('no collector');
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 10; look += 1) {
    collect();
    await new Promise((resolve) => setTimeout(resolve, 20));
    least = Math.min(least, process.memoryUsage().arrayBuffers);
  }
  return least;
}

test('memory does not grow with the length: what is far behind is not kept', async () => {
  const engine = new TinyModel();
  // As large as a trained model's, so that a checkpoint that is kept for ever shows.
  const stub = new Float32Array(1024);
  const passage = new Passage({
    model: { ...playable(tinyModel, 'onnx'), initialState: stub },
    clock: new Clock(48_000, 16_000),
    seed: 1,
    rootFrame: 0,
    offline: true,
    startMode: 'continue',
    resumes: false,
    takes: new TakeBook(),
    store: new MemoryStore(2 ** 20),
    // Drawing is not what is looked at here.
    draw: ({ temperature }) =>
      Promise.resolve({
        sound: new Uint8Array(temperature.length).fill(128),
        entropy: new Float32Array(temperature.length),
        states: new Float32Array((temperature.length / engine.shape.blockSteps) * stub.length),
      }),
  });
  const delivery = (start: number) => ({
    startFrame: start,
    valueAtStart: 1,
    // A lane that rests: what a take remembers of one that moves grows with it, by 12 bytes a run.
    points: [at(start + 8192, 1)],
  });
  const heapAt = async (blocks: number) => {
    for (let block = 0; block < blocks; block += 1) {
      const start = passage.inputs.deliveredFrame;
      passage.inputs.appendBlock(blockLanes(start, { temperature: delivery(start) }));
      passage.inputs.advance(8192, undefined);
      for (;;) {
        if (passage.nextChunk(start + 8192) !== undefined) continue;
        if (!passage.needsDraws(start + 8192)) break;
        await passage.drawMore(start + 8192);
      }
    }
    return arrayBytesInUse();
  };
  const early = await heapAt(40);
  const late = await heapAt(120);
  expect(late - early).toBeLessThan(2 ** 20);
});
