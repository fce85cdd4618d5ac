import { describe, expect, test } from 'vitest';
import type { LanePoint } from '../../service/src/core/lane.js';
import { MemoryStore } from '../../service/src/store/memory-store.js';
import { playedModel } from '../support/played-model.js';
import { bitsOf, randomWholes } from '../support/random.js';
import { SimulatedHost, type Stretch } from '../support/simulated-host.js';

const at = (frame: number, value: number, interpolation: 'hold' | 'linear' = 'linear'): LanePoint => {
  return { frame, value, interpolation };
};
const seconds = (count: number) => Math.round(count * 48_000);
const slope: LanePoint[] = [at(0, 0.7), at(seconds(2.4), 1.2)];
/** The same lane but for what comes from 3 s on. */
const edited: LanePoint[] = [at(0, 0.7), at(seconds(1.2), 0.95), at(seconds(1.2), 0.6, 'hold'), at(seconds(2.4), 0.6)];
const song = (change: Partial<Stretch> = {}): Stretch => {
  return { from: 0, frameCount: seconds(2.4), lane: slope, nextBlockFrames: () => 1024, ...change };
};
const cold = async (stretch: Stretch) => {
  const host = new SimulatedHost({ store: new MemoryStore() });
  const audio = await host.bounce(stretch);
  await host.close();
  return audio;
};

/** Whose rows are long, and checkpoints far apart; and whose draws are so few that a hair's breadth flips none. */
const isOfCodes = playedModel.verified.manifest.family === 'vq-prior';

