import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decibels, type FilterFigures, figuresOf, responseOf } from '../../../scripts/lib/bench/filter-response.js';
import { pairsOfRates, tableHead, tableRow } from '../../../scripts/lib/bench/resampling-table.js';

const page = readFileSync(join(import.meta.dirname, '../../../docs/resampling.md'), 'utf8').split('\n');
const headAt = page.indexOf(tableHead[0] ?? '');
const rows = page.slice(headAt + tableHead.length).filter((line) => line.startsWith('|'));

describe('the figures of docs/resampling.md', () => {
  test('are of every pair of rates, in order', () => {
    expect(headAt).toBeGreaterThan(0);
    expect(rows.map((row) => row.split('|').slice(1, 3).map(Number))).toEqual(pairsOfRates);
  });

  test.each(pairsOfRates.map(([from, to], index) => ({ from, to, index })))(
    'from $from to $to Hz are what the resampler does',
    ({ from, to, index }) => {
      const figures = figuresOf(responseOf(from, to));
      expect(rows[index]).toBe(tableRow(figures));
      expect(figures).toMatchObject(promises(from, to));
    },
  );

  /** What the page says in words, for every pair. */
  function promises(from: number, to: number): Partial<FilterFigures> {
    const slower = Math.min(from, to);
    const atMost = (most: number) => expect.toSatisfy((value: number) => value <= most);
    return {
      rippleDb: atMost(0.0011),
      leakDb: atMost(-79.5),
      halfPowerHz: expect.closeTo(0.93 * (slower / 2), -Math.log10(0.01 * slower)),
      delayMillis: expect.closeTo((24 * 1000) / slower, 6),
    };
  }

  test('say what becomes of the last of the band', () => {
    const { gain, hzPerPoint } = responseOf(16_000, 48_000);
    expect(decibels(gain[Math.round(8000 / hzPerPoint)] ?? 0)).toBeCloseTo(-21, 0);
  });

  test('would not hold of a filter that leaks a seven-thousandth, or that ripples by a thousandth', () => {
    const response = responseOf(16_000, 48_000);
    const changed = (change: (gain: number) => number) => figuresOf({ ...response, gain: response.gain.map(change) });
    expect(changed((gain) => gain + 1.4e-4).leakDb).toBeGreaterThan(-79.5);
    expect(changed((gain) => gain * 1.001).rippleDb).toBeGreaterThan(0.0011);
    expect(changed((gain) => gain)).toMatchObject(promises(16_000, 48_000));
  });
});
