import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { Failure } from '../../service/src/core/failure.js';
import type { DrawInputs, DrawnBlocks } from '../../service/src/model/engine.js';
import { KernelModel } from '../../service/src/model/kernel/model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { packKernel } from '../../service/src/model/kernel/packing.js';
import { lively, randomKernel } from '../support/kernel-models.js';
import { kernelShape } from '../support/kernel-weights.js';
import { bitsOf } from '../support/random.js';

const bits = ({ sound, entropy, states }: DrawnBlocks) => [sound, bitsOf(entropy), bitsOf(states)];

/** Blocks from `first` to `end` of these inputs, from a state. */
function part(inputs: DrawInputs, state: Float32Array, first: number, end: number): DrawInputs {
  const cut = (values: Float32Array) => values.slice(first * 64, end * 64);
  return {
    state,
    temperature: cut(inputs.temperature),
    uniform: cut(inputs.uniform),
    guideStrength: cut(inputs.guideStrength),
    guideBin: cut(inputs.guideBin),
  };
}

describe.each([8, 32] as const)('%i-bit weights', (precision) => {
  test.each([
    [48, 32],
    [256, 128],
  ])('voices together are each alone, bit for bit, at %i/%i', async (width, hidden) => {
    const { network, engine } = await randomKernel(width, hidden, precision);
    const alone = new Map<number, DrawnBlocks>();
    const inputs = (voice: number) => lively(network, 6, voice, voice % 2 === 1);
    for (let voice = 0; voice < 20; voice += 1) alone.set(voice, await engine.draw(inputs(voice)));
    for (const count of [1, 2, 3, 4, 7, 8, 16, 17, 20]) {
      const voices = Array.from({ length: count }, (_, voice) => inputs(voice));
      const together = await engine.drawTogether(voices);
      expect(together.map(bits)).toEqual(voices.map((_, voice) => bits(alone.get(voice) as DrawnBlocks)));
    }
    // Voices are told apart at all.
    expect(alone.get(0)?.sound).not.toEqual(alone.get(2)?.sound);
  });

  test('no voices are no blocks, and no blocks are none', async () => {
    const { network, engine } = await randomKernel(16, 16, precision);
    expect(await engine.drawTogether([])).toEqual([]);
    expect((await engine.draw(lively(network, 0, 1, false))).sound.length).toBe(0);
  });

  test('a passage cut anywhere between blocks is the same', async () => {
    const { network, engine } = await randomKernel(48, 32, precision);
    const inputs = lively(network, 12, 3, true);
    const whole = await engine.draw(inputs);
    for (const cut of [1, 5, 11]) {
      const head = await engine.draw(part(inputs, inputs.state, 0, cut));
      const tail = await engine.draw(part(inputs, head.states.slice(-engine.shape.stateFloats), cut, 12));
      expect([...head.sound, ...tail.sound]).toEqual([...whole.sound]);
      expect([...head.entropy, ...tail.entropy]).toEqual([...whole.entropy]);
      expect([...head.states, ...tail.states]).toEqual([...whole.states]);
    }
  });

  test('forcing what is drawn anyway costs what the drawing says: its mean surprise is near its entropy', async () => {
    const { network, engine } = await randomKernel(48, 32, precision);
    const plain = lively(network, 100, 9, false);
    const inputs = { ...plain, temperature: plain.temperature.map(() => 1) };
    const { sound, entropy } = await engine.draw(inputs);
    const surprise = engine.teacherForced(inputs, sound);
    const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
    expect(Math.abs(mean(surprise) - mean(entropy))).toBeLessThan(0.1);
    // And other bins are less likely.
    const other = engine.teacherForced(
      inputs,
      sound.map((bin) => 255 - bin),
    );
    expect(mean(other)).toBeGreaterThan(mean(surprise) + 1);
    expect(() => engine.teacherForced(inputs, sound.subarray(1))).toThrow(Failure);
  });

  test('a worker thread on the same weights draws the same, while this thread draws too', async () => {
    const { network, file } = await randomKernel(48, 32, precision);
    const module = await kernelModule();
    const packed = packKernel(file, kernelShape(network), 0);
    const engine = KernelModel.attach(module, packed);
    const inputs = lively(network, 60, 4, true);
    const worker = new Worker(join(import.meta.dirname, '../support/kernel-thread.mjs'), {
      workerData: {
        built: join(import.meta.dirname, '../../dist/service/src/model/kernel/model.js'),
        module,
        packed,
        inputs,
      },
    });
    const answer = once(worker, 'message') as Promise<[DrawnBlocks]>;
    const here: DrawnBlocks[] = [];
    for (let round = 0; round < 5; round += 1) here.push(await engine.draw(inputs));
    const [there] = await answer;
    await worker.terminate();
    for (const drawn of here) expect(bits(drawn)).toEqual(bits(there));
  });
});
