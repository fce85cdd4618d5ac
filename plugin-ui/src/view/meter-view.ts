import { fallen, meterFloorDb, meterHeight, PeakReading, toDecibels } from '../geometry/level.js';
import type { ViewServices } from '../services.js';
import { el, setAttribute, setStyle, setText } from '../ui/dom.js';
import { decibels } from '../words/words.js';

export interface MeterView {
  readonly element: HTMLElement;
  /** The highest peak since the message before, linear, and when this one came. */
  update(peak: number, atMillis: number): void;
}

const markHoldMillis = 1_500;
const scaleDb = [0, -6, -12, -24, -40];

/** A level meter: rises at once, falls like a needle, and keeps a mark at the highest peak for a moment. */
export function createMeterView(label: string, services: ViewServices): MeterView {
  const readout = el('span', { class: 'meter-reading' });
  const bar = el('div', { class: 'meter-bar' }, el('div', { class: 'meter-fill' }), el('div', { class: 'meter-mark' }));
  const scale = el('div', { class: 'meter-scale', 'aria-hidden': 'true' });
  for (const level of scaleDb) {
    const mark = el('span', {}, String(Math.abs(level)));
    setStyle(mark, '--at', meterHeight(level).toFixed(4));
    scale.append(mark);
  }
  const gauge = el(
    'div',
    {
      class: 'meter-gauge',
      role: 'meter',
      'aria-label': `${label} level`,
      'aria-valuemin': String(meterFloorDb),
      'aria-valuemax': '0',
    },
    bar,
    scale,
  );
  const element = el('div', { class: 'meter' }, el('span', { class: 'meter-label' }, label), gauge, readout);

  const reading = new PeakReading();
  let peakDb = Number.NEGATIVE_INFINITY;
  let shownDb = Number.NEGATIVE_INFINITY;
  let markDb = Number.NEGATIVE_INFINITY;
  let markAt = 0;
  let paintedAt = 0;

  const paint = (now: number): boolean => {
    const elapsed = paintedAt === 0 ? 0 : Math.min(100, now - paintedAt);
    paintedAt = now;
    shownDb = services.reducedMotion()
      ? Math.max(peakDb, meterFloorDb)
      : fallen(Math.max(shownDb, peakDb), peakDb, elapsed);
    if (shownDb >= markDb) {
      markDb = shownDb;
      markAt = now;
    } else if (now - markAt > markHoldMillis) {
      markDb = shownDb;
    }
    setStyle(bar, '--level', meterHeight(shownDb).toFixed(2));
    setStyle(bar, '--mark', meterHeight(markDb).toFixed(2));
    element.classList.toggle('over', markDb >= 0);
    const moving = shownDb > Math.max(peakDb, meterFloorDb) || markDb > shownDb;
    if (!moving) paintedAt = 0;
    return moving;
  };
  services.scope.add(() => services.frames.forget(paint));

  return {
    element,
    update(peak, atMillis) {
      peakDb = toDecibels(peak);
      const heldDb = toDecibels(reading.take(peak, atMillis));
      const text = decibels(heldDb);
      setText(readout, text);
      setAttribute(gauge, 'aria-valuenow', Math.max(meterFloorDb, Math.min(0, heldDb)).toFixed(0));
      setAttribute(gauge, 'aria-valuetext', text);
      services.frames.invalidate(paint);
    },
  };
}
