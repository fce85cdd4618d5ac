import { type ParameterSpec, parameterText, parseParameter } from '../../../service/src/core/parameters.js';
import type { Range } from '../geometry/axis.js';
import { heatColour, heatOf, heatWord } from '../geometry/heat.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { el, setAttribute, setHidden, setStyle, setText } from '../ui/dom.js';
import { onKey } from '../ui/listen.js';
import { darkLightness, lightLightness } from '../ui/theme.js';
import { createDial } from './dial.js';
import { attachKnobInput } from './knob-input.js';
import { createNumerals } from './numerals.js';
import { createParameterEditor, hostValue } from './session-parameter.js';

export interface KnobOptions {
  readonly services: Services;
  readonly session: string;
  readonly spec: ParameterSpec;
  readonly size: 'large' | 'small';
}

export interface KnobView {
  readonly element: HTMLElement;
  /** `heat`: the model's useful range, its own default and what its last draw used; undefined: not a temperature. */
  update(view: SessionView, heat: KnobHeat | undefined): void;
  /** The link is lost. */
  linkLost(): void;
}

export interface KnobHeat {
  readonly useful: Range;
  readonly preset: number;
  readonly used: number;
}

/** An input as a knob: drag, wheel, keys, a number to type, and its default by a double click. */
export function createKnob({ services, session, spec, size }: KnobOptions): KnobView {
  const dial = createDial(spec);
  const numerals = createNumerals();
  const plain = el('span', { class: 'knob-text' });
  const unit = spec.unit === '' ? '' : ` in ${spec.unit}`;
  const number = el('button', { type: 'button', class: 'knob-number' });
  number.append(size === 'large' ? numerals.element : plain);
  const entry = el('input', {
    class: 'knob-entry',
    hidden: '',
    inputmode: 'decimal',
    autocomplete: 'off',
    spellcheck: 'false',
    'aria-label': `${spec.title}${unit}, ${spec.min} to ${spec.max}`,
  });
  const word = el('p', { class: 'knob-word' });
  const element = el(
    'div',
    { class: `knob knob-${size}` },
    el('p', { class: 'label' }, spec.title),
    el('div', { class: 'knob-face' }, dial.element, number, entry),
    word,
  );
  let heat: KnobHeat | undefined;

  const show = (): void => {
    const value = editor.value;
    const text = parameterText(spec, value);
    const useful = heat?.useful;
    const said = useful === undefined ? text : `${text}, ${heatWord(value, useful)}`;
    dial.place({ value, useful, used: heat?.used });
    if (size === 'large') numerals.show(text);
    else setText(plain, text);
    setAttribute(number, 'aria-label', `${text}, type ${spec.title}`);
    setText(word, useful === undefined ? '' : heatWord(value, useful));
    setHidden(word, useful === undefined);
    setAttribute(dial.element, 'aria-valuenow', String(Math.round(value * 1e6) / 1e6));
    setAttribute(dial.element, 'aria-valuetext', said);
    element.classList.toggle('held', editor.holding);
    if (useful === undefined) return;
    setStyle(element, '--heat-on-dark', heatColour(heatOf(value, useful), darkLightness));
    setStyle(element, '--heat-on-light', heatColour(heatOf(value, useful), lightLightness));
  };
  const editor = createParameterEditor(services, session, spec, () => show());
  for (const [name, value] of Object.entries({
    role: 'slider',
    tabindex: '0',
    'aria-label': spec.title,
    'aria-valuemin': String(spec.min),
    'aria-valuemax': String(spec.max),
  })) {
    dial.element.setAttribute(name, value);
  }
  attachKnobInput({
    scope: services.scope,
    target: dial.element,
    readout: number,
    spec,
    editor,
    preset: () => heat?.preset ?? spec.default,
    type: (first) => open(first),
  });

  const open = (text: string): void => {
    entry.value = text;
    entry.removeAttribute('aria-invalid');
    setHidden(number, true);
    setHidden(entry, false);
    entry.focus();
    if (text === parameterText(spec, editor.value)) entry.select();
  };
  const close = (keepFocus: boolean): void => {
    if (entry.hidden) return;
    setHidden(entry, true);
    setHidden(number, false);
    if (keepFocus) dial.element.focus();
  };
  const take = (): boolean => {
    const value = parseParameter(spec, entry.value);
    if (value === undefined) return false;
    editor.set(value);
    return true;
  };
  services.scope.on(number, 'click', () => open(parameterText(spec, editor.value)));
  onKey(services.scope, entry, (event) => {
    if (event.key === 'Escape') close(true);
    if (event.key !== 'Enter') return;
    if (take()) return close(true);
    entry.setAttribute('aria-invalid', 'true');
    services.toast(`${spec.title} is a number from ${spec.min} to ${spec.max}.`);
  });
  services.scope.on(entry, 'blur', () => {
    if (!entry.hidden && entry.value.trim() !== '') take();
    close(false);
  });
  show();

  return {
    element,
    update(view, warmth) {
      heat = warmth;
      editor.update(hostValue(view, spec), view.editedId);
      show();
    },
    linkLost: () => editor.linkLost(),
  };
}
