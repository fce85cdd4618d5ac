import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guideStrength } from '../../plugin-ui/src/geometry/guide.js';
import { rowsFor, stripsMax, within } from '../../plugin-ui/src/geometry/rows.js';
import { barAndBeat, barMarks, parsePlace } from '../../plugin-ui/src/geometry/ruler.js';
import {
  fitted,
  following,
  keptInView,
  rangeOf,
  scrolled,
  secondsAt,
  snapped,
  xOf,
  zoomed,
} from '../../plugin-ui/src/geometry/window.js';
import { heatRuns, valuesAlong, valuesOfMemory } from '../../plugin-ui/src/song/heat-columns.js';

const windows = fc.record({
  start: fc.double({ min: -60, max: 7_200, noNaN: true }),
  secondsPerPixel: fc.double({ min: 0.001, max: 10, noNaN: true }),
});

describe('what of the song is on view', () => {
  it('keeps what is under the pointer where it is while it zooms', () => {
    fc.assert(
      fc.property(
        windows,
        fc.double({ min: 0.2, max: 5, noNaN: true }),
        fc.integer({ min: 0, max: 1_500 }),
        (window, factor, x) => {
          const next = zoomed(window, factor, x);
          expect(secondsAt(next, x)).toBeCloseTo(secondsAt(window, x), 6);
        },
      ),
    );
  });

  it('never zooms beyond its ends', () => {
    const window = { start: 0, secondsPerPixel: 1 };
    expect(zoomed(window, 1e-9, 0).secondsPerPixel).toBe(0.0005);
    expect(zoomed(window, 1e9, 0).secondsPerPixel).toBe(24);
  });

  it('shows all of a range when it fits it, and the playhead when it follows', () => {
    const window = fitted({ start: 10, end: 70 }, 600);
    const range = rangeOf(window, 600);
    expect(range.start).toBeLessThanOrEqual(10);
    expect(range.end).toBeGreaterThanOrEqual(70);
    expect(following(window, 40, 600)).toBe(window);
    expect(xOf(following(window, 70, 600), 70)).toBeCloseTo(48);
    expect(xOf(following(window, 5, 600), 5)).toBeCloseTo(48);
    expect(scrolled({ start: 1, secondsPerPixel: 0.5 }, 4).start).toBe(3);
  });

  it('begins at a whole pixel of its own, no further off than one', () => {
    fc.assert(
      fc.property(windows, (window) => {
        const at = snapped(window);
        expect(Math.abs(at.start / at.secondsPerPixel - Math.round(at.start / at.secondsPerPixel))).toBeLessThan(1e-4);
        expect(Math.abs(at.start - window.start)).toBeLessThanOrEqual(window.secondsPerPixel * 1.001);
        expect(snapped(at).start).toBeCloseTo(at.start, 6);
      }),
    );
  });

  it('keeps some of the song in sight', () => {
    const far = keptInView({ start: 1e6, secondsPerPixel: 0.1 }, { start: 0, end: 60 }, 100);
    expect(far.start).toBeCloseTo(59);
    expect(keptInView({ start: -1e6, secondsPerPixel: 0.1 }, { start: 0, end: 60 }, 100).start).toBeCloseTo(-9);
  });
});

describe('the ruler', () => {
  const time = { frame: 48_000, beat: 4, barStartBeat: 4, tempoBpm: 120, signature: [4, 4] satisfies [number, number] };

  it('has bars where the host has them', () => {
    // Two seconds a bar; bar 2 begins at one second.
    const marks = barMarks(time, 48_000, { start: 0, end: 6 }, 0.01, 44);
    const bars = marks.filter(({ strong }) => strong);
    expect(bars.map(({ seconds, label }) => [Number(seconds.toFixed(6)), label])).toEqual([
      [1, '2'],
      [3, '3'],
      [5, '4'],
    ]);
    expect(marks.length).toBeGreaterThan(bars.length);
    expect(marks.filter(({ strong }) => !strong).every(({ label }) => label === '')).toBe(true);
  });

  it('leaves out as many as have no room', () => {
    const marks = barMarks(time, 48_000, { start: 0, end: 600 }, 0.5, 44);
    const gaps = marks.slice(1).map(({ seconds }, at) => (seconds - (marks[at]?.seconds ?? 0)) / 0.5);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(44);
    expect(marks.length).toBeGreaterThan(3);
    expect(barMarks({ ...time, tempoBpm: 1e9 }, 48_000, { start: 0, end: 1e6 }, 1e-9, 44).length).toBeLessThanOrEqual(
      400,
    );
  });

  it('counts bars and beats in any signature, and reads them back', () => {
    expect([0, 1, 1.5, 2.99, 3, -1].map((seconds) => barAndBeat(time, 48_000, seconds))).toEqual([
      '1.3',
      '2.1',
      '2.2',
      '2.4',
      '3.1',
      '1.1',
    ]);
    const waltz = { frame: 0, beat: 0, barStartBeat: 0, tempoBpm: 90, signature: [6, 8] satisfies [number, number] };
    expect(barAndBeat(waltz, 48_000, 2)).toBe('2.1');
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.integer({ min: 1, max: 6 }), (bar, beat) => {
        const seconds = parsePlace(`${bar}|${beat}`, waltz, 48_000) ?? Number.NaN;
        expect(barAndBeat(waltz, 48_000, seconds)).toBe(`${bar}.${beat}`);
      }),
    );
  });

  it('reads a place in every way that it is said', () => {
    const read = (text: string) => parsePlace(text, time, 48_000);
    expect(['12.5', ' 12,5 s', '1:05.5', '-0:30', '.25', '2|1', '2'].map(read)).toEqual([
      12.5, 12.5, 65.5, -30, 0.25, 1, 2,
    ]);
    expect(['', 'x', '1:75', '1|', '--2', '1e3'].map(read)).toEqual([
      undefined,
      undefined,
      undefined,
      -1,
      undefined,
      undefined,
    ]);
    expect(parsePlace('2|1', null, 48_000)).toBeUndefined();
  });
});

