import { parameters, parameterText, parseParameter } from '../../../service/src/core/parameters.js';
import type { Services } from '../services.js';
import { el, setAttribute, setText } from '../ui/dom.js';
import { onKey } from '../ui/listen.js';
import type { ControlView } from './choice-view.js';
import { createParameterEditor, hostValue } from './session-parameter.js';

/** The take number: one up, one down, typed, and the dice, which is the next number. */
export function createTakeControl(services: Services, session: string): ControlView {
  const { take, keepTake } = parameters;
  const entry = el('input', {
    inputmode: 'numeric',
    autocomplete: 'off',
    'aria-label': `Take number, ${take.min} to ${take.max}`,
  });
  const down = el('button', { type: 'button', 'aria-label': 'Previous take number' }, '−');
  const up = el('button', { type: 'button', 'aria-label': 'Next take number' }, '+');
  const roll = el('button', { type: 'button', class: 'strong' }, 'Re-roll');
  const keep = el('button', { type: 'button', 'aria-pressed': 'false' });
  roll.title = 'Goes to the next take number: a new take of the same lane.';
  keep.title = 'While this is on, the take that plays stays as it is, whatever the lane does.';
  const element = el(
    'div',
    { class: 'take-control', role: 'group', 'aria-label': 'Take' },
    el('p', { class: 'label', 'aria-hidden': 'true' }, take.title),
    el('div', { class: 'stepper' }, down, entry, up),
    roll,
    keep,
  );
  const editor = createParameterEditor(services, session, take, () => {
    const text = parameterText(take, Math.round(editor.value));
    if (document.activeElement !== entry && entry.value !== text) entry.value = text;
  });
  const keeping = createParameterEditor(services, session, keepTake, () => {
    const on = keeping.value >= 0.5;
    setAttribute(keep, 'aria-pressed', String(on));
    setText(keep, on ? 'Take is kept' : 'Keep take');
  });
  const go = (by: number): void => {
    const count = take.max - take.min + 1;
    editor.set(take.min + ((((Math.round(editor.value) + by - take.min) % count) + count) % count));
  };
  const typed = (): void => {
    const value = parseParameter(take, entry.value);
    if (value === undefined) services.toast(`A take is a whole number from ${take.min} to ${take.max}.`);
    else if (value !== Math.round(editor.value)) editor.set(value);
    entry.value = parameterText(take, Math.round(editor.value));
  };
  const { scope } = services;
  scope.on(down, 'click', () => go(-1));
  scope.on(up, 'click', () => go(1));
  scope.on(roll, 'click', () => go(1));
  scope.on(keep, 'click', () => keeping.set(keeping.value >= 0.5 ? 0 : 1));
  scope.on(entry, 'change', typed);
  onKey(scope, entry, (event) => {
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    go(event.key === 'ArrowUp' ? 1 : -1);
    entry.value = parameterText(take, Math.round(editor.value));
  });
  return {
    element,
    update(view) {
      editor.update(hostValue(view, take), view.editedId);
      keeping.update(hostValue(view, keepTake), view.editedId);
    },
    linkLost() {
      editor.linkLost();
      keeping.linkLost();
    },
  };
}
