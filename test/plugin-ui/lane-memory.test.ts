import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decimate,
  extentOf,
  type LaneMemory,
  type LaneSpan,
  lowerBound,
  remember,
  valueAt,
} from '../../plugin-ui/src/state/lane-memory.js';

const points = (frames: number[], value = 1) => ({ frames, values: frames.map(() => value) });

describe('lane memory', () => {
  it('grows with what comes', () => {
    const memory = remember(remember([], 1, points([0, 10])), 1, points([20, 30], 2));
    expect(memory).toEqual([{ epoch: 1, frames: [0, 10, 20, 30], values: [1, 1, 2, 2] }]);
  });

  it('lets a correction replace what was predicted', () => {
    const memory = remember(remember([], 1, points([0, 10, 20, 30])), 1, points([15], 2));
    expect(memory).toEqual([{ epoch: 1, frames: [0, 10, 15], values: [1, 1, 2] }]);
  });

  it('lets a loop draw over itself: only what the new pass has reached is covered', () => {
    const memory = remember(remember([], 1, points([0, 10, 20, 30, 40])), 2, points([10, 20], 2));
    expect(memory).toEqual([
      { epoch: 1, frames: [30, 40], values: [1, 1] },
      { epoch: 2, frames: [10, 20], values: [2, 2] },
    ]);
  });

  it('keeps the lane when the transport stops in an epoch of its own', () => {
    const memory = remember(remember([], 1, points([0, 10, 20])), 2, points([]));
    expect(memory[0]?.frames).toEqual([0, 10, 20]);
  });

  it('is the same when the feed tells it again', () => {
    const once = remember(remember([], 1, points([0, 10, 20, 30])), 2, points([0, 10], 2));
    const twice = once.reduce<LaneMemory>(
      (memory, span) =>
        remember(memory, span.epoch, {
          frames: [...span.frames],
          values: [...span.values],
        }),
      once,
    );
    expect(twice).toEqual(once);
  });

  it('is bounded, whatever comes', () => {
    let memory: LaneMemory = [];
    for (let block = 0; block < 2_000; block += 1) {
      const start = block * 64;
      memory = remember(
        memory,
        1,
        points(
          Array.from({ length: 64 }, (_, index) => start + index),
          block % 7,
        ),
      );
    }
    for (let epoch = 2; epoch < 200; epoch += 1)
      memory = remember(memory, epoch, points([epoch * 500, epoch * 500 + 9]));
    expect(memory.length).toBeLessThanOrEqual(24);
    expect(memory.reduce((sum, span) => sum + span.frames.length, 0)).toBeLessThan(10_000);
  });

  it('never holds two epochs in one place, and every span is in order', () => {
    const delta = fc.record({
      epoch: fc.integer({ min: 1, max: 5 }),
      start: fc.integer({ min: -1_000, max: 1_000 }),
      count: fc.integer({ min: 0, max: 60 }),
    });
    fc.assert(
      fc.property(fc.array(delta, { maxLength: 30 }), (deltas) => {
        const memory = deltas.reduce<LaneMemory>(
          (held, { epoch, start, count }) =>
            remember(held, epoch, points(Array.from({ length: count }, (_, index) => start + index * 7))),
          [],
        );
        for (const span of memory) {
          expect(span.frames).toEqual([...span.frames].sort((left, right) => left - right));
          expect(span.values).toHaveLength(span.frames.length);
        }
        const newest = memory.at(-1);
        const [first, last] = [newest?.frames[0] ?? 0, newest?.frames.at(-1) ?? 0];
        const last_delta = deltas.findLast(({ count }) => count > 0);
        if (newest === undefined || last_delta === undefined) return;
        const from = Math.max(first, last_delta.start);
        for (const span of memory.slice(0, -1)) {
          expect(span.frames.filter((frame) => frame >= from && frame <= last)).toEqual([]);
        }
      }),
    );
  });
});

describe('decimation', () => {
  const span = fc
    .array(fc.tuple(fc.integer({ min: 0, max: 10_000 }), fc.double({ min: 0, max: 2, noNaN: true })), { minLength: 1 })
    .map((pairs) => pairs.sort((left, right) => left[0] - right[0]))
    .map(
      (pairs): LaneSpan => ({
        epoch: 1,
        frames: pairs.map(([frame]) => frame),
        values: pairs.map(([, value]) => value),
      }),
    );

  it('keeps at most four points of a column, among them its first, lowest, highest and last', () => {
    fc.assert(
      fc.property(span, fc.integer({ min: 1, max: 3_000 }), (full, framesPerColumn) => {
        const column = (frame: number) => Math.floor(frame / framesPerColumn);
        const drawn = decimate(full, column);
        for (const which of new Set(full.frames.map(column))) {
          const all = full.values.filter((_, index) => column(full.frames[index] ?? 0) === which);
          const kept = drawn.values.filter((_, index) => column(drawn.frames[index] ?? 0) === which);
          expect(kept.length).toBeLessThanOrEqual(4);
          expect(kept[0]).toBe(all[0]);
          expect(kept.at(-1)).toBe(all.at(-1));
          expect(Math.min(...kept)).toBe(Math.min(...all));
          expect(Math.max(...kept)).toBe(Math.max(...all));
        }
      }),
    );
  });

  it('finds a frame as a plain search would', () => {
    fc.assert(
      fc.property(span, fc.integer({ min: -10, max: 10_010 }), ({ frames }, wanted) => {
        const plain = frames.findIndex((frame) => frame >= wanted);
        expect(lowerBound(frames, wanted)).toBe(plain < 0 ? frames.length : plain);
      }),
    );
  });

  it('knows the lane between its points, after a corner, and nowhere else', () => {
    const memory = [{ epoch: 2, frames: [0, 10, 10, 20], values: [1, 2, 0.5, 0.5] }];
    expect([0, 5, 10, 15, 20].map((frame) => valueAt(memory, 2, frame))).toEqual([1, 1.5, 0.5, 0.5, 0.5]);
    expect([valueAt(memory, 2, -1), valueAt(memory, 2, 21), valueAt(memory, 1, 5)]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('knows what a memory covers', () => {
    expect(extentOf([])).toBeUndefined();
    expect(extentOf([{ epoch: 1, frames: [5, 9], values: [0.5, 1.5] }])).toEqual({
      frames: [5, 9],
      values: [0.5, 1.5],
    });
  });
});
