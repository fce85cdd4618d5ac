import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Lane } from '../../../service/src/core/lane.js';
import { TinyModel } from '../../../service/src/model/tiny-model.js';
import { bitsOf, randomWholes } from '../../support/random.js';
import { renderTiny, type TinyRender } from '../../support/tiny-passage.js';
import { anyGuide, anyLane, at, guideOf } from './any-passage.js';

describe('an offline passage', () => {
  test('is the same bits for every block size, chunking and order of work', async () => {
    await fc.assert(
      fc.asyncProperty(
        anyLane,
        anyGuide,
        fc.constantFrom(16_000, 22_050, 44_100, 48_000, 96_000),
        fc.integer({ min: -500, max: 2000 }),
        fc.integer({ min: 0, max: 2 ** 32 - 1 }),
        fc.integer({ min: 1, max: 1000 }),
        async (lane, guideSeed, rateHz, rootFrame, seed, order) => {
          const frameCount = 5000;
          const options = { rateHz, rootFrame, frameCount, lane, seed, ...guideOf(guideSeed, frameCount) };
          const whole = await renderTiny({ ...options, nextBlockFrames: () => 8192 });
          const random = randomWholes(order);
          const sizes = [1, 7, 64, 333, 1024, 8192];
          const largest = sizes[random(1, 5)] ?? 64;
          const cut = await renderTiny({
            ...options,
            nextBlockFrames: () => random(Math.ceil(largest / 8), largest),
            deliverEarly: () => random(0, 2) === 0,
          });
          expect(bitsOf(cut.audio)).toEqual(bitsOf(whole.audio));
          expect(cut.steps.flatMap(({ temperature }) => [...temperature])).toEqual(
            whole.steps.flatMap(({ temperature }) => [...temperature]),
          );
        },
      ),
      { numRuns: 10 },
    );
  });

  test('blocks of one frame give the same bits too', async () => {
    const options: TinyRender = {
      rateHz: 48_000,
      rootFrame: 100,
      frameCount: 700,
      lane: [at(0, 1), at(400, 0.5, 'hold')],
      nextBlockFrames: () => 8192,
    };
    const whole = await renderTiny(options);
    expect(bitsOf((await renderTiny({ ...options, nextBlockFrames: () => 1 })).audio)).toEqual(bitsOf(whole.audio));
  });

  test('control: another seed, lane, root or guide is other audio', async () => {
    const options: TinyRender = {
      rateHz: 48_000,
      rootFrame: 0,
      frameCount: 4000,
      lane: [at(0, 0.9)],
      seed: 1,
      nextBlockFrames: () => 512,
    };
    const audio = bitsOf((await renderTiny(options)).audio);
    const others: TinyRender[] = [
      { ...options, seed: 2 },
      { ...options, lane: [at(0, 0.9), at(3000, 0.91, 'hold')] },
      { ...options, rootFrame: 192 },
      { ...options, ...guideOf(1, 4000) },
    ];
    for (const other of others) expect(bitsOf((await renderTiny(other)).audio)).not.toEqual(audio);
  });

  test('draws use the lane at k·R/r, and a jump shows at its own step', async () => {
    const lane = [at(0, 0.7), at(1500, 1.3), at(2001, 0.4, 'hold')];
    for (const rateHz of [48_000, 44_100]) {
      const { steps } = await renderTiny({ rateHz, rootFrame: 0, frameCount: 3000, lane, nextBlockFrames: () => 177 });
      const drawn = steps.flatMap(({ temperature }) => [...temperature]);
      const reference = Lane.from(lane);
      for (const [step, value] of drawn.entries()) {
        // On the grid of 1/4096; a host cuts the line at every block, and rounds there: within an ulp more.
        expect(Math.abs(value - reference.valueAt((step * rateHz) / 16_000))).toBeLessThan(1 / 8192 + 1e-6);
      }
      expect(drawn.findIndex((value) => value < 0.5)).toBe(Math.ceil((2001 * 16_000) / rateHz));
    }
  });

  test('T ≥ T_hi or an amount of 0 is bit-identical to no guide; a silent guide is none', async () => {
    const options: TinyRender = {
      rateHz: 48_000,
      rootFrame: 0,
      frameCount: 4000,
      lane: [at(0, 1.05)],
      nextBlockFrames: () => 500,
    };
    const none = bitsOf((await renderTiny(options)).audio);
    const { guide } = guideOf(1, 4000);
    if (guide === undefined) throw new Error('no guide');
    expect(bitsOf((await renderTiny({ ...options, guide })).audio)).toEqual(none);
    const cool = { ...options, lane: [at(0, 0.8)] };
    const coolNone = bitsOf((await renderTiny(cool)).audio);
    expect(bitsOf((await renderTiny({ ...cool, guide, guideAmount: 0 })).audio)).toEqual(coolNone);
    expect(bitsOf((await renderTiny({ ...cool, guide: guide.map((value) => value / 1000) })).audio)).toEqual(coolNone);
    expect(bitsOf((await renderTiny({ ...cool, guide })).audio)).not.toEqual(coolNone);
  });

  test('before song frame 0 there is nothing, and from there on it is the take rooted at 0', async () => {
    const options: TinyRender = {
      rateHz: 48_000,
      rootFrame: -1000,
      frameCount: 3000,
      lane: [at(-1000, 1)],
      nextBlockFrames: () => 256,
    };
    const { audio } = await renderTiny(options);
    expect(audio.subarray(0, 1000).every((value) => value === 0)).toBe(true);
    const fromZero = await renderTiny({ ...options, rootFrame: 0, frameCount: 2000 });
    expect(bitsOf(audio.slice(1000))).toEqual(bitsOf(fromZero.audio));
  });

  test('audio is finite and within ±1', async () => {
    const { audio } = await renderTiny({
      rateHz: 44_100,
      rootFrame: 0,
      frameCount: 20_000,
      lane: [at(0, 2)],
      nextBlockFrames: () => 8192,
    });
    expect(audio.every((value) => Number.isFinite(value) && Math.abs(value) <= 1)).toBe(true);
    expect(audio.some((value) => Math.abs(value) > 0.01)).toBe(true);
  });

  test('control: a model that is not causal is found out', async () => {
    const engine = new TinyModel();
    const drawing = renderTiny({
      rateHz: 48_000,
      rootFrame: 0,
      frameCount: 2000,
      lane: [at(0, 0.8), at(150, 1.6, 'hold')],
      nextBlockFrames: () => 100,
      draw: async (inputs) => {
        const peeked = { ...inputs, temperature: inputs.temperature.map(() => inputs.temperature.at(-1) ?? 1) };
        return engine.draw(peeked);
      },
    });
    await expect(drawing).rejects.toMatchObject({ code: 'model-damaged' });
  });
});
