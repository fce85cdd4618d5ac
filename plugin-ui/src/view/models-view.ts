import type { ModelCard } from '../../../service/src/core/monitor.js';
import { el, setHidden } from '../ui/dom.js';
import { engineWords, rate, temperatureDigits } from '../words/words.js';

export interface ModelsView {
  readonly element: HTMLElement;
  update(models: readonly ModelCard[], known: boolean): void;
}

export function createModelsView(): ModelsView {
  const list = el('ul', { class: 'model-list' });
  const none = el(
    'p',
    { class: 'models-none' },
    'Simmer has found no model. Train one, or see docs/models.md for where they live.',
  );
  const element = el(
    'section',
    { class: 'models', 'aria-labelledby': 'models-heading' },
    el('h2', { id: 'models-heading' }, 'Models on this machine'),
    list,
    none,
  );
  let shown: readonly ModelCard[] | undefined;
  return {
    element,
    update(models, known) {
      setHidden(element, !known);
      if (models === shown) return;
      shown = models;
      setHidden(none, models.length > 0);
      list.replaceChildren(...models.map(modelItem));
    },
  };
}

function modelItem(card: ModelCard): HTMLElement {
  const [start, end] = card.temperatureUseful;
  const digits = temperatureDigits({ start, end });
  return el(
    'li',
    {},
    el('span', { class: 'model-title' }, card.title || card.name),
    el(
      'span',
      { class: 'model-range' },
      el('span', {}, start.toFixed(digits)),
      el('i', { class: 'model-scale', 'aria-hidden': 'true' }),
      el('span', {}, end.toFixed(digits)),
    ),
    el('span', { class: 'model-rate' }, rate(card.sampleRateHz)),
    el('span', { class: 'model-engine' }, engineWords(card)),
    el(
      'code',
      { class: 'model-digest', title: card.digest },
      `${card.name} ${card.digest.replace(/^sha256:/, '').slice(0, 10)}`,
    ),
  );
}
