import { expect } from 'vitest';
import { differences } from '../../scripts/lib/audio-check.js';
import type { PlayedSegment } from '../support/test-host.js';

/** Frames after a gap in which the plugin fades in, and an export lets the take before ring out where another was begun. */
const fadeFrames = 240;

/** By frame of a segment: true where audio was heard as it is, neither missing nor faded. */
export function heardFrames(segment: PlayedSegment): Uint8Array {
  const heard = new Uint8Array(segment.frameCount).fill(1);
  let missedBefore = segment.blocks[0]?.missedFrames ?? 0;
  let offset = 0;
  for (const block of segment.blocks) {
    // Counts are told after the call in which frames were missing; which frames of it is not told.
    if (block.missedFrames !== missedBefore) heard.fill(0, offset, offset + block.frameCount + fadeFrames);
    missedBefore = block.missedFrames;
    offset += block.frameCount;
  }
  // The first block may have missed frames before anything was counted, and every start is faded in.
  heard.fill(0, 0, (segment.blocks[0]?.frameCount ?? 0) + fadeFrames);
  return heard;
}

/** Every frame that was heard is the very same in `audio`, and enough was heard to mean something. */
export function expectHeard(segment: PlayedSegment | undefined, audio: Float32Array | undefined, share = 0.5): void {
  if (segment === undefined || audio === undefined) throw new Error('there is no such segment');
  // The model has one voice: what holds of the left channel holds of the right one.
  expect(differences(segment.left, segment.right).count).toBe(0);
  const heard = heardFrames(segment);
  let count = 0;
  let differing = 0;
  for (const [frame, isHeard] of heard.entries()) {
    if (isHeard === 0) continue;
    count += 1;
    if (!Object.is(segment.left[frame], audio[frame])) differing += 1;
  }
  expect(differing, `of ${count} frames that were heard`).toBe(0);
  expect(count).toBeGreaterThan(share * segment.frameCount);
}
