import type { ModelCard } from '../../../service/src/core/monitor.js';
import { type ParameterSpec, parameters } from '../../../service/src/core/parameters.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { el } from '../ui/dom.js';
import { createKnob } from './knob-view.js';
import { createParameterEditor, hostValue } from './session-parameter.js';

export interface PairControl {
  readonly element: HTMLElement;
  update(view: SessionView, card: ModelCard | undefined): void;
  linkLost(): void;
}

/** Whose music a model with labels plays, and which: a pair, and how far the sound is on its way to another pair. */
export function createPairControl(services: Services, session: string): PairControl {
  const artist = createLabelChoice(services, session, parameters.artist);
  const genre = createLabelChoice(services, session, parameters.genre);
  const blend = createKnob({ services, session, spec: parameters.blend, size: 'small' });
  const otherArtist = createLabelChoice(services, session, parameters.otherArtist);
  const otherGenre = createLabelChoice(services, session, parameters.otherGenre);
  const element = el(
    'fieldset',
    { class: 'pair', hidden: '' },
    el('legend', { class: 'label' }, 'Artist and genre'),
    el('div', { class: 'pair-names' }, artist.element, genre.element),
    blend.element,
    el('div', { class: 'pair-names' }, otherArtist.element, otherGenre.element),
  );
  return {
    element,
    update(view, card) {
      const artists = card?.artists ?? [];
      element.hidden = artists.length === 0;
      if (element.hidden) return;
      artist.update(view, artists);
      genre.update(view, card?.genres ?? []);
      otherArtist.update(view, artists);
      otherGenre.update(view, card?.genres ?? []);
      blend.update(view, undefined);
    },
    linkLost() {
      for (const control of [artist, genre, blend, otherArtist, otherGenre]) control.linkLost();
    },
  };
}

/** An input whose values have the names that the model says; beyond their end its last is meant. */
function createLabelChoice(services: Services, session: string, spec: ParameterSpec) {
  const select = el('select', {});
  const element = el('label', { class: 'choice' }, el('span', { class: 'label' }, spec.title), select);
  let shown: readonly string[] = [];
  const show = () => {
    const value = String(Math.min(Math.round(editor.value), Math.max(0, shown.length - 1)));
    if (select.value !== value) select.value = value;
  };
  const editor = createParameterEditor(services, session, spec, show);
  services.scope.on(select, 'change', () => editor.set(Number(select.value)));
  return {
    element,
    update(view: SessionView, names: readonly string[]) {
      if (names.length !== shown.length || names.some((name, place) => name !== shown[place])) {
        shown = [...names];
        select.replaceChildren(...names.map((name, place) => el('option', { value: String(place) }, name)));
        show();
      }
      editor.update(hostValue(view, spec), view.editedId);
    },
    linkLost: () => editor.linkLost(),
  };
}
