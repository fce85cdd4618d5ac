import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { tinyModel } from '../../../service/src/model/tiny-model.js';
import { playable } from '../../../service/src/render/playable-model.js';
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
    rig.takes.playBy(playable(tinyModel, 'onnx').reference);
    rig.start({ offline: true, resumeFrame: 1500 });
    rig.block(0, { frameCount: 1000 });
    await rig.idle();
    expect(rig.chunks).toEqual([]);
    rig.block(1000, { frameCount: 1000 });
    await rig.idle();
    expect(rig.chunks[0]?.startFrame).toBe(1500);
    expect(renderedFrame()).toBe(2000);
  });

  test('what was received of an engine that the song does not name is not gone on with', () => {
    const refused = 'does not say by which engine';
    expect(() => rig.start({ offline: true, resumeFrame: 1500 })).toThrow(refused);
    rig.takes.playBy({ ...playable(tinyModel, 'onnx').reference, engine: 'kernel-int8-1' });
    expect(() => rig.start({ offline: true, resumeFrame: 1500 })).toThrow(refused);
    expect(() => rig.start({ offline: true, rootFrame: -100, resumeFrame: 0 })).not.toThrow();
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
