import { describe, expect, test } from 'vitest';
import { Lane } from '../../../service/src/core/lane.js';
import { predictLane } from '../../../service/src/render/predict-lane.js';

describe('predictLane', () => {
  const predict = (points: [number, number, 'hold' | 'linear'][], end: number) =>
    predictLane(
      Lane.from(points.map(([frame, value, interpolation]) => ({ frame, value, interpolation }))),
      0,
      end,
      48_000,
    );

  test('goes on by the slope of a line, and of a staircase', () => {
    const line = predict(
      [
        [0, 0.5, 'hold'],
        [9600, 1, 'linear'],
      ],
      9600,
    );
    expect(line(9600 + 4800)).toBeCloseTo(1.25, 9);
    const stairs = predict(
      Array.from({ length: 40 }, (_, n) => [n * 256, 0.5 + n / 100, 'hold']),
      40 * 256,
    );
    expect(stairs(40 * 256 + 2560)).toBeCloseTo(0.5 + 0.49, 1);
  });

  test('holds after a jump, a bend back, or an end', () => {
    expect(
      predict(
        [
          [0, 0.5, 'hold'],
          [9500, 1.5, 'hold'],
        ],
        9600,
      )(20_000),
    ).toBe(1.5);
    expect(
      predict(
        [
          [0, 0.5, 'hold'],
          [8400, 1, 'linear'],
          [9600, 0.9, 'linear'],
        ],
        9600,
      )(9700),
    ).toBeCloseTo(0.9, 12);
    expect(
      predict(
        [
          [0, 0.5, 'hold'],
          [8000, 1, 'linear'],
        ],
        9600,
      )(20_000),
    ).toBe(1);
  });

  test('stays within 0 and 2, and needs no past', () => {
    expect(
      predict(
        [
          [0, 1, 'hold'],
          [4800, 2, 'linear'],
        ],
        4800,
      )(99_999),
    ).toBe(2);
    expect(
      predict(
        [
          [0, 1, 'hold'],
          [4800, 0, 'linear'],
        ],
        4800,
      )(99_999),
    ).toBe(0);
    expect(predict([[0, 0.7, 'hold']], 0)(500)).toBe(0.7);
  });
});
