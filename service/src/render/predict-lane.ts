import type { Lane } from '../core/lane.js';
import { limits } from '../core/limits.js';
import type { SongFrame } from '../core/units.js';

/** How far back the slope is looked for. Long enough for hosts that hold one value per block of 1024 frames. */
const windowSeconds = 0.05;
/** Both halves of the window must agree within this ratio to be one ramp; otherwise the lane has just jumped or bent. */
const ratioMax = 2;

/**
 * The lane beyond what is delivered, as a function of the song frame: on by the slope of the last 50 ms if that was one
 * ramp, held otherwise. Within 0 to 2.
 */
export function predictLane(
  lane: Lane,
  startFrame: SongFrame,
  deliveredFrame: SongFrame,
  sampleRateHz: number,
): (frame: number) => number {
  const last = lane.valueAt(deliveredFrame);
  const slope = recentSlope(lane, startFrame, deliveredFrame, last, sampleRateHz);
  return (frame) => Math.min(limits.temperatureMax, Math.max(0, last + slope * (frame - deliveredFrame)));
}

/** Temperature per frame. */
function recentSlope(lane: Lane, startFrame: number, endFrame: number, last: number, sampleRateHz: number): number {
  const half = Math.floor(Math.min(windowSeconds * sampleRateHz, endFrame - startFrame) / 2);
  if (half < 1) return 0;
  const middle = lane.valueAt(endFrame - half);
  const early = middle - lane.valueAt(endFrame - 2 * half);
  const late = last - middle;
  if (early * late <= 0) return 0;
  const ratio = early / late;
  return ratio > ratioMax || ratio < 1 / ratioMax ? 0 : (early + late) / (2 * half);
}
