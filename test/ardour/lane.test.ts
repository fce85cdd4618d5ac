// @module-tag offline
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compareLane } from '../../scripts/lib/lane-check.js';
import { Rig } from './rig.js';

/** Corners at frames that no block size divides, a steep stretch, and a jump between two neighbouring frames. */
const endFrame = 96_000;
const lane = [
  { frame: 0, value: 0.75 },
  { frame: 1_001, value: 1.25 },
  { frame: 1_077, value: 0.5 },
  { frame: 37_777, value: 1.1 },
  { frame: 50_000, value: 1.1 },
  { frame: 50_001, value: 0.5 },
  { frame: 50_177, value: 0.9 },
  { frame: 95_999, value: 1.4 },
];

let rig: Rig;
beforeAll(async () => {
  rig = await Rig.start();
});
afterAll(() => rig.close());

describe('the lane that draws used is the lane that was drawn in Ardour', () => {
  test.each([64, 256, 1024])('in blocks of %i frames', async (blockFrames) => {
    const plan = await rig.session(`lane${blockFrames}`, endFrame, lane);
    const { record } = await rig.exportAndRecord(plan, blockFrames);

    const error = compareLane(record, lane);
    expect(error.steps).toBeGreaterThanOrEqual(endFrame / 3);
    expect(error.value).toBeLessThanOrEqual(1e-3);
    expect(error.jumpSteps).toBeLessThanOrEqual(1);

    // The comparison sees a lane that is two steps late, or a little too hot.
    const late = compareLane(record, lane, 2);
    expect(late.value).toBeGreaterThan(1e-3);
    expect(late.jumpSteps).toBe(2);
    const hotter = lane.map(({ frame, value }) => ({ frame, value: value + 0.002 }));
    expect(compareLane(record, hotter).value).toBeGreaterThan(1e-3);
  });
});
