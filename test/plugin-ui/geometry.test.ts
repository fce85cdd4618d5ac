import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  fromPixels,
  niceStep,
  niceTimeStep,
  spanOf,
  temperatureRange,
  ticks,
  timeRange,
  toPixels,
} from '../../plugin-ui/src/geometry/axis.js';
import { heatColour, heatOf, heatWord } from '../../plugin-ui/src/geometry/heat.js';
import { fallen, meterFloorDb, meterHeight, PeakReading, toDecibels } from '../../plugin-ui/src/geometry/level.js';
import { extrapolated, smoothed } from '../../plugin-ui/src/geometry/playhead.js';

const finite = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const range = fc.tuple(finite(-1e4, 1e4), finite(0.001, 1e4)).map(([start, span]) => ({ start, end: start + span }));

describe('axes', () => {
  it('time to pixels and back is the same time', () => {
    fc.assert(
      fc.property(range, finite(1, 4_000), finite(0, 1), (axis, length, part) => {
        const value = axis.start + part * spanOf(axis);
        expect(fromPixels(toPixels(value, axis, length), axis, length)).toBeCloseTo(value, 6);
      }),
    );
  });

  it('an axis without length puts everything at its start', () => {
    expect(toPixels(3, { start: 3, end: 3 }, 100)).toBe(0);
    expect(fromPixels(10, { start: 3, end: 4 }, 0)).toBe(3);
  });

  it('steps are round, not below what was asked and not far above', () => {
    fc.assert(
      fc.property(finite(1e-6, 1e6), (least) => {
        const step = niceStep(least);
        expect(step).toBeGreaterThanOrEqual(least * (1 - 1e-6));
        expect(step).toBeLessThanOrEqual(least * 2.51);
      }),
    );
    expect([0.3, 7, 45, 5_000].map(niceTimeStep)).toEqual([0.5, 10, 60, 7_200]);
    expect([niceStep(0), niceStep(Number.NaN), niceStep(Number.POSITIVE_INFINITY)]).toEqual([1, 1, 1]);
  });

  it('ticks lie inside and are bounded', () => {
    expect(ticks({ start: -1, end: 1 }, 0.5)).toEqual([-1, -0.5, 0, 0.5, 1]);
    expect(ticks({ start: 0, end: 1e9 }, 1).length).toBeLessThanOrEqual(200);
    expect(ticks({ start: 0, end: 1 }, 0)).toEqual([]);
  });
});

describe('the stretch of song that is shown', () => {
  it('holds the playhead, and all that is known while that is two minutes or less', () => {
    fc.assert(
      fc.property(finite(-100, 5_000), finite(0, 600), finite(0, 1), (start, length, part) => {
        const content = { start, end: start + length };
        const playhead = start + length * part;
        const shown = timeRange(content, playhead);
        expect(shown.start).toBeLessThanOrEqual(playhead + 1e-6);
        expect(shown.end).toBeGreaterThanOrEqual(playhead - 1e-6);
        if (length > 119.9) return;
        expect(shown.start).toBeLessThanOrEqual(content.start + 1e-6);
        expect(shown.end).toBeGreaterThanOrEqual(content.end - 1e-6);
      }),
    );
  });

  it('stands still while the lane grows within a step', () => {
    const scales = Array.from({ length: 300 }, (_, index) => timeRange({ start: 0, end: index / 10 }, index / 10).end);
    expect(new Set(scales).size).toBeLessThan(16);
    expect(scales).toEqual([...scales].sort((left, right) => left - right));
  });

  it('follows a long song with the playhead at three quarters', () => {
    const shown = timeRange({ start: 0, end: 1_000 }, 900);
    expect(toPixels(900, shown, 100)).toBeCloseTo(75);
    expect(spanOf(shown)).toBe(120);
  });
});

describe('the temperatures that are shown', () => {
  it('hold the useful range and everything drawn, with air', () => {
    const useful = { start: 0.5, end: 1.4 };
    expect(temperatureRange(useful, undefined)).toEqual({ start: 0.2, end: 1.6 });
    const wide = temperatureRange(useful, { start: 0, end: 2 });
    expect(wide.start).toBe(0);
    expect(wide.end).toBeGreaterThan(2);
  });

  it('are narrow for a narrow model', () => {
    expect(spanOf(temperatureRange({ start: 0.95, end: 0.975 }, undefined))).toBeLessThan(0.12);
  });
});

