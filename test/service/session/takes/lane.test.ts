import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { noEmphasis } from '../../../../service/src/core/emphasis.js';
import { silentBin } from '../../../../service/src/core/mu-law.js';
import { temperatureGrid } from '../../../../service/src/core/shaping.js';
import { Clock } from '../../../../service/src/core/units.js';
import { laneOfTake } from '../../../../service/src/session/takes/lane.js';
import { TakeRecord } from '../../../../service/src/take/take-record.js';

const model = {
  name: 'm',
  digest: '0'.repeat(64),
  rateHz: 16_000,
  blockSteps: 4,
  engine: 'onnx',
  emphasis: noEmphasis,
  sound: 'mu-law' as const,
};
/** Three frames a step. */
const clock = new Clock(48_000, 16_000);

function takeOf(temperatures: readonly number[], parent?: TakeRecord, firstStep = 0): TakeRecord {
  const record = new TakeRecord({ model, seed: 1, rootStep: 0, firstStep, parent, after: undefined });
  for (const temperature of temperatures) {
    const delivered = { temperature, strength: 0, guideBin: silentBin, condition: 0 };
    record.append(delivered, { ...delivered, temperature: temperature + 100 });
  }
  return record;
}

/** The value of a drawn line at a frame: straight between its points, the later one where two share a frame. */
function valueAt({ frames, values }: { frames: number[]; values: number[] }, frame: number): number {
  let index = -1;
  while (index + 1 < frames.length && (frames[index + 1] ?? 0) <= frame) index += 1;
  const [from = 0, to = from] = [frames[index], frames[index + 1]];
  const [low = 0, high = low] = [values[index], values[index + 1]];
  return to > from ? low + ((high - low) * (frame - from)) / (to - from) : low;
}

describe('the lane of a take', () => {
  it('goes through what was delivered and what was used, at every step', () => {
    const lanes = fc.array(fc.integer({ min: 0, max: 2 * temperatureGrid }), { minLength: 1, maxLength: 60 });
    fc.assert(
      fc.property(lanes, (temperatures) => {
        const { delivered, evaluated } = laneOfTake(takeOf(temperatures), clock, 0, 3 * temperatures.length);
        for (const [step, temperature] of temperatures.entries()) {
          expect(Math.abs(valueAt(delivered, 3 * step) - temperature / temperatureGrid)).toBeLessThan(0.0101);
          expect(Math.abs(valueAt(evaluated, 3 * step) - (temperature + 100) / temperatureGrid)).toBeLessThan(0.0101);
        }
      }),
    );
  });

  it('of a branch begins with that of its parent, and only up to where it branches', () => {
    const parent = takeOf(Array(20).fill(1000));
    const branch = takeOf(Array(10).fill(3000), parent, 8);
    const { delivered } = laneOfTake(branch, clock, 0, 54);
    expect(valueAt(delivered, 3 * 7)).toBeCloseTo(1000 / temperatureGrid);
    expect(valueAt(delivered, 3 * 8)).toBeCloseTo(3000 / temperatureGrid);
    expect(delivered.frames.at(-1)).toBe(3 * 17);
  });

  it('is only of what was asked for, and never longer than a picture needs', () => {
    const record = takeOf(Array.from({ length: 60_000 }, (_, step) => (step * 37) % 8000));
    const part = laneOfTake(record, clock, 300, 600).delivered;
    expect([part.frames[0], part.frames.at(-1)]).toEqual([300, 597]);
    const whole = laneOfTake(record, clock, 0, 180_000).delivered;
    expect(whole.frames.length).toBeLessThanOrEqual(4096);
    expect(Math.max(...whole.values)).toBe(7999 / temperatureGrid);
    expect(laneOfTake(record, clock, 200_000, 300_000).delivered.frames).toEqual([]);
  });
});
