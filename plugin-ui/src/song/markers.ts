import type { Range } from '../geometry/axis.js';
import { toPixels } from '../geometry/axis.js';
import type { Row } from '../geometry/rows.js';
import { type SongWindow, xOf } from '../geometry/window.js';
import { el, setHidden, setStyle } from '../ui/dom.js';

export interface MarkerPlaces {
  readonly left: number;
  readonly width: number;
  readonly lane: Row;
  /** From here to there the playhead reaches. */
  readonly top: number;
  readonly bottom: number;
  readonly window: SongWindow;
  readonly temperature: Range;
  readonly playheadSeconds: number;
  readonly renderedSeconds: number;
  readonly temperatureNow: number;
  /** Where the page itself plays a take; undefined: it does not. */
  readonly listeningSeconds: number | undefined;
}

export interface Markers {
  readonly elements: readonly HTMLElement[];
  move(place: MarkerPlaces): void;
}

/**
 * What moves over the picture at every frame: the playhead, the temperature at it, and the audio that is ready beyond.
 * They are elements that are only ever shifted, so that the picture under them need not be drawn again.
 */
export function createMarkers(): Markers {
  const ahead = el('div', { class: 'ahead' });
  const playhead = el('div', { class: 'playhead' });
  const point = el('div', { class: 'lane-marker' });
  const listening = el('div', { class: 'listening' });
  return {
    elements: [ahead, playhead, point, listening],
    move({ left, width, lane, top, bottom, window, temperature, ...place }) {
      const x = halves(xOf(window, place.playheadSeconds));
      const y = halves(lane.height - toPixels(place.temperatureNow, temperature, lane.height));
      const outside = x < 0 || x > width;
      for (const element of [playhead, point]) setHidden(element, outside);
      setStyle(playhead, 'height', `${bottom - top}px`);
      setStyle(playhead, 'transform', `translate(${left + x}px, ${top}px)`);
      const inLane = Math.min(lane.height, Math.max(0, y));
      setStyle(point, 'transform', `translate(${left + x}px, ${lane.top + inLane}px)`);

      const from = Math.max(0, x);
      const to = Math.min(width, halves(xOf(window, place.renderedSeconds)));
      setHidden(ahead, !(to > from));
      setStyle(ahead, 'height', `${lane.height}px`);
      const scale = `scaleX(${Math.max(0, to - from)})`;
      setStyle(ahead, 'transform', `translate(${left + from}px, ${lane.top}px) ${scale}`);

      const listeningX = place.listeningSeconds === undefined ? -1 : halves(xOf(window, place.listeningSeconds));
      setHidden(listening, listeningX < 0 || listeningX > width);
      setStyle(listening, 'height', `${bottom - top}px`);
      setStyle(listening, 'transform', `translate(${left + listeningX}px, ${top}px)`);
    },
  };
}

/** Half a pixel is the smallest move that shows. */
function halves(pixels: number): number {
  return Math.round(pixels * 2) / 2;
}
