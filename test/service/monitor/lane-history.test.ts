import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { thin } from '../../../service/src/core/thin-lane.js';
import { LaneHistory, splice } from '../../../service/src/monitor/lane-history.js';
import { stretch } from './examples.js';

const limits = { laneSessionsMax: 3, laneEpochsMax: 2, lanePointsKept: 40, lanePointsMax: 80 };

describe('lane history', () => {
  it('is bounded in points, passages and sessions', () => {
    const history = new LaneHistory(limits);
    for (let session = 0; session < 10; session += 1) {
      for (let epoch = 0; epoch < 10; epoch += 1) {
        for (let block = 0; block < 200; block += 1) {
          history.add(stretch(`s${session}`, epoch, [block * 100, block * 100 + 50]));
        }
      }
    }
    const kept = history.all();
    expect(kept.map(({ session, epoch }) => `${session}/${epoch}`)).toEqual([
      's7/8',
      's7/9',
      's8/8',
      's8/9',
      's9/8',
      's9/9',
    ]);
    for (const { delivered, evaluated } of kept) {
      for (const points of [delivered, evaluated]) {
        expect(points.frames.length).toBeLessThanOrEqual(limits.lanePointsMax);
        expect(points.frames[0]).toBe(0);
        expect(points.frames.at(-1)).toBe(19_950);
      }
    }
  });

  it('forgets a session that has ended, but not one that is about to be listed', () => {
    const history = new LaneHistory(limits);
    history.add(stretch('a', 1, [0]));
    history.add(stretch('b', 1, [0]));
    history.retain(new Set(['a']));
    expect(history.all().map(({ session }) => session)).toEqual(['a', 'b']);
    history.retain(new Set(['b']));
    expect(history.all().map(({ session }) => session)).toEqual(['b']);
  });

  it('takes a corrected stretch in place of what was predicted', () => {
    const history = new LaneHistory(limits);
    history.add(stretch('a', 1, [0, 100, 200, 300], 0.8));
    history.add(stretch('a', 1, [150, 250], 1.2));
    expect(history.all()[0]?.evaluated).toEqual({ frames: [0, 100, 150, 250], values: [0.8, 0.8, 1.2, 1.2] });
  });

  it('keeps pairs when a curve has more of one than of the other', () => {
    const history = new LaneHistory(limits);
    const uneven = { frames: [0, 1, 2], values: [1] };
    history.add({ session: 'a', epoch: 1, delivered: uneven, evaluated: uneven });
    expect(history.all()[0]?.delivered).toEqual({ frames: [0], values: [1] });
  });
});

const lane = fc
  .array(fc.tuple(fc.integer({ min: -1e6, max: 1e6 }), fc.double({ min: 0, max: 2, noNaN: true })), { maxLength: 400 })
  .map((pairs) => pairs.sort((left, right) => left[0] - right[0]))
  .map((pairs) => ({ frames: pairs.map(([frame]) => frame), values: pairs.map(([, value]) => value) }));

describe('thinning', () => {
  it('keeps the ends, the extremes, the order and the bound', () => {
    fc.assert(
      fc.property(lane, fc.integer({ min: 4, max: 200 }), (points, pointsMax) => {
        const thinned = thin(points, pointsMax);
        expect(thinned.frames.length).toBeLessThanOrEqual(pointsMax);
        expect(thinned.frames).toEqual([...thinned.frames].sort((left, right) => left - right));
        expect(thinned.values).toHaveLength(thinned.frames.length);
        if (points.frames.length === 0) return;
        expect(thinned.frames[0]).toBe(points.frames[0]);
        expect(thinned.frames.at(-1)).toBe(points.frames.at(-1));
        expect(Math.max(...thinned.values)).toBe(Math.max(...points.values));
        expect(Math.min(...thinned.values)).toBe(Math.min(...points.values));
      }),
    );
  });

  it('changes nothing that is added at the end', () => {
    fc.assert(
      fc.property(lane, (points) => {
        const last = (points.frames.at(-1) ?? 0) + 1;
        const longer = splice(points, { frames: [last], values: [1] });
        expect(longer.frames).toEqual([...points.frames, last]);
      }),
    );
  });
});
