import type { ModelCard } from '../../../service/src/core/monitor.js';
import { el, setHidden, setStyle } from '../ui/dom.js';
import { engineWords, rate, temperatureDigits } from '../words/words.js';

export interface ModelsView {
  readonly element: HTMLElement;
  update(models: readonly ModelCard[], known: boolean): void;
}

/** What can be played here, a card each, and how to have another. */
export function createModelsView(): ModelsView {
  const list = el('ul', { class: 'model-list' });
  const element = el(
    'section',
    { class: 'models', 'aria-labelledby': 'models-heading' },
    el('h2', { id: 'models-heading' }, 'Models on this machine'),
    list,
  );
  let shown: readonly ModelCard[] | undefined;
  return {
    element,
    update(models, known) {
      setHidden(element, !known);
      if (models === shown) return;
      shown = models;
      list.replaceChildren(...models.map(modelItem), trainItem(models.length));
    },
  };
}

function modelItem(card: ModelCard): HTMLElement {
  const [start, end] = card.temperatureUseful;
  const digits = temperatureDigits({ start, end });
  const item = el(
    'li',
    { class: 'model' },
    el('h3', {}, card.title || card.name),
    el(
      'p',
      { class: 'model-range' },
      el('span', {}, start.toFixed(digits)),
      el('i', { class: 'model-scale', 'aria-hidden': 'true' }),
      el('span', {}, end.toFixed(digits)),
    ),
    card.provenance === ''
      ? el('p', { class: 'model-about quiet' }, 'It does not say what it was trained on.')
      : el('p', { class: 'model-about' }, card.provenance),
    el(
      'dl',
      { class: 'model-facts' },
      ...fact('Rate', rate(card.sampleRateHz)),
      ...fact('Plays by', engineWords(card)),
      ...fact('Licence', card.licence === '' ? 'not said' : card.licence),
      ...fact('Name', `${card.name} ${card.digest.replace(/^sha256:/, '').slice(0, 8)}`),
    ),
  );
  if (/^#[0-9a-f]{6}$/i.test(card.colour)) setStyle(item, '--model', card.colour);
  return item;
}

function fact(label: string, value: string): HTMLElement[] {
  return [el('div', {}, el('dt', {}, label), el('dd', {}, value))];
}

function trainItem(others: number): HTMLElement {
  return el(
    'li',
    { class: 'model model-train' },
    el('h3', {}, others === 0 ? 'No model is here yet' : 'Train your own'),
    el('p', { class: 'model-about' }, 'Give Simmer several performances of one piece, five minutes or more in all:'),
    el('code', { class: 'command' }, 'simmer train song.wav --name my-song'),
    el(
      'p',
      { class: 'model-about quiet' },
      'It checks the audio, trains, keeps the state that sounded best, finds the temperatures that are worth playing, and lists the model here. Some hours on a processor make a sketch; Ctrl-C saves, the same command goes on. Nothing leaves this machine.',
    ),
  );
}
