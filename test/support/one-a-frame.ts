import type { SongFrame } from '../../service/src/core/units.js';

/**
 * One value a frame of interleaved audio, so that tests compare it frame by frame whatever the model's channels: of stereo, left at
 * even song frames and right at odd ones. Both channels are compared so, to the bit.
 */
export function oneAFrame(values: Float32Array, channelCount: number, startFrame: SongFrame): Float32Array {
  if (channelCount === 1) return values;
  return Float32Array.from({ length: values.length / channelCount }, (_, index) => {
    return values[channelCount * index + (Math.abs(startFrame + index) % channelCount)] ?? Number.NaN;
  });
}