describe('rows', () => {
  it('lie one under the other, and no two share a pixel', () => {
    for (const guide of [false, true]) {
      for (const spectrum of [false, true]) {
        for (const strips of [0, 3, 40]) {
          const rows = rowsFor({ guide, spectrum, strips, compact: false });
          const all = [rows.ruler, rows.lane, rows.guide, rows.take, rows.spectrum, ...rows.strips].filter(
            (row) => row !== undefined,
          );
          all.slice(1).forEach((row, at) => {
            expect(row.top).toBeGreaterThanOrEqual((all[at]?.top ?? 0) + (all[at]?.height ?? 0));
          });
          expect(rows.strips.length).toBe(Math.min(strips, stripsMax));
          expect(rows.height).toBeGreaterThanOrEqual((all.at(-1)?.top ?? 0) + (all.at(-1)?.height ?? 0));
        }
      }
    }
    expect([9, 10, 29, 30].map((y) => within({ top: 10, height: 20 }, y))).toEqual([false, true, true, false]);
  });
});

describe('temperature by pixels', () => {
  const stretch = { epoch: 1, frames: [100, 200, 300], values: [1, 2, 0] };

  it('is the lane where it is known, and nothing where it is not', () => {
    expect([...valuesAlong(stretch, 50, 50, 6)]).toEqual([Number.NaN, 1, 1.5, 2, 1, 0]);
    expect(valuesAlong(stretch, 1_000, 50, 1)[0]).toBeNaN();
    const memory = [stretch, { epoch: 2, frames: [150, 250], values: [0.5, 0.5] }];
    expect([...valuesOfMemory(memory, undefined, 100, 50, 4)]).toEqual([1, 0.5, 0.5, 0.5]);
    expect([...valuesOfMemory(memory, 1, 100, 50, 3)]).toEqual([1, 1.5, 2]);
  });

  it('is drawn in runs of one colour that leave out no pixel', () => {
    const values = Float32Array.from([0.5, 0.5, Number.NaN, 1.4, 1.4]);
    expect(heatRuns(values, { start: 0.5, end: 1.4 })).toEqual([
      { from: 0, to: 2, heat: 0 },
      { from: 2, to: 3, heat: undefined },
      { from: 3, to: 5, heat: 1 },
    ]);
    fc.assert(
      fc.property(fc.array(fc.float({ min: 0, max: 2 }), { minLength: 1, maxLength: 200 }), (list) => {
        const runs = heatRuns(Float32Array.from(list), { start: 0.5, end: 1.4 });
        expect(runs[0]?.from).toBe(0);
        expect(runs.at(-1)?.to).toBe(list.length);
        runs.slice(1).forEach((run, at) => {
          expect(run.from).toBe(runs[at]?.to);
        });
      }),
    );
  });
});

describe('the guide', () => {
  it('pulls fully when it is cold, not at all when it is hot, and as docs/models.md has it between', () => {
    const at = (temperature: number, amount = 1) => guideStrength(temperature, amount, [0.75, 1.05]);
    expect([0.5, 0.75, 1.05, 1.3].map((temperature) => at(temperature))).toEqual([1, 1, 0, 0]);
    expect([0.8, 0.85, 0.9, 0.95, 1].map((temperature) => Number(at(temperature).toFixed(2)))).toEqual([
      0.76, 0.54, 0.35, 0.19, 0.07,
    ]);
    expect(at(0.5, 0.4)).toBeCloseTo(0.4);
  });
});
