import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import { type Parameter, parameters } from '../../../service/src/core/parameters.js';
import { valueOf } from '../hand/values.js';
import type { ViewServices } from '../lane/lane-view.js';
import { el, setAttribute, setText } from '../ui/dom.js';
import type { Paint } from '../ui/frames.js';

export interface ControlsView {
  readonly element: HTMLElement;
  update(snapshot: SessionSnapshot): void;
}

interface Control {
  readonly element: HTMLElement;
  /** `value` as the host has it; undefined: it has not told. */
  show(value: number | undefined): void;
}

/** Everything of an instance that is turned, beside its temperature. */
export function createControlsView(session: string, services: ViewServices): ControlsView {
  const percent = (value: number) => `${Math.round(value * 100)} %`;
  const gain = (value: number) => `${value > 0 ? '+' : value < 0 ? '−' : ''}${Math.abs(value).toFixed(1)} dB`;
  const controls: [Parameter, Control][] = [
    [parameters.take, createTake(session, services)],
    [parameters.keepTake, createKeep(session, services)],
    [parameters.start, createStart(session, services)],
    [parameters.guideAmount, createFader(session, parameters.guideAmount, 'Guide', percent, services)],
    [parameters.mix, createFader(session, parameters.mix, 'Mix', percent, services)],
    [parameters.outputGain, createFader(session, parameters.outputGain, 'Output', gain, services)],
  ];
  return {
    element: el('div', { class: 'controls' }, ...controls.map(([, { element }]) => element)),
    update(snapshot) {
      for (const [parameter, control] of controls) control.show(valueOf(snapshot, parameter));
    },
  };
}

/** A fader: the browser's own, which every keyboard and screen reader knows. */
function createFader(
  session: string,
  parameter: Parameter,
  label: string,
  words: (value: number) => string,
  { hands, scope, frames }: ViewServices,
): Control {
  const grip = hands.grip(session, parameter.id);
  const input = el('input', {
    type: 'range',
    min: String(parameter.min),
    max: String(parameter.max),
    step: String((parameter.max - parameter.min) / 1000),
    'aria-label': parameter.title,
  });
  const reading = el('output');
  const element = el('label', { class: 'fader' }, el('span', { class: 'label' }, label), input, reading);
  let host: number | undefined;
  const paint: Paint = (now) => {
    grip.flush();
    const shown = grip.shown(host ?? parameter.default, now);
    if (!grip.held) input.value = String(shown);
    input.disabled = host === undefined;
    setText(reading, host === undefined ? '–' : words(shown));
    setAttribute(input, 'aria-valuetext', words(shown));
    return grip.held;
  };
  const letGo = () => {
    grip.release(performance.now());
    frames.invalidate(paint);
  };
  scope.add(() => frames.forget(paint));
  scope.add(letGo);
  scope.on(input, 'input', () => {
    grip.grab(host ?? parameter.default);
    grip.move(Number(input.value));
    frames.invalidate(paint);
  });
  for (const type of ['change', 'blur', 'pointercancel']) scope.on(input, type, letGo);
  scope.on(input, 'dblclick', () => {
    grip.set(parameter.default, performance.now());
    frames.invalidate(paint);
  });
  return {
    element,
    show(value) {
      host = value;
      frames.invalidate(paint);
    },
  };
}

/** Another number is another take: one further, one back, or any number. */
function createTake(session: string, { hands, scope }: ViewServices): Control {
  const { take } = parameters;
  const grip = hands.grip(session, take.id);
  const back = el('button', { type: 'button', 'aria-label': 'The take before' }, '‹');
  const on = el('button', { type: 'button', class: 'reroll' }, 'Re-roll');
  const number = el('input', { inputmode: 'numeric', 'aria-label': 'Take', class: 'take-number' });
  const element = el('div', { class: 'take-control' }, el('span', { class: 'label' }, 'Take'), back, number, on);
  let host: number | undefined;
  const shown = () => grip.shown(host ?? take.default, performance.now());
  const set = (value: number) => {
    if (host === undefined || !Number.isInteger(value)) return;
    grip.set(Math.min(take.max, Math.max(take.min, value)), performance.now());
    number.value = String(shown());
  };
  scope.on(back, 'click', () => set(shown() - 1));
  scope.on(on, 'click', () => set(shown() === take.max ? take.min : shown() + 1));
  scope.on(number, 'change', () => {
    set(Number(number.value));
    number.value = String(shown());
  });
  return {
    element,
    show(value) {
      host = value;
      for (const part of [back, on, number]) part.disabled = value === undefined;
      if (document.activeElement !== number) number.value = value === undefined ? '–' : String(shown());
    },
  };
}

/** The take that plays stays as it is, whatever the lane does. */
function createKeep(session: string, { hands, scope }: ViewServices): Control {
  const grip = hands.grip(session, parameters.keepTake.id);
  const button = el('button', { type: 'button', class: 'keep', 'aria-pressed': 'false' }, 'Keep');
  const element = el('div', { class: 'keep-control' }, button);
  let host: number | undefined;
  const shown = () => grip.shown(host ?? 0, performance.now());
  scope.on(button, 'click', () => {
    if (host === undefined) return;
    grip.set(shown() > 0.5 ? 0 : 1, performance.now());
    setAttribute(button, 'aria-pressed', String(shown() > 0.5));
  });
  return {
    element,
    show(value) {
      host = value;
      button.disabled = value === undefined;
      setAttribute(button, 'aria-pressed', String(shown() > 0.5));
    },
  };
}

/** What playback does where it begins. */
function createStart(session: string, { hands, scope }: ViewServices): Control {
  const grip = hands.grip(session, parameters.start.id);
  const options = parameters.start.kind.map((name, index) => el('option', { value: String(index) }, name));
  const choice = el('select', { 'aria-label': 'Where playback begins' }, ...options);
  const element = el('label', { class: 'start-control' }, el('span', { class: 'label' }, 'Start'), choice);
  let host: number | undefined;
  const shown = () => Math.round(grip.shown(host ?? 0, performance.now()));
  scope.on(choice, 'change', () => {
    if (host !== undefined) grip.set(Number(choice.value), performance.now());
  });
  return {
    element,
    show(value) {
      host = value;
      choice.disabled = value === undefined;
      if (document.activeElement !== choice) choice.value = String(shown());
    },
  };
}
