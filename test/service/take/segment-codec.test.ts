import { createHash } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits } from '../../../service/src/core/limits.js';
import { isOfCodes, type SoundKind, soundValues, stereoValue } from '../../../service/src/core/sound.js';
import { type Segment, segmentStepsMax } from '../../../service/src/take/segment.js';
import {
  decodeSegment,
  decodeUnchecked,
  encodedBytesMax,
  encodeSegment,
} from '../../../service/src/take/segment-codec.js';
import { fullSample, sampleKey, sampleSegment, smallSample } from '../store/samples.js';

const key = sampleKey(0);

/** Any segment that segment.ts allows, of at most 3000 steps. */
const segments: fc.Arbitrary<Segment> = fc
  .record({
    firstStep: fc.oneof(
      fc.nat(),
      fc.maxSafeNat().map((step) => Math.floor(step / 2)),
    ),
    steps: fc.integer({ min: 1, max: 3000 }),
    stateFloats: fc.integer({ min: 0, max: 40 }),
    places: fc.uniqueArray(fc.integer({ min: 1, max: 3000 }), { maxLength: 17 }),
    noise: fc.integer(),
    kind: fc.constantFrom<SoundKind>('mu-law', 'pcm16', 'pcm16-stereo'),
  })
  .chain(({ firstStep, steps, stateFloats, places, noise, kind }) => {
    const bytes = (salt: number) => noiseOf(noise + salt, steps);
    const after = places.filter((place) => place <= steps).sort((a, b) => a - b);
    const state = fc.float32Array({
      minLength: stateFloats,
      maxLength: stateFloats,
      noNaN: true,
      noDefaultInfinity: true,
    });
    return fc.tuple(...[0, ...after].map(() => state)).map((states) => ({
      firstStep,
      shaping: {
        temperature: Uint16Array.from(bytes(1), (value, step) => (step % 3 === 0 ? 257 * value : 4096)),
        guideStrength: bytes(2),
        guideBin: bytes(3),
        ...(isOfCodes(kind) && { condition: new Uint32Array(noiseOf(noise + 6, 4 * steps).buffer) }),
      },
      sound: noiseSound(kind, noise + 4, steps),
      entropy: bytes(5),
      checkpoints: [0, ...after].map((place, index) => ({
        step: firstStep + place,
        state: states[index] ?? new Float32Array(stateFloats),
      })),
    }));
  });

function noiseOf(seed: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length; at += 32) {
    const block = createHash('sha256').update(`${seed} ${at}`).digest();
    bytes.set(block.subarray(0, Math.min(32, length - at)), at);
  }
  return bytes;
}

function noiseSound(kind: SoundKind, seed: number, steps: number): Segment['sound'] {
  const sound = soundValues(kind, steps);
  new Uint8Array(sound.buffer).set(noiseOf(seed, sound.byteLength));
  return sound;
}

/** The bytes with a right sum, as someone would make them who knows the form. */
function resummed(bytes: Uint8Array): Uint8Array {
  const body = bytes.subarray(0, bytes.length - 32);
  return Buffer.concat([body, createHash('sha256').update(key).update(body).digest()]);
}

