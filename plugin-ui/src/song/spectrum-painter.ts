import { spectrumTileSteps } from '../sound/spectrum.js';
import { heatInk, heatRuns } from './heat-columns.js';
import { type SongPicture, stepsPerSecond } from './picture.js';
import { label, temperaturesOf } from './sound-painter.js';

/** Further out than this a spectrogram would be noise, and megabytes. */
export const spectrumSecondsMax = 100;

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
  scratch.setTransform(scale, 0, 0, scale, 0, 0);
  scratch.globalCompositeOperation = 'source-over';
  scratch.clearRect(0, 0, width, row.height);
  const tileSeconds = spectrumTileSteps / rate;
  const last = Math.floor((window.start + seconds) / tileSeconds);
  for (let index = Math.max(0, Math.floor(window.start / tileSeconds)); index <= last; index += 1) {
    const first = index * spectrumTileSteps;
    if (first + spectrumTileSteps <= take.rootStep || first >= take.endStep) continue;
    const tile = services.spectrogram.tile(view.snapshot.id, take.id, index, rate, take.endStep);
    const x = (index * tileSeconds - window.start) / window.secondsPerPixel;
    if (tile !== undefined) scratch.drawImage(tile, x, 0, tileSeconds / window.secondsPerPixel, row.height);
  }
  scratch.globalCompositeOperation = 'source-in';
  const runs = heatRuns(temperaturesOf(picture, take), picture.useful);
  // Each source-in covers the whole canvas: the colours are one gradient with hard steps.
  const gradient = scratch.createLinearGradient(0, 0, width, 0);
  for (const { from, to, heat } of runs) {
    const colour = heat === undefined ? theme.inkSoft : heatInk(heat, theme.heatLightness);
    gradient.addColorStop(from / width, colour);
    gradient.addColorStop(Math.min(1, to / width), colour);
  }
  scratch.fillStyle = gradient;
  scratch.fillRect(0, 0, width, row.height);
  context.drawImage(scratch.canvas, 0, row.top, width, row.height);
}
