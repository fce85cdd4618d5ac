import { Failure } from '../core/failure.js';

/** Sidechain audio beyond this is no audio: +40 dBFS. It is cut off there, so that nothing overflows further on. */
const amplitudeMax = 100;

/**
 * Makes mono of the interleaved stereo float32 of a block: the mean of both channels; undefined where all of it is 0.
 * Values that are not finite become 0 and are counted.
 * @throws Failure `invalid` when there are not 2 × frameCount values.
 */
export function decodeGuide(
  bytes: Uint8Array,
  frameCount: number,
): { mono: Float32Array | undefined; replacedValueCount: number } {
  if (bytes.length === 0) return { mono: undefined, replacedValueCount: 0 };
  if (bytes.length !== frameCount * 8) {
    throw new Failure(
      'invalid',
      `guide has ${bytes.length} bytes; a block of ${frameCount} frames has ${frameCount * 8}.`,
    );
  }
  // The bytes lie anywhere in the message: a Float32Array over them would throw where they are not aligned.
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const mono = new Float32Array(frameCount);
  let replacedValueCount = 0;
  let audible = false;
  const read = (offset: number) => {
    const value = view.getFloat32(offset, true);
    if (Math.abs(value) <= amplitudeMax) return value;
    replacedValueCount += 1;
    return Number.isFinite(value) ? Math.sign(value) * amplitudeMax : 0;
  };
  for (let frame = 0; frame < frameCount; frame += 1) {
    const value = (read(frame * 8) + read(frame * 8 + 4)) / 2;
    mono[frame] = value;
    audible ||= value !== 0;
  }
  return { mono: audible ? mono : undefined, replacedValueCount };
}
