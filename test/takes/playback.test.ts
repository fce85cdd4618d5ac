import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { LanePoint } from '../../service/src/core/lane.js';
import { MemoryStore } from '../../service/src/store/memory-store.js';
import { randomWholes } from '../support/random.js';
import { SimulatedHost, type Stretch } from '../support/simulated-host.js';
import type { Heard } from '../support/simulated-shim.js';

const at = (frame: number, value: number, interpolation: 'hold' | 'linear' = 'linear'): LanePoint => {
  return { frame, value, interpolation };
};
const seconds = (count: number) => Math.round(count * 48_000);
const slope: LanePoint[] = [at(0, 0.7), at(seconds(2), 1.2)];
const jump: LanePoint[] = [at(0, 0.8), at(seconds(1), 0.8), at(seconds(1), 1.3, 'hold'), at(seconds(2), 1.3)];
const song = (change: Partial<Stretch> = {}): Stretch => {
  return { from: 0, frameCount: seconds(2), lane: slope, nextBlockFrames: () => 256, ...change };
};

/** Frames that were heard and are not what `audio` has there; gaps were not heard. */
function differing(heard: readonly Heard[], audio: Float32Array, offset = 0): number {
  return heard.filter((value, index) => value !== 'gap' && !Object.is(value, audio[index + offset])).length;
}
const gaps = (heard: readonly Heard[]) => heard.filter((value) => value === 'gap').length;
/** Frames from where the audio of the first differs from that of the second on. */
const firstDifference = (a: readonly Heard[], b: ArrayLike<number>) =>
  a.findIndex((value, index) => value !== b[index]);

describe('what was heard is what is bounced', () => {
  test.each([
    ['a slope', slope],
    ['a jump', jump],
  ])('%s: bit for bit over every frame that was played, by other blocks, and from the song alone', async (_, lane) => {
    const store = new MemoryStore();
    const host = new SimulatedHost({ store });
    const heard = await host.play(song({ lane }));
    expect(gaps(heard)).toBeLessThan(2000);
    expect(differing(heard, await host.bounce(song({ lane, nextBlockFrames: () => 1024 })))).toBe(0);
    expect(differing(heard, await host.bounce(song({ lane, nextBlockFrames: () => 8192 }), true))).toBe(0);
    const recipe = await host.close();
    const bare = new SimulatedHost({ store: new MemoryStore(), recipe });
    expect(differing(heard, await bare.bounce(song({ lane, nextBlockFrames: () => 777 })))).toBe(0);
    await bare.close();
    // Control: the comparison sees one other bit.
    expect(
      differing(
        heard,
        Float32Array.from(heard, (value, index) => (value === 'gap' ? 0 : value + (index === 50_000 ? 1e-6 : 0))),
      ),
    ).toBe(1);
  });

  test('any lane, blocks and lateness: what was played is bounced, or was a gap', { tags: ['full'] }, async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.tuple(fc.integer({ min: 0, max: 48_000 }), fc.double({ min: 0.3, max: 1.6, noNaN: true }), fc.boolean()),
          {
            minLength: 1,
            maxLength: 12,
          },
        ),
        fc.constantFrom(64, 256, 1000, 2048),
        fc.integer({ min: 1, max: 1000 }),
        async (points, blockFrames, order) => {
          const lane = points
            .toSorted(([a], [b]) => a - b)
            .map(([frame, value, holds]) => at(frame, value, holds ? 'hold' : 'linear'));
          const random = randomWholes(order);
          const turns = () => (random(0, 9) === 0 ? random(0, 3) : random(5, 60));
          const host = new SimulatedHost({ store: new MemoryStore(), turns });
          const stretch = song({ lane, frameCount: 48_000 });
          const heard = await host.play({ ...stretch, nextBlockFrames: () => blockFrames });
          const again = await host.play({ ...stretch, nextBlockFrames: () => random(32, 2048) });
          const audio = await host.bounce({ ...stretch, nextBlockFrames: () => random(1, 8192) });
          expect(differing(heard, audio)).toBe(0);
          expect(differing(again, audio)).toBe(0);
          await host.close();
        },
      ),
      { numRuns: 25 },
    );
  });

  test('seeks and loops: the audio of the place, or a gap', async () => {
    const host = new SimulatedHost({ store: new MemoryStore() });
    const loop = { startFrame: seconds(0.5), endFrame: seconds(1) };
    const inLoop = song({ lane: jump, from: loop.startFrame, frameCount: seconds(0.5), loop });
    const first = await host.play(inLoop);
    for (let pass = 2; pass <= 50; pass += 1) {
      const heard = await host.play(inLoop);
      // From the second pass on the beginning is there before the wrap.
      expect(gaps(heard)).toBe(0);
      expect(differing(first, Float32Array.from(heard, Number))).toBe(0);
    }
    const whole = await host.bounce(song({ lane: jump, from: loop.startFrame, frameCount: seconds(1.5) }));
    const random = randomWholes(5);
    for (let seek = 0; seek < 20; seek += 1) {
      const from = random(loop.startFrame, seconds(1.9));
      const heard = await host.play(song({ lane: jump, from, frameCount: 4000 }));
      expect(differing(heard, whole, from - loop.startFrame)).toBe(0);
      expect(gaps(heard)).toBeLessThan(4000);
    }
    await host.close();
  });
});

