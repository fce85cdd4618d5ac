import fc from 'fast-check';
import type { LanePoint } from '../../../service/src/core/lane.js';

export const at = (frame: number, value: number, interpolation: LanePoint['interpolation'] = 'linear'): LanePoint => ({
  frame,
  value,
  interpolation,
});

/**
 * Lanes that a host can cut anywhere without rounding: held values of any kind, and lines whose slope is a multiple of
 * 2^-16 per frame. (A host that cuts other lines delivers another lane, by its own rounding.)
 */
export const anyLane = fc
  .array(
    fc.record({
      gap: fc.integer({ min: 0, max: 3000 }),
      value: fc.double({ min: 0, max: 2, noNaN: true }),
      slope: fc.integer({ min: -8, max: 8 }),
      line: fc.boolean(),
    }),
    { minLength: 1, maxLength: 8 },
  )
  .map((parts) => {
    const points: LanePoint[] = [];
    let frame = 0;
    let value = 1;
    for (const part of parts) {
      frame += part.gap;
      const target = value + (part.slope * part.gap) / 2 ** 16;
      const representable = part.line && Number.isInteger(value * 2 ** 16) && target >= 0 && target <= 2;
      value = representable ? target : Math.round(part.value * 2 ** 16) / 2 ** 16;
      points.push(at(frame, value, representable ? 'linear' : 'hold'));
    }
    return points;
  });

export const anyGuide = fc.option(fc.integer({ min: 0, max: 1000 }), { nil: undefined });

export function guideOf(seed: number | undefined, frameCount: number): { guide?: Float32Array } {
  if (seed === undefined) return {};
  const silentFrom = seed % 3 === 0 ? frameCount / 2 : frameCount;
  const guide = Float32Array.from({ length: frameCount }, (_, index) =>
    index < silentFrom ? 0.3 * Math.sin((index * (seed + 50)) / 4000) : 0,
  );
  return { guide };
}
