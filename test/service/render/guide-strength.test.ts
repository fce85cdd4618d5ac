import { describe, expect, test } from 'vitest';
import { noEmphasis } from '../../../service/src/core/emphasis.js';
import { Clock } from '../../../service/src/core/units.js';
import { guideStrength } from '../../../service/src/render/guide-strength.js';
import { InputTimeline } from '../../../service/src/render/input-timeline.js';

const fade = { temperatureLow: 0.75, temperatureHigh: 1.05, gamma: 1, levelDbfs: -15 };

describe('the strength of the guide', () => {
  test('is the amount up to T_lo, falls to exactly 0 at T_hi, and stays there', () => {
    expect(guideStrength(fade, 0.2, 0.5, 1)).toBe(0.5);
    expect(guideStrength(fade, 0.75, 1, 1)).toBe(1);
    expect(guideStrength(fade, 0.9, 1, 1)).toBeCloseTo(0.5, 6);
    expect(guideStrength(fade, 1.05, 1, 1)).toBe(0);
    expect(guideStrength(fade, 2, 1, 1)).toBe(0);
    expect(guideStrength({ ...fade, gamma: 2 }, 0.9, 1, 1)).toBeCloseTo(0.25, 6);
  });

  test('is exactly 0 where amount or level is', () => {
    expect(guideStrength(fade, 0.5, 0, 1)).toBe(0);
    expect(guideStrength(fade, 0.5, 1, 0)).toBe(0);
  });
});

describe("the guide's amount", () => {
  const shapes = (amounts: (frame: number) => number, cut: number) => {
    const clock = new Clock(48_000, 16_000);
    const given = { clock, guideFade: fade, emphasis: noEmphasis, labels: undefined };
    const inputs = new InputTimeline({ ...given, startFrame: 0, offline: true });
    inputs.appendPoints([{ frame: 0, value: 0.7, interpolation: 'hold' }]);
    const audio = Float32Array.from({ length: 96_000 }, (_, frame) => 0.3 * Math.sin(frame / 20));
    for (let frame = 0; frame < 96_000; frame += cut) {
      inputs.hold('guideAmount', frame, amounts(frame));
      inputs.advance(Math.min(cut, 96_000 - frame), audio.subarray(frame, frame + cut));
    }
    return Array.from({ length: 31_900 }, (_, step) => inputs.shape(step).strength);
  };

  test('that jumps is faded over 8 ms, by song position alone', () => {
    const jump = (frame: number) => (frame >= 48_000 ? 1 : 0.2);
    const strengths = shapes(jump, 2400);
    expect(shapes(jump, 480)).toEqual(strengths);
    expect(strengths[15_999]).toBe(51);
    expect(strengths[16_000 + 128]).toBe(255);
    const steepest = Math.max(
      ...strengths.slice(8000).map((value, index, all) => Math.abs(value - (all[index - 1] ?? value))),
    );
    expect(steepest).toBeGreaterThan(0);
    expect(steepest).toBeLessThanOrEqual(2);
  });

  test('of 0 is exactly no guide; control: the least amount is one', () => {
    expect(shapes(() => 0, 4800).every((strength) => strength === 0)).toBe(true);
    expect(shapes(() => 1e-3, 4800).some((strength) => strength > 0)).toBe(true);
  });
});
