import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sessionSnapshotSchema } from '../../../service/src/core/monitor.js';
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

describe('in an offline epoch', () => {
  test('audio comes exactly up to what is delivered, and nothing is predicted', async () => {
    rig.start({ offline: true });
    rig.block(0, { frameCount: 1000, value: 0.5, points: [{ frame: 1000, value: 0.6, interpolation: 'linear' }] });
    await rig.idle();
    expect(renderedFrame()).toBe(1000);
    expect(Math.max(...rig.drawnTemperatures.flat())).toBeLessThanOrEqual(0.6 + 1 / 8192);
  });

  test('a block is drawn again when the rest of its lane arrives and differs; control: not when it is the same', async () => {
    rig.start({ offline: true });
    rig.block(0, { frameCount: 100 });
    await rig.idle();
    expect(rig.drawnTemperatures.length).toBe(1);
    rig.block(100, { frameCount: 50 });
    await rig.idle();
    expect(rig.drawnTemperatures.length).toBe(1);
    rig.block(150, { frameCount: 42, value: 0.5 });
    await rig.idle();
    expect(rig.drawnTemperatures.length).toBe(2);
    expect(rig.drawnTemperatures[1]).toEqual([...new Array(50).fill(1), ...new Array(14).fill(0.5)]);
  });

  test('what was received before the link was lost is drawn and not sent', async () => {
    rig.start({ offline: true, resumeFrame: 1500 });
    rig.block(0, { frameCount: 1000 });
    await rig.idle();
    expect(rig.chunks).toEqual([]);
    rig.block(1000, { frameCount: 1000 });
    await rig.idle();
    expect(rig.chunks[0]?.startFrame).toBe(1500);
    expect(renderedFrame()).toBe(2000);
  });

  test('it never gives up, tells of its progress, and stops reading when it is far behind', async () => {
    rig.start({ offline: true });
    rig.stall();
    for (let block = 0; !rig.session.full; block += 1) rig.block(block * 8192, { frameCount: 8192 });
    const delivered = rig.session.snapshot().playheadFrame;
    expect(delivered).toBeGreaterThan(4 * 48_000);
    expect(delivered).toBeLessThan(5 * 48_000);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    expect(rig.sent.filter(({ type }) => type === 'progress')[0]).toMatchObject({
      epoch: 1,
      renderedFrame: 0,
      targetFrame: delivered,
    });
    rig.release();
    await rig.idle();
    expect(renderedFrame()).toBe(delivered);
    expect(rig.session.full).toBe(false);
    expect(rig.session.snapshot().gapFrameCount).toBe(0);
  });

  test('draws of an epoch that is over are dropped', async () => {
    rig.start({ offline: true });
    rig.stall();
    rig.block(0, { frameCount: 1000 });
    await rig.idle();
    rig.start({ epoch: 2, rootFrame: 9600, offline: true });
    rig.block(9600, { epoch: 2, frameCount: 500 });
    rig.release();
    await rig.idle();
    expect(rig.chunks.every(({ epoch, startFrame }) => epoch === 2 && startFrame >= 9600)).toBe(true);
    expect(renderedFrame()).toBe(10_100);
  });
});

describe('what is observed', () => {
  test('a snapshot is what the page expects, before the first epoch too', async () => {
    expect(() => sessionSnapshotSchema.parse(rig.session.snapshot())).not.toThrow();
    rig.start();
    const guideAmount = {
      startFrame: 0,
      valueAtStart: 0.1,
      points: [{ frame: 256, value: 0.4, interpolation: 'linear' as const }],
    };
    rig.block(0, { value: 0.8, guide: new Float32Array(256).fill(0.5), guideAmount, replacedValueCount: 3 });
    rig.session.handle({
      type: 'report',
      underrunCount: 2,
      underrunFrameCount: 512,
      offlineMissFrameCount: 0,
      overflowCount: 1,
      peak: 0.7,
      playheadFrame: 256,
      playing: true,
      missed: [{ fromFrame: 0, toFrame: 128 }],
    });
    expect(rig.session.gaps.all).toEqual([{ fromFrame: 0, toFrame: 128 }]);
    await rig.idle();
    const snapshot = sessionSnapshotSchema.parse(rig.session.snapshot());
    expect(snapshot).toMatchObject({
      epoch: 1,
      playing: true,
      playheadFrame: 256,
      renderedFrame: 256 + lookaheadFrames,
      temperatureDelivered: 0.8,
      guidePeak: 0.5,
      outputPeak: 0.7,
      underrunCount: 2,
      overflowCount: 1,
      replacedValueCount: 3,
    });
    expect(snapshot.temperatureEvaluated).toBeCloseTo(0.8, 3);
    expect(snapshot.realTimeFactor).toBeGreaterThan(0);
    expect(rig.session.snapshot().outputPeak).toBe(0);
  });

  test('the lane is told in stretches: the corners that were delivered, and what draws used', async () => {
    rig.start({ offline: true });
    rig.block(0, { frameCount: 960, value: 0.5, points: [{ frame: 480, value: 1.5, interpolation: 'hold' }] });
    await rig.idle();
    await new Promise((resolve) => setTimeout(resolve, 150));
    const [stretch] = rig.stretches;
    expect(stretch).toMatchObject({ session: 'rig', epoch: 1 });
    expect(stretch?.delivered).toEqual({ frames: [0, 480, 480], values: [0.5, 0.5, 1.5] });
    expect(stretch?.evaluated.frames).toEqual([0, 192, 384, 480, 576, 768]);
    expect(stretch?.evaluated.values).toEqual([0.5, 0.5, 0.5, 1.5, 1.5, 1.5]);
  });
});
