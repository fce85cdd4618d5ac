import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  amplitudeOf,
  channelCountOf,
  isOfCodes,
  meanAmplitudeOf,
  pcm16Max,
  pcm16Of,
  soundKindOf,
  soundValues,
  stereoValue,
} from '../../../service/src/core/sound.js';

const sixteenBits = fc.integer({ min: -pcm16Max, max: pcm16Max });

describe('the sound of a step', () => {
  test('is known by its array, whatever it is of', () => {
    for (const kind of ['mu-law', 'pcm16', 'pcm16-stereo'] as const)
      expect(soundKindOf(soundValues(kind, 1))).toBe(kind);
    expect((['mu-law', 'pcm16', 'pcm16-stereo'] as const).map(channelCountOf)).toEqual([1, 1, 2]);
    expect((['mu-law', 'pcm16', 'pcm16-stereo'] as const).map(isOfCodes)).toEqual([false, true, true]);
  });

  test('holds both channels of stereo, and neither changes the other', () => {
    fc.assert(
      fc.property(sixteenBits, sixteenBits, (left, right) => {
        const values = soundValues('pcm16-stereo', 1);
        values[0] = stereoValue(left, right);
        const value = values[0] ?? 0;
        expect(amplitudeOf('pcm16-stereo', value, 0)).toBe(left / pcm16Max);
        expect(amplitudeOf('pcm16-stereo', value, 1)).toBe(right / pcm16Max);
        expect(meanAmplitudeOf('pcm16-stereo', value)).toBeCloseTo((left + right) / 2 / pcm16Max, 12);
      }),
    );
  });

  test('of mono is the same in every channel, and its own mean', () => {
    fc.assert(
      fc.property(sixteenBits, (value) => {
        const heard = [amplitudeOf('pcm16', value, 0), amplitudeOf('pcm16', value, 1), meanAmplitudeOf('pcm16', value)];
        expect(new Set(heard)).toEqual(new Set([value / pcm16Max]));
      }),
    );
    expect([0, 128, 255].map((bin) => amplitudeOf('mu-law', bin, 1))).toEqual(
      [0, 128, 255].map((bin) => meanAmplitudeOf('mu-law', bin)),
    );
  });

  test('is cut off at full scale', () => {
    expect([-3, -1, 0, 0.5, 1, 3].map((amplitude) => pcm16Of(amplitude) + 0)).toEqual([
      -pcm16Max,
      -pcm16Max,
      0,
      16_384,
      pcm16Max,
      pcm16Max,
    ]);
  });
});
