import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { angleOf, arcPath, dragged, keyed, keyStep, wheeled } from '../../plugin-ui/src/control/knob-arithmetic.js';
import { parameters } from '../../service/src/core/parameters.js';

const { temperature, outputGain, take, mix } = parameters;

describe('a knob', () => {
  it('drags over its range in so many pixels, ten times finer with Shift', () => {
    expect(dragged(temperature, 1, 0, -24, false)).toBeCloseTo(1.2);
    expect(dragged(temperature, 1, 24, 0, false)).toBeCloseTo(1.2);
    expect(dragged(temperature, 1, 0, -24, true)).toBeCloseTo(1.02);
    expect(dragged(temperature, 1.9, 0, -240, false)).toBe(2);
    expect(dragged(outputGain, 0, 0, 10_000, false)).toBe(-60);
  });

  it('has steps that are round in its own unit', () => {
    expect([temperature, mix, outputGain, take].map(keyStep)).toEqual([0.01, 0.01, 0.1, 1]);
    expect(wheeled(temperature, 1, 1, false)).toBeCloseTo(1.01);
    expect(wheeled(temperature, 1, -1, true)).toBeCloseTo(0.999);
  });

  it('answers the keys of an ARIA slider, and no others', () => {
    const press = (key: string, fine = false) => keyed(temperature, 1, key, fine);
    expect(['ArrowUp', 'ArrowRight', 'ArrowDown', 'ArrowLeft'].map((key) => press(key))).toEqual([
      1.01, 1.01, 0.99, 0.99,
    ]);
    expect(['PageUp', 'PageDown', 'Home', 'End'].map((key) => press(key))).toEqual([1.1, 0.9, 0, 2]);
    expect(press('ArrowUp', true)).toBe(1.001);
    expect(press('a')).toBeUndefined();
    expect(keyed(take, 9999, 'ArrowUp', false)).toBe(9999);
  });

  it('turns through three quarters of a circle, up in the middle', () => {
    expect([0, 1, 2].map((value) => angleOf(temperature, value))).toEqual([-135, 0, 135]);
    expect(arcPath(10, 0, 90)).toBe('M0.000 -10.000A10 10 0 0 1 10.000 0.000');
    expect(arcPath(10, 20, 20)).toBe('');
  });

  it('never leaves its range', () => {
    const far = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    fc.assert(
      fc.property(fc.constantFrom(...Object.values(parameters)), far, far, fc.boolean(), (spec, x, y, fine) => {
        const value = dragged(spec, spec.default, x, y, fine);
        expect(value).toBeGreaterThanOrEqual(spec.min);
        expect(value).toBeLessThanOrEqual(spec.max);
      }),
    );
  });
});
