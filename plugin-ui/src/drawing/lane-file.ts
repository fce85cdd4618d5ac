import { Failure } from '../../../service/src/core/failure.js';
import { formatLaneCsv, parseLaneCsv } from '../../../service/src/core/lane-csv.js';
import { textOf } from '../../../service/src/core/table-text.js';
import { clampTemperature, type DrawnPoints, drawnPointsMax } from '../workspace/drawn-lane.js';

/** Larger files are no lane that a page could draw. */
export const laneFileBytesMax = 1 << 20;

export type LaneFile = { readonly points: DrawnPoints } | { readonly fault: string };

/** The format of `simmer render --lane`. Of several points at one frame a drawing has the last. */
export function readLaneFile(bytes: Uint8Array, sampleRateHz: number): LaneFile {
  try {
    const points = parseLaneCsv(textOf(bytes), sampleRateHz).map((point) => ({
      ...point,
      frame: Math.round(point.frame),
      value: clampTemperature(point.value),
    }));
    const single = points.filter((point, index) => point.frame !== points[index + 1]?.frame);
    if (single.length <= drawnPointsMax) return { points: single };
    return { fault: `This lane has ${single.length} points, and a drawing has at most ${drawnPointsMax}.` };
  } catch (thrown) {
    return { fault: Failure.from(thrown).message };
  }
}

export function writeLaneFile(points: DrawnPoints, sampleRateHz: number): string {
  return formatLaneCsv(points, sampleRateHz);
}
