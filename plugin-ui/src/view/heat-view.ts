import type { ModelCard, SessionSnapshot } from '../../../service/src/core/monitor.js';
import { heatColour, heatOf, heatWord } from '../geometry/heat.js';
import { el, setHidden, setStyle, setText } from '../ui/dom.js';
import { temperatureDigits, usefulRange } from '../words/words.js';
import { createNumerals } from './numerals.js';
import { darkLightness, lightLightness } from './theme.js';

export interface HeatView {
  readonly element: HTMLElement;
  update(snapshot: SessionSnapshot, models: readonly ModelCard[]): void;
}

/** The reading: temperature as the last draw used it, large, and where it stands in the model's useful range. */
export function createHeatView(): HeatView {
  const numerals = createNumerals();
  const spoken = el('span', { class: 'unseen' });
  const word = el('span', { class: 'heat-word' });
  const low = el('span');
  const high = el('span');
  const scale = el('div', { class: 'heat-scale', 'aria-hidden': 'true' }, el('div', { class: 'heat-needle' }));
  const target = el('p', { class: 'heat-target' });
  const element = el(
    'div',
    { class: 'heat' },
    el('p', { class: 'label' }, 'Temperature'),
    el('p', { class: 'heat-number' }, numerals.element, spoken),
    scale,
    el('p', { class: 'heat-ends' }, low, word, high),
    target,
  );
  return {
    element,
    update(snapshot, models) {
      const useful = usefulRange(snapshot.model, models);
      const digits = temperatureDigits(useful);
      const now = snapshot.temperatureEvaluated;
      const text = now.toFixed(digits);
      numerals.show(text.replace('-', '−'));
      setText(spoken, text);
      setText(word, heatWord(now, useful));
      setText(low, useful.start.toFixed(digits));
      setText(high, useful.end.toFixed(digits));
      setStyle(element, '--needle', heatOf(now, useful).toFixed(4));
      const delivered = snapshot.temperatureDelivered;
      const apart = Math.abs(delivered - now) >= 0.5 * 10 ** -digits;
      setText(target, `the lane says ${delivered.toFixed(digits)}`);
      setHidden(target, false);
      target.classList.toggle('apart', apart);
    },
  };
}

/** The session's colour, for everything inside it that shows its heat. */
export function paintHeat(element: HTMLElement, snapshot: SessionSnapshot, models: readonly ModelCard[]): void {
  const heat = heatOf(snapshot.temperatureEvaluated, usefulRange(snapshot.model, models));
  setStyle(element, '--heat-on-dark', heatColour(heat, darkLightness));
  setStyle(element, '--heat-on-light', heatColour(heat, lightLightness));
}
