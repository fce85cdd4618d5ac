import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import type { DrawInputs, DrawnBlocks } from '../../service/src/model/engine.js';
import { CodedKernelModel } from '../../service/src/model/kernel/coded-model.js';
import { kernelModule } from '../../service/src/model/kernel/module.js';
import { packCodedKernel } from '../../service/src/model/kernel/packing.js';
import { codedModel, livelyRows, partOfRows } from '../support/coded-fixture.js';
import { engineOf } from '../support/engines.js';

const model = await codedModel();
const { blockSteps, stateFloats } = model.manifest;
const shape = { blockSteps, stateFloats };

/** A hash of all its bits. */
function bits({ sound, entropy, states }: DrawnBlocks): string {
  const hash = createHash('sha256');
  for (const values of [sound, entropy, states]) hash.update(values);
  return hash.digest('hex');
}

describe.each(['int8', 'float32'] as const)('voices under codes, %s', (precision) => {
  test('some in their first row and some not: together each is what it is alone, bit for bit', async () => {
    const engine = await engineOf(model, precision);
    const rows = 3;
    const begun = await engine.draw(livelyRows(model, 3, 50, true));
    const inputs = (voice: number): DrawInputs => {
      const lively = livelyRows(model, rows, voice, voice % 3 === 1);
      return voice % 2 === 0 ? lively : { ...lively, state: begun.states.slice(-stateFloats) };
    };
    const alone: DrawnBlocks[] = [];
    for (let voice = 0; voice < 17; voice += 1) alone.push(await engine.draw(inputs(voice)));
    for (const count of [2, 3, 17]) {
      const voices = Array.from({ length: count }, (_, voice) => inputs(voice));
      const together = await engine.drawTogether(voices);
      expect(together.map(bits)).toEqual(alone.slice(0, count).map(bits));
    }
    expect(new Set(alone.map(({ sound }) => sound.join())).size).toBe(17);
  });

  test('a passage cut anywhere between rows is the same', async () => {
    const engine = await engineOf(model, precision);
    const inputs = livelyRows(model, 9, 3, true);
    const whole = await engine.draw(inputs);
    for (const cut of [1, 2, 5, 8]) {
      const head = await engine.draw(partOfRows(inputs, blockSteps, inputs.state, 0, cut));
      const tail = await engine.draw(partOfRows(inputs, blockSteps, head.states.slice(-stateFloats), cut, 9));
      expect([...head.sound, ...tail.sound]).toEqual([...whole.sound]);
      expect(Float32Array.of(...head.entropy, ...tail.entropy)).toEqual(whole.entropy);
      expect(Float32Array.of(...head.states, ...tail.states)).toEqual(whole.states);
    }
  });

  test('no voices are no rows, and no rows are none', async () => {
    const engine = await engineOf(model, precision);
    expect(await engine.drawTogether([])).toEqual([]);
    expect((await engine.draw(livelyRows(model, 0, 1, false))).sound.length).toBe(0);
  });

  test('a worker thread on the same weights draws the same, while this thread draws too', async () => {
    const module = await kernelModule();
    const packed = packCodedKernel(model.kernel[precision], shape, model.rows.rows, 0.01);
    const { rows, guide, response } = model.rows;
    const engine = CodedKernelModel.attach(module, packed, model.rows);
    const inputs = livelyRows(model, 6, 4, true);
    const built = join(import.meta.dirname, '../../dist/service/src/model/kernel/coded-model.js');
    const worker = new Worker(join(import.meta.dirname, '../support/coded-thread.mjs'), {
      workerData: { built, module, packed, inputs, model: { rows, guide, response } },
    });
    const answer = once(worker, 'message') as Promise<[DrawnBlocks]>;
    const here: DrawnBlocks[] = [];
    for (let round = 0; round < 3; round += 1) here.push(await engine.draw(inputs));
    const [there] = await answer;
    await worker.terminate();
    for (const drawn of here) expect(bits(drawn)).toEqual(bits(there));
  });
});

test('forcing what is drawn anyway costs what the drawing says; other codes or bins cost more', async () => {
  const kernel = await CodedKernelModel.load(await kernelModule(), model.kernel.int8, shape, model.rows, 0);
  const rows = 12;
  const plain = livelyRows(model, rows, 9, false);
  const inputs = { ...plain, temperature: plain.temperature.map(() => 1) };
  const { sound, entropy, states } = await kernel.draw(inputs);
  const { levels } = model.rows.rows;
  // Codes of the row before, of each row, and of the row after: the last two of every state, and those of the start.
  const at = stateFloats - 2048 - 2 * levels;
  const codes = Int32Array.from([
    ...model.initialState.subarray(at, at + levels),
    ...Array.from({ length: rows }, (_, row) => [
      ...states.subarray(row * stateFloats + at).subarray(0, levels),
    ]).flat(),
    ...states.slice(-2048 - levels, -2048),
  ]);
  const mean = (values: Float32Array) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const drawn = mean(kernel.teacherForced(inputs, sound, codes));
  expect(Math.abs(drawn - mean(entropy))).toBeLessThan(0.1);
  const otherBins = kernel.teacherForced(
    inputs,
    sound.map((bin) => 255 - bin),
    codes,
  );
  expect(mean(otherBins)).toBeGreaterThan(drawn + 1);
  const otherCodes = kernel.teacherForced(
    inputs,
    sound,
    codes.map((code) => 255 - code),
  );
  expect(mean(otherCodes)).toBeGreaterThan(drawn + 0.05);
  expect(() => kernel.teacherForced(inputs, sound.subarray(1), codes)).toThrow('as many bins and codes');
  expect(() => kernel.teacherForced(inputs, sound, codes.subarray(1))).toThrow('as many bins and codes');
});
