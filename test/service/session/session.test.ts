import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SessionRig } from '../../support/session-rig.js';

let rig: SessionRig;

beforeEach(() => {
  rig = new SessionRig();
});

afterEach(() => rig.end());

const renderedFrame = () => {
  const last = rig.chunks.at(-1);
  return last === undefined ? undefined : last.startFrame + last.values.length;
};

const lookaheadFrames = 7200; // 150 ms at 48 kHz

test('it answers open with what will be used', () => {
  expect(rig.sent[0]).toMatchObject({ type: 'opened', model: 'tiny', modelRateHz: 16_000, lookaheadFrames });
});

describe('in realtime', () => {
  test('it renders to the lookahead beyond the playhead, and no further', async () => {
    rig.start();
    rig.block(0);
    await rig.idle();
    expect(renderedFrame()).toBe(256 + lookaheadFrames);
    rig.block(256);
    await rig.idle();
    expect(renderedFrame()).toBe(512 + lookaheadFrames);
    let next = 0;
    for (const chunk of rig.chunks) {
      expect(chunk.startFrame).toBe(next);
      next += chunk.values.length;
    }
  });

  test('a ramp is drawn ahead by its slope; one that ends is not', async () => {
    rig.start();
    const slope = 0.5 / 48_000;
    for (let frame = 0; frame < 48_000; frame += 1024) {
      const end = frame + 1024;
      rig.block(frame, {
        value: 0.5 + slope * frame,
        frameCount: 1024,
        points: [{ frame: end, value: 0.5 + slope * end, interpolation: 'linear' }],
      });
      await rig.idle();
    }
    // The 150 ms before the end were drawn ahead, all by prediction.
    const drawn = rig.drawnTemperatures.flat();
    for (let step = 4000; step < drawn.length; step += 1) {
      expect(Math.abs((drawn[step] ?? 0) - (0.5 + slope * step * 3))).toBeLessThan(1e-3);
    }
  });

  test('a jump is held, not continued as a slope; predictions stay within 0 to 2', async () => {
    rig.start();
    rig.block(0, { frameCount: 4096, value: 0.5 });
    rig.block(4096, { frameCount: 512, value: 1.5 });
    await rig.idle();
    expect(Math.max(...rig.drawnTemperatures.flat())).toBe(1.5);
    rig.start({ epoch: 2 });
    for (let block = 0; block < 8; block += 1) {
      const frame = block * 1024;
      const points = [{ frame: frame + 1024, value: 0.25 * (block + 1), interpolation: 'linear' as const }];
      rig.block(frame, { epoch: 2, frameCount: 1024, value: 0.25 * block, points });
    }
    await rig.idle();
    expect(Math.max(...rig.drawnTemperatures.flat())).toBe(2);
  });

  test('the place where a stopped transport stands is rendered before it starts', async () => {
    rig.start({ rootFrame: 48_000 });
    rig.block(48_000, { playing: false, value: 0.8 });
    await rig.idle();
    expect(rig.chunks[0]?.startFrame).toBe(48_000);
    expect(renderedFrame()).toBe(48_000 + lookaheadFrames);
    const sent = rig.chunks.length;
    rig.block(48_000, { value: 0.8 });
    await rig.idle();
    expect(rig.chunks[sent]?.startFrame).toBe(48_000 + lookaheadFrames);
  });

  test('rendering that fell behind starts again at the playhead, and says what it gave up', async () => {
    rig.start();
    rig.stall();
    for (let block = 0; block < 60; block += 1) rig.block(block * 256);
    await rig.idle();
    rig.release();
    await rig.idle();
    const [first] = rig.chunks;
    expect(first).toMatchObject({ startFrame: 60 * 256, gapFrameCount: 60 * 256 });
    expect(rig.session.snapshot().gapFrameCount).toBe(60 * 256);
    expect(rig.chunks.slice(1).every(({ gapFrameCount }) => gapFrameCount === 0)).toBe(true);
  });

  test('control: rendering that is late by less than the lookahead goes on without a gap', async () => {
    rig.start();
    rig.stall();
    for (let block = 0; block < 20; block += 1) rig.block(block * 256);
    rig.release();
    await rig.idle();
    expect(rig.chunks[0]).toMatchObject({ startFrame: 0, gapFrameCount: 0 });
  });

  test('a block longer than the lookahead asks for a longer one', async () => {
    rig.start();
    rig.block(0, { frameCount: 8192 });
    await rig.idle();
    expect(rig.chunks[0]).toMatchObject({ startFrame: 0, gapFrameCount: 0 });
    expect(renderedFrame()).toBe(3 * 8192);
  });

  test('the nearer the playhead comes to what is rendered, the earlier the deadline', async () => {
    rig.start();
    rig.block(0);
    await rig.idle();
    const [first = 0, ...later] = rig.deadlines;
    expect(later.at(-1)).toBeGreaterThan(first + 50);
  });
});
