import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sessionSnapshotSchema } from '../../../service/src/core/monitor.js';
import { SessionRig } from '../../support/session-rig.js';

let rig: SessionRig;

beforeEach(() => {
  rig = new SessionRig();
});

afterEach(() => rig.end());

const lookaheadFrames = 7200; // 150 ms at 48 kHz

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