describe('heat', () => {
  const useful = { start: 0.5, end: 1.4 };

  it('runs from the cold end of the useful range to the hot end and stops there', () => {
    expect([0, 0.5, 0.95, 1.4, 9].map((value) => heatOf(value, useful))).toEqual([0, 0, 0.5, 1, 1]);
    expect(heatOf(Number.NaN, useful)).toBe(0.5);
    expect(heatOf(1, { start: 1, end: 1 })).toBe(0.5);
  });

  it('is blue when cold and red when hot', () => {
    expect(heatColour(0, 0.7)).toMatch(/^oklab\(0\.7\d+ -0\.0300 -0\.1250 \/ 1\)$/);
    expect(heatColour(1, 0.7, 0.5)).toMatch(/ 0\.1750 0\.0900 \/ 0\.5\)$/);
  });

  it('is said in words too', () => {
    expect([0.4, 0.5, 0.8, 1, 1.2, 1.4, 1.5].map((value) => heatWord(value, useful))).toEqual([
      'below the useful range',
      'cold',
      'cool',
      'warm',
      'hot',
      'very hot',
      'above the useful range',
    ]);
  });
});

describe('levels', () => {
  it('are decibels of full scale', () => {
    expect(toDecibels(1)).toBe(0);
    expect(toDecibels(0.1)).toBeCloseTo(-20);
    for (const none of [0, -1, Number.NaN]) expect(toDecibels(none)).toBe(Number.NEGATIVE_INFINITY);
  });

  it('fill the meter from its floor to full scale', () => {
    expect([Number.NEGATIVE_INFINITY, meterFloorDb, 0, 12].map(meterHeight)).toEqual([0, 0, 1, 1]);
    expect(meterHeight(-12)).toBeGreaterThan(meterHeight(-13));
  });

  it('fall like a needle, never below the peak', () => {
    expect(fallen(-6, -60, 1_000)).toBeCloseTo(-32);
    expect(fallen(-6, -10, 1_000)).toBe(-10);
    expect(fallen(Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, 16)).toBe(meterFloorDb);
  });

  it('its reading is the highest of a second: it does not fall silent between two reports', () => {
    const reading = new PeakReading();
    const peaks = Array.from({ length: 40 }, (_, view) => (view % 3 === 0 && view < 20 ? 0.5 - view / 100 : 0));
    const shown = peaks.map((peak, view) => reading.take(peak, view * 100));
    expect(shown.slice(0, 27).every((value) => value > 0.3)).toBe(true);
    expect(shown[9]).toBe(0.5);
    expect(shown[10]).toBe(0.47);
    expect(shown.slice(28)).toEqual(Array(12).fill(0));
  });

  it('its reading counts a view once, however often it is looked at', () => {
    const reading = new PeakReading();
    expect([reading.take(0.5, 0), reading.take(0.5, 0), reading.take(0, 900), reading.take(0, 1000)]).toEqual([
      0.5, 0.5, 0.5, 0,
    ]);
  });
});

describe('the playhead between two views', () => {
  it('runs on for a moment and then stands', () => {
    const fix = { seconds: 10, speed: 1, atMillis: 1_000 };
    expect(extrapolated(fix, 1_100)).toBeCloseTo(10.1);
    expect(extrapolated(fix, 60_000)).toBeCloseTo(10.25);
    expect(extrapolated({ ...fix, speed: 0 }, 60_000)).toBe(10);
  });

  it('glides over a small error and jumps over a large one', () => {
    expect(smoothed(undefined, 5, 16, 1)).toBe(5);
    expect(smoothed(5, 60, 16, 1)).toBe(60);
    const next = smoothed(5, 5.1, 16, 0);
    expect(next).toBeGreaterThan(5);
    expect(next).toBeLessThan(5.1);
  });

  it('arrives', () => {
    let shown = 4.9;
    for (let frame = 0; frame < 120; frame += 1) shown = smoothed(shown, 5, 16, 0);
    expect(shown).toBe(5);
  });
});
