import { createHash } from 'node:crypto';
import type { Segment, SegmentKey } from '../../../service/src/take/segment.js';
import { encodeSegment } from '../../../service/src/take/segment-codec.js';
import { randomWholes } from '../../support/random.js';

export interface SampleSize {
  readonly steps: number;
  readonly stateFloats: number;
}

export const smallSample: SampleSize = { steps: 1500, stateFloats: 24 };
/** A full segment of the model that comes with Simmer. */
export const fullSample: SampleSize = { steps: 16_384, stateFloats: 704 };

export function sampleKey(number: number): SegmentKey {
  return createHash('sha256').update(`sample ${number}`).digest('hex');
}

/** Segment `number`: its arrays look like noise, all of the same size whatever the number. */
export function sampleSegment(number: number, { steps, stateFloats }: SampleSize = smallSample): Segment {
  const whole = randomWholes(number + 1);
  // A generator that is quick, seeded by one that is good.
  let state = whole(1, 2 ** 31 - 1);
  const next = () => {
    state = Math.imul(state, 48_271) >>> 0;
    return state >>> 16;
  };
  const bytes = () => Uint8Array.from({ length: steps }, () => next() & 0xff);
  const firstStep = number * 16_384;
  const places = Array.from({ length: Math.floor(steps / 1024) + 1 }, (_, index) => firstStep + index * 1024);
  return {
    firstStep,
    shaping: {
      temperature: new Uint16Array(steps).fill(4000),
      guideStrength: new Uint8Array(steps),
      guideBin: new Uint8Array(steps).fill(128),
    },
    sound: bytes(),
    entropy: bytes(),
    checkpoints: places.map((step) => ({
      step,
      state: Float32Array.from({ length: stateFloats }, () => next() / 65_536 - 0.5),
    })),
  };
}

/** Bytes that are equal exactly when the segments are. */
export function bytesFor(number: number, segment: Segment): string {
  return Buffer.from(encodeSegment(segment, sampleKey(number))).toString('base64');
}

/** True for segment `number` and no other. */
export function isSample(number: number, segment: Segment, size: SampleSize = smallSample): boolean {
  return bytesFor(number, segment) === bytesFor(number, sampleSegment(number, size));
}

/** Bytes of the file of a small sample: all are of one size. */
export const sampleFileBytes = encodeSegment(sampleSegment(0), sampleKey(0)).length;