describe('a stored segment', () => {
  test('is the very segment again, to the bit', () => {
    fc.assert(
      fc.property(segments, (segment) => {
        const decoded = decodeSegment(encodeSegment(segment, key), key);
        expect(decoded).toEqual(segment);
        for (const [index, { state }] of segment.checkpoints.entries()) {
          expect(decoded?.checkpoints[index]?.state.every((value, at) => Object.is(value, state[at]))).toBe(true);
        }
      }),
      { numRuns: 200 },
    );
  });

  test('of the largest kind is within the bound that readers keep', () => {
    const steps = segmentStepsMax;
    const largest: Segment = {
      firstStep: 7,
      checkpoints: Array.from({ length: 18 }, (_, index) => ({
        step: 7 + index,
        state: new Float32Array(limits.modelStateFloatsMax).fill(index),
      })),
      shaping: {
        temperature: new Uint16Array(noiseOf(1, 2 * steps).buffer),
        guideStrength: noiseOf(2, steps),
        guideBin: noiseOf(3, steps),
        condition: new Uint32Array(noiseOf(4, 4 * steps).buffer),
      },
      sound: noiseSound('pcm16-stereo', 5, steps),
      entropy: noiseOf(6, steps),
    };
    const bytes = encodeSegment(largest, key);
    expect(bytes.length).toBeLessThanOrEqual(encodedBytesMax);
    expect(bytes.length).toBeGreaterThan(0.9 * encodedBytesMax);
    expect(decodeSegment(bytes, key)).toEqual(largest);
  });

  test.each([
    ['mu-law', 1],
    ['pcm16', 2],
    ['pcm16-stereo', 3],
  ] as const)('of %s is of version %i, and another version is refused', (kind, version) => {
    const sample = sampleSegment(1, { steps: 60, stateFloats: 2 });
    const condition = isOfCodes(kind) ? { condition: new Uint32Array(60).fill(1 << 8) } : {};
    const segment = { ...sample, shaping: { ...sample.shaping, ...condition }, sound: noiseSound(kind, 3, 60) };
    const bytes = Buffer.from(encodeSegment(segment, key));
    expect(bytes.readUInt16LE(4)).toBe(version);
    for (const other of [0, 1, 2, 3, 4].filter((number) => number !== version)) {
      bytes.writeUInt16LE(other, 4);
      expect(decodeSegment(resummed(bytes), key)).toBeUndefined();
    }
  });

  test('of stereo holds left and right of each step, one after the other', () => {
    const sample = sampleSegment(1, { steps: 2, stateFloats: 0 });
    const sound = Int32Array.of(stereoValue(-2, 32_767), stereoValue(1, -32_767));
    const segment = { ...sample, shaping: { ...sample.shaping, condition: new Uint32Array(2) }, sound };
    const bytes = Buffer.from(encodeSegment(segment, key));
    const from = 28 + bytes.readUInt32LE(24);
    expect([0, 2, 4, 6].map((at) => bytes.readInt16LE(from + at))).toEqual([-2, 32_767, 1, -32_767]);
  });

  test('does not keep the bytes it was made of', () => {
    const bytes = encodeSegment(sampleSegment(1), key);
    const decoded = decodeSegment(bytes, key);
    bytes.fill(0);
    expect(decoded).toEqual(sampleSegment(1));
    const buffers = [decoded?.sound.buffer, decoded?.entropy.buffer, decoded?.checkpoints[0]?.state.buffer];
    expect(buffers.map((buffer) => buffer?.byteLength)).toEqual([1500, 1500, 4 * smallSample.stateFloats]);
  });

  test('passes under its own key alone', () => {
    const bytes = encodeSegment(sampleSegment(1), key);
    expect(decodeSegment(bytes, key)).toBeDefined();
    expect(decodeSegment(bytes, sampleKey(1))).toBeUndefined();
  });

  test('is found out when any one bit is another; without the sum it often is not', () => {
    const bytes = encodeSegment(sampleSegment(1, { steps: 40, stateFloats: 3 }), key);
    let passedUnchecked = 0;
    for (let bit = 0; bit < 8 * bytes.length; bit += 1) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(decodeSegment(damaged, key)).toBeUndefined();
      if (decodeUnchecked(damaged) !== undefined) passedUnchecked += 1;
    }
    expect(passedUnchecked).toBeGreaterThan(bytes.length);
  });

  test('is found out when it is cut anywhere, or longer', () => {
    const bytes = encodeSegment(sampleSegment(1, { steps: 40, stateFloats: 3 }), key);
    for (let length = 0; length < bytes.length; length += 1) {
      expect(decodeSegment(bytes.subarray(0, length), key)).toBeUndefined();
    }
    expect(decodeSegment(Buffer.concat([bytes, Buffer.alloc(1)]), key)).toBeUndefined();
    expect(decodeSegment(Buffer.concat([bytes, bytes]), key)).toBeUndefined();
  });

  test('that anyone made, with a right sum, is a sound segment or none, and nothing is thrown', () => {
    const whole = encodeSegment(sampleSegment(1, { steps: 60, stateFloats: 2 }), key);
    let sound = 0;
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat({ max: whole.length - 33 }), fc.integer({ min: 0, max: 255 })), { maxLength: 4 }),
        fc.option(fc.nat({ max: whole.length })),
        (changes, length) => {
          const bytes = Uint8Array.from(whole);
          for (const [at, value] of changes) bytes[at] = value;
          const made = resummed(bytes.subarray(0, Math.max(32, length ?? whole.length)));
          const segment = decodeSegment(made, key);
          if (segment === undefined) return;
          sound += 1;
          // What is let through can be stored again: it keeps every rule.
          expect(decodeSegment(encodeSegment(segment, key), key)).toEqual(segment);
        },
      ),
      { numRuns: 3000 },
    );
    expect(sound).toBeGreaterThan(100);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => decodeSegment(bytes, key) === undefined));
  });

  test('whose shaping unpacks to far more than it says is refused', () => {
    const whole = Buffer.from(encodeSegment(sampleSegment(1, { steps: 60, stateFloats: 2 }), key));
    const packedBytes = whole.readUInt32LE(24);
    const withPacked = (packed: Uint8Array) => {
      const header = Buffer.from(whole.subarray(0, 28));
      header.writeUInt32LE(packed.length, 24);
      return resummed(Buffer.concat([header, packed, whole.subarray(28 + packedBytes)]));
    };
    expect(decodeSegment(withPacked(deflateRawSync(Buffer.alloc(4 * 60))), key)).toBeDefined();
    expect(decodeSegment(withPacked(deflateRawSync(Buffer.alloc(50 * 2 ** 20), { level: 9 })), key)).toBeUndefined();
    expect(decodeSegment(withPacked(deflateRawSync(Buffer.alloc(4 * 60 - 1))), key)).toBeUndefined();
  });

  test('of a full second is packed where that pays', () => {
    const raw = 16_384 * 6 + 16 * 4 * 705;
    expect(encodeSegment(sampleSegment(1, fullSample), key).length).toBeLessThan(0.75 * raw);
  });
});
