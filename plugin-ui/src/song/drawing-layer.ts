import { type Range, toPixels } from '../geometry/axis.js';
import { heatOf } from '../geometry/heat.js';
import type { Row } from '../geometry/rows.js';
import { type SongWindow, xOf } from '../geometry/window.js';
import type { Theme } from '../ui/theme.js';
import type { DrawnPoints } from '../workspace/drawn-lane.js';
import type { Workspace } from '../workspace/workspace.js';
import { cachedHeatColour } from './heat-columns.js';

export interface DrawingPlace {
  readonly row: Row;
  readonly width: number;
  readonly window: SongWindow;
  readonly temperature: Range;
  readonly useful: Range;
  readonly sampleRateHz: number;
  readonly theme: Theme;
}

/** How near a pointer must be to a point to mean it, in pixels; a finger is broader. */
const reach = { mouse: 9, touch: 20 } as const;

export function xOfPoint(place: DrawingPlace, frame: number): number {
  return xOf(place.window, frame / place.sampleRateHz);
}

export function yOfValue({ row, temperature }: DrawingPlace, value: number): number {
  return row.top + row.height - toPixels(value, temperature, row.height);
}

/** The point under a pointer, the nearest one. */
export function pointUnder(points: DrawnPoints, place: DrawingPlace, x: number, y: number, touch: boolean) {
  let found: number | undefined;
  let least = (touch ? reach.touch : reach.mouse) ** 2;
  points.forEach((point, index) => {
    const distance = (xOfPoint(place, point.frame) - x) ** 2 + (yOfValue(place, point.value) - y) ** 2;
    if (distance > least) return;
    least = distance;
    found = index;
  });
  return found;
}

/** The drawn lane over the song's: dashed, its points as beads in their heat. */
export function paintDrawing(context: CanvasRenderingContext2D, { drawing }: Workspace, place: DrawingPlace): void {
  const { points, chosen, open } = drawing;
  if (points.length === 0) return;
  const { theme, row, width, useful } = place;
  context.save();
  context.beginPath();
  context.rect(0, row.top - 6, width, row.height + 12);
  context.clip();
  context.strokeStyle = theme.ink;
  context.globalAlpha = open ? 1 : 0.4;
  context.lineWidth = 2;
  context.setLineDash(open ? [] : [3, 4]);
  context.beginPath();
  const first = points[0];
  context.moveTo(0, yOfValue(place, first?.value ?? 0));
  points.forEach((point, index) => {
    const x = xOfPoint(place, point.frame);
    if (point.interpolation === 'hold' || index === 0)
      context.lineTo(x, yOfValue(place, points[index - 1]?.value ?? point.value));
    context.lineTo(x, yOfValue(place, point.value));
  });
  context.lineTo(width, yOfValue(place, points.at(-1)?.value ?? 0));
  context.stroke();
  context.setLineDash([]);
  if (open) {
    points.forEach((point, index) => {
      const x = xOfPoint(place, point.frame);
      if (x < -10 || x > width + 10) return;
      context.beginPath();
      context.arc(x, yOfValue(place, point.value), index === chosen ? 7 : 5, 0, 2 * Math.PI);
      context.fillStyle = cachedHeatColour(heatOf(point.value, useful), theme.heatLightness);
      context.fill();
      context.lineWidth = index === chosen ? 3 : 1.5;
      context.stroke();
    });
  }
  context.restore();
}