describe('rolling back', () => {
  test('a knob that was turned is heard within a few blocks, not at the end of what was rendered ahead', async () => {
    const store = new MemoryStore();
    const host = new SimulatedHost({ store, lookaheadMillis: 500 });
    const turned = seconds(1) + 100;
    const heard = await host.play(song({ lane: [at(0, 0.8), at(turned, 1.3, 'hold')] }));
    const still = new SimulatedHost({ store: new MemoryStore() });
    const held = await still.bounce(song({ lane: [at(0, 0.8)] }));
    const heardAt = firstDifference(heard.slice(2000), held.subarray(2000)) + 2000;
    expect(heardAt).toBeGreaterThan(turned);
    // The next block and the margin of 6 ms; the filter's 72 frames lie within.
    expect(heardAt - turned).toBeLessThan(256 + 3 * 256 + 400);
    const { knobToSoundMillis, revisionCount, refusedRevisionCount } = host.session.snapshot();
    expect([revisionCount, refusedRevisionCount]).toEqual([1, 0]);
    expect(knobToSoundMillis.count).toBe(1);
    expect(knobToSoundMillis.median).toBeLessThan(25);
    await host.close();
    await still.close();
  });

  test('a ramp costs none', async () => {
    const host = new SimulatedHost({ store: new MemoryStore() });
    await host.play(song());
    expect(host.session.snapshot().revisionCount).toBeLessThanOrEqual(1);
    await host.close();
  });

  test('a lane that is known from before costs none, and is drawn ahead as it will be', async () => {
    const host = new SimulatedHost({ store: new MemoryStore() });
    await host.play(song({ lane: jump }));
    const { revisionCount } = host.session.snapshot();
    expect(revisionCount).toBeGreaterThan(0);
    await host.play(song({ lane: jump, seed: 2 }));
    expect(host.session.snapshot().revisionCount).toBe(revisionCount);
    await host.close();
  });

  test('audio that comes too late is refused, and what is heard is still one take', async () => {
    // Now and then a draw takes longer than many blocks: what was spliced in ahead of them comes behind them.
    const random = randomWholes(11);
    const drawTurns = () => (random(0, 3) === 0 ? 30 : 0);
    const host = new SimulatedHost({ store: new MemoryStore(), turns: () => 10, drawTurns });
    const lane = Array.from({ length: 40 }, (_, n) => at(n * 2400, 0.6 + (n % 5) / 6, 'hold'));
    const heard = await host.play(song({ lane, nextBlockFrames: () => 128 }));
    const { refusedRevisionCount } = host.session.snapshot();
    expect(refusedRevisionCount).toBeGreaterThan(0);
    expect(differing(heard, await host.bounce(song({ lane })))).toBe(0);
    await host.close();
  });
});

describe('a kept take', () => {
  test('is what it was whatever the lane does, until it is released', async () => {
    const host = new SimulatedHost({ store: new MemoryStore() });
    const first = await host.play(song());
    const kept = await host.play(song({ lane: jump, keep: true }));
    expect(differing(first, Float32Array.from(kept, Number))).toBe(0);
    const recipe = await host.close();
    const later = new SimulatedHost({ store: new MemoryStore(), recipe });
    expect(differing(first, await later.bounce(song({ lane: jump, keep: true })))).toBe(0);
    expect(differing(first, await later.bounce(song({ lane: jump })))).toBeGreaterThan(1000);
    await later.close();
  });
});
