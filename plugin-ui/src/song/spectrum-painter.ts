import type { TakeSummary } from '../../../service/src/core/monitor.js';
import { spectrumTileSteps } from '../sound/spectrum.js';
import { cachedHeatColour, heatRuns } from './heat-columns.js';
import { type SongPicture, stepsPerSecond } from './picture.js';
import { label, temperaturesOf } from './sound-painter.js';

/** Further out than this a spectrogram would be noise, and megabytes. */
export const spectrumSecondsMax = 100;

/** What a spectrogram was last tinted for: it is costly, and changes seldom. */
const tinted = new WeakMap<CanvasRenderingContext2D, { key: string; atMillis: number }>();
/** The colours at its living edge may be so old. */
const tintMillis = 1_000;

/** Loudness by pitch, lowest at the bottom, in the colour of the temperature. `scratch` is of the row's size. */
export function paintSpectrum(
  context: CanvasRenderingContext2D,
  picture: SongPicture,
  scratch: CanvasRenderingContext2D,
  scale: number,
): void {
  const { rows, take, view, window, width, services, theme } = picture;
  const row = rows.spectrum;
  if (row === undefined || take === undefined) return;
  context.fillStyle = theme.grid;
  context.fillRect(0, row.top, width, row.height);
  const seconds = width * window.secondsPerPixel;
  if (seconds > spectrumSecondsMax) {
    label(context, picture, row, 'Spectrum: zoom in');
    return;
  }
  const rate = stepsPerSecond(picture);
  const tileSeconds = spectrumTileSteps / rate;
  const tiles: (readonly [tile: HTMLCanvasElement, x: number])[] = [];
  const last = Math.floor((window.start + seconds) / tileSeconds);
  for (let index = Math.max(0, Math.floor(window.start / tileSeconds)); index <= last; index += 1) {
    const first = index * spectrumTileSteps;
    if (first + spectrumTileSteps <= take.rootStep || first >= take.endStep) continue;
    const tile = services.spectrogram.tile(view.snapshot.id, take.id, index, rate, take.endStep);
    if (tile !== undefined) tiles.push([tile, (index * tileSeconds - window.start) / window.secondsPerPixel]);
  }
  const key = [
    take.id,
    window.start,
    window.secondsPerPixel,
    width,
    row.height,
    scale,
    theme.heatLightness,
    tiles.length,
  ];
  const before = tinted.get(scratch);
  const now = performance.now();
  if (before?.key !== key.join() || now - before.atMillis > tintMillis) {
    tinted.set(scratch, { key: key.join(), atMillis: now });
    scratch.setTransform(scale, 0, 0, scale, 0, 0);
    scratch.globalCompositeOperation = 'source-over';
    scratch.clearRect(0, 0, width, row.height);
    const tileWidth = tileSeconds / window.secondsPerPixel;
    for (const [tile, x] of tiles) scratch.drawImage(tile, x, 0, tileWidth, row.height);
    tint(scratch, picture, take, row.height);
  }
  context.drawImage(scratch.canvas, 0, row.top, width, row.height);
}

/** Fills what is drawn with the colour of the temperature at every column. */
function tint(scratch: CanvasRenderingContext2D, picture: SongPicture, take: TakeSummary, height: number): void {
  const { width, theme, useful } = picture;
  scratch.globalCompositeOperation = 'source-in';
  // Each source-in covers the whole canvas: the colours are one gradient with hard steps.
  const gradient = scratch.createLinearGradient(0, 0, width, 0);
  for (const { from, to, heat } of heatRuns(temperaturesOf(picture, take), useful)) {
    const colour = heat === undefined ? theme.inkSoft : cachedHeatColour(heat, theme.heatLightness);
    gradient.addColorStop(from / width, colour);
    gradient.addColorStop(Math.min(1, to / width), colour);
  }
  scratch.fillStyle = gradient;
  scratch.fillRect(0, 0, width, height);
}
