import type { ModelCard } from '../../../service/src/core/monitor.js';
import type { Services } from '../services.js';
import { el, setAttribute, setHidden, setStyle, setText } from '../ui/dom.js';
import type { Scope } from '../ui/scope.js';
import { answersFact, cardOf, engineWords, rate, temperatureDigits } from '../words/words.js';

/** The instance that is on view: by what it plays a card is marked, and for it another is chosen. */
export interface Player {
  readonly session: string;
  readonly name: string;
  /** Name or digest of its model. */
  readonly model: string;
}

export interface ModelsView {
  readonly element: HTMLElement;
  update(models: readonly ModelCard[], known: boolean, player: Player | undefined): void;
}

/** What can be played here, a card each, to be chosen; and how to have another. */
export function createModelsView(services: Pick<Services, 'scope' | 'ask' | 'toast'>): ModelsView {
  const list = el('ul', { class: 'model-list' });
  const element = el(
    'section',
    { class: 'models', 'aria-labelledby': 'models-heading' },
    el('h2', { id: 'models-heading' }, 'Models on this machine'),
    list,
  );
  let shown: readonly ModelCard[] | undefined;
  let choices: readonly ModelChoice[] = [];
  let player: Player | undefined;
  const choose = async ({ name, title }: ModelCard): Promise<void> => {
    if (player === undefined) return;
    const { session, name: track } = player;
    const { ok } = await services.ask({ type: 'choose-model', session, model: name });
    if (ok) services.toast(`${track} now plays ${title || name}. Its takes stay.`);
  };
  return {
    element,
    update(models, known, now) {
      setHidden(element, !known);
      player = now;
      if (models !== shown) {
        shown = models;
        choices = models.map((card) => modelChoice(card, services.scope, choose));
        list.replaceChildren(...models.map((card, index) => modelItem(card, choices[index])), trainItem(models.length));
      }
      const playing = player === undefined ? undefined : cardOf(player.model, models);
      for (const choice of choices) choice.show(player, choice.card === playing);
    },
  };
}

interface ModelChoice {
  readonly card: ModelCard;
  readonly button: HTMLElement;
  show(player: Player | undefined, isPlaying: boolean): void;
}

function modelChoice(card: ModelCard, scope: Scope, choose: (card: ModelCard) => Promise<void>): ModelChoice {
  const button = el('button', { type: 'button', class: 'model-choose' });
  let chosen = false;
  scope.on(button, 'click', () => {
    if (!chosen) void choose(card);
  });
  return {
    card,
    button,
    show(player, isPlaying) {
      chosen = isPlaying;
      setHidden(button, player === undefined);
      if (player === undefined) return;
      setAttribute(button, 'aria-pressed', String(isPlaying));
      const words = isPlaying ? `Plays in ${player.name}` : `Play in ${player.name}`;
      setText(button, words);
      setAttribute(button, 'aria-label', `${words}: ${card.title || card.name}`);
    },
  };
}

function modelItem(card: ModelCard, choice: ModelChoice | undefined): HTMLElement {
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
      ? el('p', { class: 'model-about quiet' }, 'No word on what it was trained on.')
      : el('p', { class: 'model-about' }, card.provenance),
    el(
      'dl',
      { class: 'model-facts' },
      ...fact('Rate', rate(card.sampleRateHz)),
      ...fact('Answers the lane', answersFact(card)),
      ...fact('Plays by', engineWords(card)),
      ...fact('Licence', card.licence === '' ? 'not said' : card.licence),
      ...fact('Name', `${card.name} ${card.digest.replace(/^sha256:/, '').slice(0, 8)}`),
    ),
    ...(choice === undefined ? [] : [choice.button]),
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
      'It checks the audio, trains, keeps the version that sounded best, finds the temperatures that are worth playing, and lists the model here. A few hours on a CPU give a first version. Ctrl-C saves, and the same command continues. Nothing leaves this machine.',
    ),
  );
}