describe('a bounce', () => {
  test('again, by whatever blocks, is the same bits and costs no draw', async () => {
    const host = new SimulatedHost({ store: new MemoryStore() });
    const first = await host.bounce(song());
    const { drawnBlocks } = host;
    expect(drawnBlocks).toBeGreaterThanOrEqual(600);
    const random = randomWholes(3);
    for (const nextBlockFrames of [() => 64, () => 8192, () => random(1, 8192)]) {
      expect(bitsOf(await host.bounce(song({ nextBlockFrames })))).toEqual(bitsOf(first));
    }
    expect(host.drawnBlocks).toBe(drawnBlocks);
    expect(bitsOf(await cold(song()))).toEqual(bitsOf(first));
    await host.close();
  });

  test('from the middle of a take is that take', async () => {
    const host = new SimulatedHost({ store: new MemoryStore() });
    const whole = await host.bounce(song());
    for (const from of [1, 777, seconds(1.1), seconds(2.39)]) {
      const part = await host.bounce(song({ from, frameCount: seconds(2.4) - from }));
      expect(bitsOf(part)).toEqual(bitsOf(whole.slice(from)));
    }
    await host.close();
  });

  test('of an edited lane keeps what is before the edit, and is a cold render of the edited lane after it', {
    tags: ['full'],
  }, async () => {
    const host = new SimulatedHost({ store: new MemoryStore() });
    const before = await host.bounce(song());
    const drawn = host.drawnBlocks;
    const after = await host.bounce(song({ lane: edited }));
    const newBlocks = host.drawnBlocks - drawn;
    expect(bitsOf(after.slice(0, seconds(1.2)))).toEqual(bitsOf(before.slice(0, seconds(1.2))));
    expect(bitsOf(after)).toEqual(bitsOf(await cold(song({ lane: edited }))));
    // 1.2 s are 300 blocks; a checkpoint's way back and blocks cut by process blocks come on top.
    expect(newBlocks).toBeLessThan(isOfCodes ? 700 : 450);
    expect(newBlocks).toBeGreaterThanOrEqual(300);
    // The edit undone: the first take is still known.
    const undone = await host.bounce(song());
    expect(bitsOf(undone)).toEqual(bitsOf(before));
    expect(host.drawnBlocks).toBe(drawn + newBlocks);
    await host.close();
  });

  test('of another seed, a fresh root or "exactly" is another take, of which the first two are remembered', async () => {
    const host = new SimulatedHost({ store: new MemoryStore() });
    const first = await host.bounce(song());
    const second = await host.bounce(song({ seed: 2 }));
    expect(bitsOf(second)).not.toEqual(bitsOf(first));
    const from = seconds(1);
    const part = song({ from, frameCount: seconds(1) });
    const fresh = await host.bounce({ ...part, startMode: 'fresh' });
    expect(bitsOf(fresh)).not.toEqual(bitsOf(first.slice(from, from + seconds(1))));
    const drawn = host.drawnBlocks;
    expect(bitsOf(await host.bounce({ ...part, startMode: 'fresh' }))).toEqual(bitsOf(fresh));
    expect(bitsOf(await host.bounce(song({ seed: 2 })))).toEqual(bitsOf(second));
    expect(host.drawnBlocks).toBe(drawn);
    expect(bitsOf(await host.bounce({ ...part, startMode: 'exactly' }))).toEqual(bitsOf(fresh));
    expect(host.drawnBlocks).toBeGreaterThan(drawn);
    await host.close();
  });

  test('within the tolerance is the take that is remembered; control: beyond it, from that step on, it is not', async () => {
    const shifted = (by: number) => slope.map((point) => ({ ...point, value: point.value + by }));
    const host = new SimulatedHost({ store: new MemoryStore() });
    const first = await host.bounce(song());
    expect(bitsOf(await host.bounce(song({ lane: shifted(0.0018) })))).toEqual(bitsOf(first));
    expect(bitsOf(await host.bounce(song({ lane: shifted(-0.0018) })))).toEqual(bitsOf(first));
    expect(bitsOf(await host.bounce(song({ lane: shifted(isOfCodes ? 0.1 : 0.0025) })))).not.toEqual(bitsOf(first));
    await host.close();
  });

  test('by coarse blocks is what was heard, on a slope and across a jump', { tags: ['full'] }, async () => {
    const gentle = [at(0, 0.9), at(seconds(1.2), 0.912), at(seconds(1.2), 1.2, 'hold'), at(seconds(2.4), 1.21)];
    for (const lane of [gentle, edited]) {
      const host = new SimulatedHost({ store: new MemoryStore() });
      const first = await host.bounce(song({ lane }));
      const coarse = await host.bounce(song({ lane, nextBlockFrames: () => 8192 }), true);
      expect(bitsOf(coarse)).toEqual(bitsOf(first));
      const moved = lane.map((point) => ({ ...point, value: point.value + (point.frame > seconds(1) ? 0.05 : 0) }));
      expect(bitsOf(await host.bounce(song({ lane: moved, nextBlockFrames: () => 8192 }), true))).not.toEqual(
        bitsOf(first),
      );
      await host.close();
    }
  });

  test('is the same after the song was closed, with the store and without it', { tags: ['quick'] }, async () => {
    const store = new MemoryStore();
    const host = new SimulatedHost({ store });
    const first = await host.bounce(song());
    const other = await host.bounce(song({ lane: edited }));
    const recipe = await host.close();
    expect(recipe.length).toBeLessThan(20_000);
    const again = new SimulatedHost({ store, recipe });
    expect(bitsOf(await again.bounce(song({ lane: edited })))).toEqual(bitsOf(other));
    expect(again.drawnBlocks).toBe(0);
    await again.close();
    const bare = new SimulatedHost({ store: new MemoryStore(), recipe });
    expect(bitsOf(await bare.bounce(song()))).toEqual(bitsOf(first));
    expect(bitsOf(await bare.bounce(song({ lane: edited })))).toEqual(bitsOf(other));
    expect(bare.drawnBlocks).toBeGreaterThan(800);
    await bare.close();
  });

  test('with a guide is remembered with it; another guide is another take', { tags: ['full'] }, async () => {
    const guide = (hz: number) => ({
      amount: [at(0, 1)],
      at: (frame: number) => 0.5 * Math.sin((frame * hz * 2 * Math.PI) / 48_000),
    });
    const lane = [at(0, 0.8)];
    const host = new SimulatedHost({ store: new MemoryStore() });
    const first = await host.bounce(song({ lane, guide: guide(220) }));
    const { drawnBlocks } = host;
    expect(bitsOf(await host.bounce(song({ lane, guide: guide(220), nextBlockFrames: () => 500 })))).toEqual(
      bitsOf(first),
    );
    expect(host.drawnBlocks).toBe(drawnBlocks);
    const from = seconds(1);
    expect(bitsOf(await host.bounce(song({ lane, guide: guide(220), from, frameCount: seconds(1) })))).toEqual(
      bitsOf(first.slice(from, from + seconds(1))),
    );
    const recipe = await host.close();
    const { store } = host;
    const again = new SimulatedHost({ store, recipe });
    expect(bitsOf(await again.bounce(song({ lane, guide: guide(220) })))).toEqual(bitsOf(first));
    expect(again.drawnBlocks).toBe(0);
    expect(bitsOf(await again.bounce(song({ lane, guide: guide(330) })))).not.toEqual(bitsOf(first));
    await again.close();
    const bare = new SimulatedHost({ store: new MemoryStore(), recipe });
    expect(bitsOf(await bare.bounce(song({ lane, guide: guide(220) })))).toEqual(bitsOf(first));
    await bare.close();
  });

  test('is the same by whatever blocks the guide amount comes', { tags: ['full'] }, async () => {
    const amount = [at(0, 0), at(seconds(0.7) + 31, 1), at(seconds(1.5), 0.4), at(seconds(1.5), 0.9, 'hold')];
    const guide = { amount, at: (frame: number) => 0.5 * Math.sin((frame * 220 * 2 * Math.PI) / 48_000) };
    const lane = [at(0, 0.8)];
    const random = randomWholes(8);
    const first = await cold(song({ lane, guide }));
    for (const nextBlockFrames of [() => 64, () => 8192, () => random(1, 8192)]) {
      expect(bitsOf(await cold(song({ lane, guide, nextBlockFrames })))).toEqual(bitsOf(first));
    }
    const constant = { ...guide, amount: [at(0, 0.9)] };
    expect(bitsOf(await cold(song({ lane, guide: constant })))).not.toEqual(bitsOf(first));
  });
});
