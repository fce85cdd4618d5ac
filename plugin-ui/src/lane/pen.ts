import { type Range, toPixels } from '../geometry/axis.js';
import { el, setHidden, setStyle } from '../ui/dom.js';

export interface PenPlace {
  /** The plot inside the strip, in pixels. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly time: Range;
  readonly temperature: Range;
  readonly playheadSeconds: number;
  readonly renderedSeconds: number;
  readonly temperatureNow: number;
}

export interface Pen {
  readonly elements: readonly HTMLElement[];
  move(place: PenPlace): void;
}

/**
 * What moves over the paper at every frame: the playhead, the point of the pen, and the audio that is ready beyond.
 * They are elements that are only ever shifted, so that the paper under them need not be drawn again.
 */
export function createPen(): Pen {
  const ahead = el('div', { class: 'ahead' });
  const playhead = el('div', { class: 'playhead' });
  const point = el('div', { class: 'pen-point' });
  return {
    elements: [ahead, playhead, point],
    move({ left, top, width, height, time, temperature, playheadSeconds, renderedSeconds, temperatureNow }) {
      const x = halves(toPixels(playheadSeconds, time, width));
      const y = halves(height - toPixels(temperatureNow, temperature, height));
      const outside = x < 0 || x > width;
      for (const element of [playhead, point]) setHidden(element, outside);
      setStyle(playhead, 'height', `${height}px`);
      setStyle(playhead, 'transform', `translate(${left + x}px, ${top}px)`);
      setStyle(point, 'transform', `translate(${left + x}px, ${top + Math.min(height, Math.max(0, y))}px)`);

      const from = Math.max(0, x);
      const to = Math.min(width, halves(toPixels(renderedSeconds, time, width)));
      setHidden(ahead, !(to > from));
      setStyle(ahead, 'height', `${height}px`);
      setStyle(ahead, 'transform', `translate(${left + from}px, ${top}px) scaleX(${Math.max(0, to - from)})`);
    },
  };
}

/** Half a pixel is the smallest move that shows. */
function halves(pixels: number): number {
  return Math.round(pixels * 2) / 2;
}
