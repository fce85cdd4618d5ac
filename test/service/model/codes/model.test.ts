import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { CodesModel } from '../../../../service/src/model/codes/model.js';
import { codesEngine } from '../../../support/codes-fixture.js';
import { blockSteps, drawn, levels, model, pair, stateFloats } from './tiny.js';

test('any chunks, steps back, other voices beside it and a fresh engine give the same bits', async () => {
  const count = 70;
  const rows = Array.from({ length: count }, (_, row) => ({
    temperature: 0.6 + (row % 9) / 8,
    // Another artist for a while, in the middle of windows; and a blend that moves.
    condition: row < 20 ? pair(0, 1) : row < 33 ? pair(2, 0) : pair(2, 0, (row - 33) / 40, 1, 1),
  }));
  const engine = await codesEngine(model);
  const whole = await drawn(engine, model.initialState, 0, rows);
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ rows: fc.integer({ min: 1, max: 23 }), back: fc.integer({ min: 0, max: 30 }) }), {
        minLength: 3,
        maxLength: 9,
      }),
      fc.boolean(),
      async (pieces, isFresh) => {
        const used = isFresh ? await codesEngine(model) : engine;
        let row = 0;
        for (const { rows: length, back } of pieces) {
          row = Math.max(0, row - back);
          const part = rows.slice(row, row + length);
          if (part.length === 0) break;
          const state = row === 0 ? model.initialState : whole.states.slice((row - 1) * stateFloats, row * stateFloats);
          const result = await drawn(used, state, row, part);
          expect(result.codes).toEqual(whole.codes.slice(row, row + part.length));
          const sound = whole.sound.slice(row * blockSteps, (row + part.length) * blockSteps);
          expect(Buffer.compare(Buffer.from(result.sound.buffer), Buffer.from(sound.buffer))).toBe(0);
          const states = whole.states.slice(row * stateFloats, (row + part.length) * stateFloats);
          expect(Buffer.compare(Buffer.from(result.states.buffer), Buffer.from(states.buffer))).toBe(0);
          // Another voice, which takes the caches that are there.
          await drawn(used, model.initialState, 0, [{ temperature: 1.5, condition: pair(1, 1) }]);
          row += part.length;
        }
        if (isFresh) await used.close();
      },
    ),
    { numRuns: 25 },
  );
  await engine.close();
}, 120_000);

test('a change of artist is heard at its very row, and at no other before', async () => {
  const engine = await codesEngine(model);
  const plain = Array.from({ length: 40 }, () => ({ temperature: 1, condition: pair(0, 0) }));
  const changed = plain.map((row, index) => (index < 25 ? row : { ...row, condition: pair(2, 1) }));
  const one = await drawn(engine, model.initialState, 0, plain);
  const other = await drawn(engine, model.initialState, 0, changed);
  expect(other.codes.slice(0, 25)).toEqual(one.codes.slice(0, 25));
  expect(other.codes[25]).not.toEqual(one.codes[25]);
  // All the way to the other pair is the other pair; at no blend it says nothing.
  const blended = await drawn(engine, model.initialState, 0, [{ temperature: 1, condition: pair(0, 0, 1, 2, 1) }]);
  const straight = await drawn(engine, model.initialState, 0, [{ temperature: 1, condition: pair(2, 1) }]);
  expect(blended.codes).toEqual(straight.codes);
  expect(pair(0, 0, 0, 2, 1)).toBe(pair(0, 0));
  await engine.close();
});

test('temperature raises the entropy, row for row, and at 0 uniforms say nothing', async () => {
  const engine = await codesEngine(model, { tailFloor: 0 });
  const means: number[] = [];
  for (const temperature of [0.25, 0.5, 0.75, 1, 1.5, 2]) {
    // The same rows before: what is compared is one distribution at several temperatures.
    const before = await drawn(engine, model.initialState, 0, Array(12).fill({ temperature: 1 }));
    const { entropy } = await drawn(engine, before.last, 12, [{ temperature }]);
    means.push(entropy[0] ?? 0);
  }
  expect(means).toEqual([...means].sort((a, b) => a - b));
  expect(means[0]).toBeLessThan((means.at(-1) ?? 0) - 1);
  const cold = (uniform: number) =>
    drawn(engine, model.initialState, 0, Array(30).fill({ temperature: 0, uniform: Array(levels).fill(uniform) }));
  expect((await cold(1e-6)).codes).toEqual((await cold(0.999)).codes);
  await engine.close();
});

test('a guide pulls codes towards itself; none, or strength 0, changes no bit', async () => {
  const engine = await codesEngine(model);
  const tone = (step: number) => Math.round(128 + 90 * Math.sin(step / 9));
  const draw = (strength: number, guideBin?: (step: number) => number) =>
    drawn(engine, model.initialState, 0, Array(40).fill({ temperature: 1, strength, ...(guideBin && { guideBin }) }));
  const free = await draw(0);
  expect((await draw(0, tone)).codes).toEqual(free.codes);
  const guided = await draw(1, tone);
  // Heard one row late: the first row is that of no guide.
  expect(guided.codes[0]).toEqual(free.codes[0]);
  expect(guided.codes).not.toEqual(free.codes);
  const mean = ({ entropy }: { entropy: Float32Array }) =>
    entropy.reduce((sum, bits) => sum + bits, 0) / entropy.length;
  expect(mean(guided)).toBeLessThan(mean(free));
  const spread = new Set(guided.codes.slice(20).map(([first]) => first)).size;
  expect(spread).toBeLessThan(new Set(free.codes.slice(20).map(([first]) => first)).size);
  await engine.close();
});

test('top-k draws from no more than k codes, top-p from fewer than all, and both are off otherwise', async () => {
  const distinct = async (engine: CodesModel) => {
    const seen = new Set<number>();
    for (let index = 0; index < 200; index += 1) {
      const uniform = Array(levels).fill((index + 0.5) / 200);
      const { codes } = await drawn(engine, model.initialState, 0, [{ temperature: 1.5, uniform }]);
      seen.add(codes[0]?.[0] ?? -1);
    }
    await engine.close();
    return seen.size;
  };
  const all = await distinct(await codesEngine(model, { tailFloor: 0 }));
  const k = (topK: number | undefined, topPThousandths: number | undefined) => ({ topK, topPThousandths });
  expect(all).toBeGreaterThan(10);
  expect(await distinct(await codesEngine(model, { tailFloor: 0, limit: k(3, undefined) }))).toBe(3);
  expect(await distinct(await codesEngine(model, { tailFloor: 0, limit: k(1, 900) }))).toBe(1);
  const most = await distinct(await codesEngine(model, { tailFloor: 0, limit: k(undefined, 500) }));
  expect(most).toBeGreaterThan(1);
  expect(most).toBeLessThan(all);
});

test('with a response, rows are drawn at the power of the lane that it says', async () => {
  const { graph } = model;
  if (graph.kind !== 'codes') throw new Error('not a model of codes');
  const square = { ...graph, manifest: { ...graph.manifest, response: { codes: 2 } } };
  const [plain, squared] = [await codesEngine(model), await codesEngine({ ...model, graph: square })];
  const rows = (temperature: number) => Array.from({ length: 12 }, () => ({ temperature }));
  const expected = await drawn(plain, model.initialState, 0, rows(0.5625));
  expect((await drawn(squared, model.initialState, 0, rows(0.75))).codes).toEqual(expected.codes);
  expect((await drawn(plain, model.initialState, 0, rows(0.75))).codes).not.toEqual(expected.codes);
  await plain.close();
  await squared.close();
});
