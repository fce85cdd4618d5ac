import { el, setAttribute, setStyle } from '../ui/dom.js';
import { readColours } from './colours.js';
import type { Sound } from './data.js';
import type { Panel } from './panels.js';
import { gutter, type Plot, timeAxis } from './plot.js';
import type { Transport } from './transport.js';

/** A panel, its height in pixels, and the room above it. */
export interface Row {
  readonly height: number;
  readonly above: number;
  readonly panel: Panel;
}

const axisHeight = 24;
const keySeconds = 1;

/** Panels of a sound on one time axis, under a playhead that follows the transport and can be moved. */
export function createStrip(name: string, sound: Sound, rows: readonly Row[], transport: Transport) {
  const canvas = el('canvas', { 'aria-hidden': 'true' });
  const playhead = el('div', { class: 'playhead' });
  const element = el(
    'div',
    { class: 'strip', role: 'slider', tabindex: '0', 'aria-label': `Position in ${name}`, 'aria-valuemin': '0' },
    canvas,
    playhead,
  );
  setAttribute(element, 'aria-valuemax', `${sound.seconds}`);
  const height = rows.reduce((sum, row) => sum + row.above + row.height, 0) + axisHeight;
  setStyle(element, 'height', `${height}px`);
  const context = canvas.getContext('2d');

  const paint = (): void => {
    const width = element.clientWidth;
    if (context === null || width === 0) return;
    const scale = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    context.setTransform(scale, 0, 0, scale, 0, 0);
    const ink = readColours(element);
    const { seconds } = sound;
    let top = 0;
    for (const [index, row] of rows.entries()) {
      top += row.above;
      const inner = Math.max(1, width - gutter.left - gutter.right);
      const plot: Plot = { context, ink, left: gutter.left, top, width: inner, height: row.height, seconds };
      row.panel(plot, sound);
      top += row.height;
      if (index === rows.length - 1) timeAxis(plot);
    }
  };

  const follow = (): void => {
    const inner = element.clientWidth - gutter.left - gutter.right;
    const x = gutter.left + (transport.place / sound.seconds) * inner;
    setStyle(playhead, 'transform', `translateX(${Math.round(2 * x) / 2}px)`);
    setAttribute(element, 'aria-valuenow', transport.place.toFixed(1));
    setAttribute(element, 'aria-valuetext', `${transport.place.toFixed(0)} of ${sound.seconds} seconds`);
  };

  const seekTo = ({ clientX }: PointerEvent): void => {
    const { left, width } = element.getBoundingClientRect();
    transport.seek(((clientX - left - gutter.left) / (width - gutter.left - gutter.right)) * sound.seconds);
  };
  element.addEventListener('pointerdown', (event) => {
    if (event.button !== 0) return;
    element.setPointerCapture(event.pointerId);
    seekTo(event);
  });
  element.addEventListener('pointermove', (event) => {
    if (element.hasPointerCapture(event.pointerId)) seekTo(event);
  });
  element.addEventListener('keydown', (event) => {
    const step = keySeconds * (event.shiftKey ? 5 : 1);
    if (event.key === 'ArrowRight') transport.seek(transport.place + step);
    else if (event.key === 'ArrowLeft') transport.seek(transport.place - step);
    else if (event.key === 'Home') transport.seek(0);
    else if (event.key === ' ') transport.toggle();
    else return;
    event.preventDefault();
  });
  new ResizeObserver(() => {
    paint();
    follow();
  }).observe(element);
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', paint);
  return { element, paint, follow };
}

/** An image that is painted when it has come; undefined until then. */
export function loadImage(address: string, onLoad: () => void): { readonly image: HTMLImageElement | undefined } {
  const image = new Image();
  const loaded: { image: HTMLImageElement | undefined } = { image: undefined };
  image.addEventListener('load', () => {
    loaded.image = image;
    onLoad();
  });
  image.src = address;
  return loaded;
}
