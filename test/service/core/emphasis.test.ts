import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Deemphasis, type Emphasis, noEmphasis } from '../../../service/src/core/emphasis.js';

function emphasised(audio: Float32Array, { coefficient, gain }: Emphasis): Float32Array {
  return audio.map((value, index) => gain * (value - coefficient * (audio[index - 1] ?? 0)));
}

/** All of `input`, in pieces of these lengths, each from its own past alone. */
function takenBack(input: Float32Array, emphasis: Emphasis, lengths: readonly number[]): Float32Array {
  const deemphasis = new Deemphasis(emphasis);
  const padded = new Float32Array(deemphasis.pastSteps + input.length);
  padded.set(input, deemphasis.pastSteps);
  const out = new Float32Array(input.length);
  for (let from = 0, turn = 0; from < out.length; turn += 1) {
    const end = Math.min(out.length, from + (lengths[turn % lengths.length] ?? 1));
    deemphasis.fill(out.subarray(from, end), padded.subarray(from, end + deemphasis.pastSteps));
    from = end;
  }
  return out;
}

const audio = fc.float32Array({ min: -1, max: 1, noNaN: true, minLength: 1, maxLength: 600 });
const emphasis = fc.record({
  coefficient: fc.double({ min: 0.01, max: 0.97, noNaN: true }),
  gain: fc.double({ min: 0.05, max: 100, noNaN: true }),
});

describe('an emphasis', () => {
  it('is taken back', () => {
    fc.assert(
      fc.property(audio, emphasis, (heard, how) => {
        const back = takenBack(emphasised(heard, how), how, [heard.length]);
        for (const [index, value] of back.entries()) expect(Math.abs(value - (heard[index] ?? 0))).toBeLessThan(1e-4);
      }),
    );
  });

  it('is taken back to the same bits, whatever the pieces', () => {
    const lengths = fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(audio, emphasis, lengths, (input, how, pieces) => {
        const whole = Buffer.from(takenBack(input, how, [input.length]).buffer);
        expect(Buffer.compare(Buffer.from(takenBack(input, how, pieces).buffer), whole)).toBe(0);
      }),
    );
  });

  it('that is none changes nothing', () => {
    fc.assert(
      fc.property(audio, (input) => {
        expect(takenBack(input, noEmphasis, [7])).toEqual(input.map((v) => v + 0));
      }),
    );
    expect(new Deemphasis(noEmphasis).pastSteps).toBe(0);
  });

  it('lowers the noise of high frequencies: control, without it they stay', () => {
    const how = { coefficient: 0.85, gain: 1 };
    const hiss = Float32Array.from({ length: 4000 }, (_, index) => 0.1 * (-1) ** index);
    const loudest = (values: Float32Array) => Math.max(...values.subarray(1000));
    expect(loudest(takenBack(hiss, how, [4000]))).toBeCloseTo(0.1 / 1.85, 5);
    expect(loudest(takenBack(hiss, noEmphasis, [4000]))).toBeCloseTo(0.1, 5);
  });
});
