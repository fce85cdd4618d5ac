import type { ParameterSpec } from '../../../service/src/core/parameters.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { el } from '../ui/dom.js';
import { createParameterEditor, hostValue } from './session-parameter.js';

export interface ControlView {
  readonly element: HTMLElement;
  update(view: SessionView): void;
  linkLost(): void;
}

/** An input that is one of a few names. */
export function createChoice(services: Services, session: string, spec: ParameterSpec): ControlView {
  const select = el('select', {}, ...spec.choices.map((name, index) => el('option', { value: String(index) }, name)));
  const element = el('label', { class: 'choice' }, el('span', { class: 'label' }, spec.title), select);
  const editor = createParameterEditor(services, session, spec, () => {
    const value = String(Math.round(editor.value));
    if (select.value !== value) select.value = value;
  });
  services.scope.on(select, 'change', () => editor.set(Number(select.value)));
  return {
    element,
    update: (view) => editor.update(hostValue(view, spec), view.editedId),
    linkLost: () => editor.linkLost(),
  };
}
