// @module-tag full
import { describe, expect, test } from 'vitest';
import type { LanePoint } from '../../service/src/core/lane.js';
import { MemoryStore } from '../../service/src/store/memory-store.js';
import { playedModel } from '../support/played-model.js';
import { bitsOf } from '../support/random.js';
import { SimulatedHost, type Stretch } from '../support/simulated-host.js';
import type { Heard } from '../support/simulated-shim.js';

const at = (frame: number, value: number): LanePoint => ({ frame, value, interpolation: 'linear' });
const seconds = (count: number) => Math.round(count * 48_000);
const slope: LanePoint[] = [at(0, 0.7), at(seconds(7), 1.2)];
const song = (change: Partial<Stretch> = {}): Stretch => {
  return { from: 0, frameCount: seconds(7), lane: slope, nextBlockFrames: () => 256, ...change };
};
/** After a gap the plugin fades in, and a bounce lets what was before ring out: 5 ms. */
const joinFrames = 240;

/** Frames that were heard, but for the beginnings after long gaps, and are another in `audio`. */
function differing(heard: readonly Heard[], audio: Float32Array, from = 0, longGap = seconds(1)): number {
  let [count, gap, since] = [0, 0, joinFrames];
  for (const [index, value] of heard.entries()) {
    if (value === 'gap') {
      gap += 1;
      continue;
    }
    since = gap > longGap ? 0 : since + 1;
    gap = 0;
    if (since >= joinFrames && !Object.is(value, audio[index + from])) count += 1;
  }
  return count;
}
const gaps = (heard: readonly Heard[]) => heard.filter((value) => value === 'gap').length;

const { manifest } = playedModel.verified;
/** Draws in two or three seconds of song: a draw is one row of codes or two, of 23 or 32 ms; else it is up to 32 ms, and often less. */
const someDraws = manifest.family === 'vq-prior' || manifest.rows !== undefined ? 80 : 200;

/** A host whose model stands still for some seconds of song after so many draws. */
function stalling(drawsBefore: number, secondsOfSong = 3): SimulatedHost {
  const turns = 40;
  let draws = 0;
  const drawTurns = () => {
    draws += 1;
    return draws === drawsBefore ? (secondsOfSong * 48_000 * turns) / 256 : 0;
  };
  return new SimulatedHost({ store: new MemoryStore(), turns: () => turns, drawTurns });
}

describe('sound that was missing for so long that another take was begun', () => {
  test.each([
    // The tiny model forgets its past within moments: how long it is another one without the take is a matter of chance.
    { when: 'after some seconds', draws: someDraws, framesOfItsOwn: 500 },
    { when: 'before anything was heard', draws: 1, framesOfItsOwn: 0 },
  ])('$when: what was heard after it is bounced, by any blocks and from the song alone', async (stall) => {
    const { draws, framesOfItsOwn } = stall;
    const host = stalling(draws);
    const heard = await host.play(song());
    expect(gaps(heard)).toBeGreaterThan(seconds(2));
    expect(gaps(heard)).toBeLessThan(seconds(5));
    const audio = await host.bounce(song({ nextBlockFrames: () => 1000 }));
    expect(differing(heard, audio)).toBe(0);
    for (const frames of [64, 8192]) {
      expect(bitsOf(await host.bounce(song({ nextBlockFrames: () => frames })))).toEqual(bitsOf(audio));
    }
    expect(differing(heard, await host.bounce(song({ nextBlockFrames: () => 8192 }), true))).toBe(0);
    const later = seconds(6);
    expect(differing(heard.slice(later), await host.bounce(song({ from: later, frameCount: seconds(1) })))).toBe(0);
    const recipe = await host.close();
    const bare = new SimulatedHost({ store: new MemoryStore(), recipe });
    expect(bitsOf(await bare.bounce(song()))).toEqual(bitsOf(audio));
    await bare.close();
    // Control: a bounce that knows nothing of it is another one from there on.
    const cold = new SimulatedHost({ store: new MemoryStore() });
    expect(differing(heard, await cold.bounce(song()))).toBeGreaterThanOrEqual(framesOfItsOwn);
    await cold.close();
  });

  test('a lane that was edited there is drawn on from before', async () => {
    const host = stalling(someDraws);
    await host.play(song());
    const rootOfLast = () => host.takes.records.at(-1)?.origin.rootStep;
    expect(rootOfLast()).toBeGreaterThan(0);
    const edited = [at(0, 0.7), at(seconds(0.5), 0.735), at(seconds(0.6), 1.3), at(seconds(7), 0.4)];
    await host.bounce(song({ lane: edited }));
    expect(rootOfLast()).toBe(0);
    // Control: the lane that was heard leads to the take that was begun anew.
    await host.bounce(song());
    expect(rootOfLast()).toBeGreaterThan(0);
    await host.close();
  });

  test('a stream that was interrupted goes on likewise; a transport that jumped does not', async () => {
    for (const resumes of [true, false]) {
      const host = new SimulatedHost({ store: new MemoryStore() });
      await host.play(song({ frameCount: seconds(2) }));
      const from = seconds(4);
      const heard = await host.play(song({ from, frameCount: seconds(3), resumes }));
      const audio = await host.bounce(song());
      const rest = heard.slice(joinFrames);
      const count = rest.filter((value, index) => value !== 'gap' && value !== audio[from + joinFrames + index]).length;
      if (resumes) expect(count).toBe(0);
      else expect(count).toBeGreaterThan(100);
      await host.close();
    }
  });

  test('a model that is a little too slow is heard for a good part of the time, and all that is heard is bounced', async () => {
    const turns = 40;
    // A process block of 256 frames is a block and a third of the model's.
    const turnsPerBlock = (turns * 0.75) / 0.8;
    const host = new SimulatedHost({
      store: new MemoryStore(),
      turns: () => turns,
      drawTurns: (blocks) => Math.round(blocks * turnsPerBlock),
    });
    const frameCount = seconds(12);
    const heard = await host.play(song({ frameCount }));
    expect(gaps(heard)).toBeGreaterThan(frameCount * 0.15);
    // Rows of codes are longer, and what begins anew waits for whole ones.
    expect(gaps(heard)).toBeLessThan(frameCount * (someDraws < 200 ? 0.8 : 0.7));
    const fast = new SimulatedHost({ store: host.store, recipe: await host.close() });
    expect(differing(heard, await fast.bounce(song({ frameCount })), 0, seconds(0.3))).toBe(0);
    await fast.close();
  });
});
