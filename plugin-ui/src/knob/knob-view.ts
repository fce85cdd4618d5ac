import type { Range } from '../geometry/axis.js';
import { heatColour, heatOf, heatWord } from '../geometry/heat.js';
import type { Grip } from '../hand/grip.js';
import { el, setAttribute, setText } from '../ui/dom.js';
import type { FrameScheduler, Paint } from '../ui/frames.js';
import type { Scope } from '../ui/scope.js';
import { createNumerals } from '../view/numerals.js';
import { angleOf, arcPath, dragged, keyed, pointAt, type Span, typed } from './arc.js';

const svgSpace = 'http://www.w3.org/2000/svg';
const radius = 84;
const bandParts = 24;

export interface KnobServices {
  readonly scope: Scope;
  readonly frames: FrameScheduler;
  readonly now: () => number;
}

export interface KnobReading {
  /** As the host has it, and as the last draw used it. */
  readonly host: number;
  readonly evaluated: number;
  readonly useful: Range;
  readonly digits: number;
  /** False: the host cannot be told now. */
  readonly turnable: boolean;
}

export interface KnobView {
  readonly element: HTMLElement;
  update(reading: KnobReading): void;
}

/**
 * The temperature: a dial in real units. Its pointer is the host's value, or the hand's while it is held; the number in it and the
 * bead on its rim are what the draws used last.
 */
export function createKnob(grip: Grip, span: Span & { readonly default: number }, services: KnobServices): KnobView {
  const { scope, frames, now } = services;
  const band = group('knob-band');
  const pointer = shape('line', { class: 'knob-pointer' });
  const bead = shape('circle', { class: 'knob-bead', r: '4.5' });
  const dial = shape('svg', { viewBox: '-100 -100 200 178', 'aria-hidden': 'true', class: 'knob-dial' });
  dial.append(shape('path', { class: 'knob-track', d: arcPath(-135, 135, radius) }), band, pointer, bead);
  const numerals = createNumerals();
  const word = el('span', { class: 'heat-word', 'aria-hidden': 'true' });
  const slider = el(
    'div',
    {
      class: 'knob',
      role: 'slider',
      tabindex: '0',
      'aria-label': 'Temperature',
      'aria-valuemin': String(span.min),
      'aria-valuemax': String(span.max),
    },
    dial,
    el('div', { class: 'knob-number', 'aria-hidden': 'true' }, numerals.element, word),
  );
  const entry = el('input', { class: 'knob-entry', inputmode: 'decimal', 'aria-label': 'Temperature, as a number' });
  const element = el('div', { class: 'knob-place' }, slider, entry);
  let reading: KnobReading | undefined;
  let drag: { pointer: number; y: number; x: number; value: number } | undefined;
  let bandOf = '';

  const paint: Paint = () => {
    grip.flush();
    if (reading === undefined) return false;
    const { host, evaluated, useful, digits, turnable } = reading;
    const shown = grip.shown(host, now());
    if (bandOf !== `${useful.start}:${useful.end}`) {
      bandOf = `${useful.start}:${useful.end}`;
      band.replaceChildren(...bandOver(useful, span));
    }
    const [x0, y0] = pointAt(angleOf(shown, span), radius - 16);
    const [x1, y1] = pointAt(angleOf(shown, span), radius + 7);
    for (const [name, value] of Object.entries({ x1: x0, y1: y0, x2: x1, y2: y1 })) {
      setAttribute(pointer, name, value.toFixed(2));
    }
    const [x, y] = pointAt(angleOf(evaluated, span), radius);
    setAttribute(bead, 'cx', x.toFixed(2));
    setAttribute(bead, 'cy', y.toFixed(2));
    numerals.show((grip.held ? shown : evaluated).toFixed(digits));
    setText(word, heatWord(grip.held ? shown : evaluated, useful));
    setAttribute(slider, 'aria-valuenow', shown.toFixed(3));
    setAttribute(slider, 'aria-valuetext', `${shown.toFixed(3)}, ${heatWord(shown, useful)}`);
    setAttribute(slider, 'aria-disabled', String(!turnable));
    setAttribute(slider, 'data-held', String(grip.held));
    if (document.activeElement !== entry && entry.value !== shown.toFixed(3)) entry.value = shown.toFixed(3);
    entry.disabled = !turnable;
    return grip.held;
  };
  scope.add(() => frames.forget(paint));
  scope.add(() => grip.release(now()));

  const value = () => grip.shown(reading?.host ?? span.default, now());
  const set = (wanted: number) => {
    if (reading?.turnable !== true) return;
    grip.set(wanted, now());
    frames.invalidate(paint);
  };
  const letGo = () => {
    drag = undefined;
    grip.release(now());
    frames.invalidate(paint);
  };

  on(scope, slider, 'pointerdown', (event) => {
    if (event.button !== 0 || reading?.turnable !== true) return;
    drag = { pointer: event.pointerId, x: event.clientX, y: event.clientY, value: value() };
    slider.setPointerCapture(event.pointerId);
    slider.focus();
    grip.grab(drag.value);
    frames.invalidate(paint);
    event.preventDefault();
  });
  on(scope, slider, 'pointermove', (event) => {
    if (drag === undefined || event.pointerId !== drag.pointer) return;
    const up = drag.y - event.clientY + (event.clientX - drag.x);
    // From where it is now: pressing Shift in the middle must not make it jump.
    drag = { ...drag, x: event.clientX, y: event.clientY, value: dragged(drag.value, up, event.shiftKey, span) };
    grip.move(drag.value);
    frames.invalidate(paint);
  });
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture'] as const) on(scope, slider, type, letGo);
  on(scope, slider, 'dblclick', () => set(span.default));
  on(scope, slider, 'keydown', (event) => {
    const next = keyed(value(), event.key, event.shiftKey, span);
    if (next === undefined) return;
    event.preventDefault();
    set(next);
  });
  on(scope, slider, 'wheel', (event) => {
    event.preventDefault();
    set(dragged(value(), -event.deltaY / 4, event.shiftKey, span));
  });
  on(scope, entry, 'change', () => {
    const wanted = typed(entry.value, span);
    if (wanted !== undefined) set(wanted);
    else entry.value = value().toFixed(3);
  });
  on(scope, entry, 'keydown', (event) => {
    if (event.key !== 'Escape') return;
    entry.value = value().toFixed(3);
    entry.blur();
  });

  return {
    element,
    update(next) {
      reading = next;
      frames.invalidate(paint);
    },
  };
}

/** The useful range on the rim, cold to hot. */
function bandOver(useful: Range, span: Span): SVGElement[] {
  return Array.from({ length: bandParts }, (_, index) => {
    const at = (share: number) => useful.start + share * (useful.end - useful.start);
    const [from, to] = [at(index / bandParts), at((index + 1) / bandParts)];
    const path = shape('path', { d: arcPath(angleOf(from, span), angleOf(to, span) + 0.4, radius) });
    path.style.setProperty('stroke', heatColour(heatOf((from + to) / 2, useful), 0.68));
    return path;
  });
}

function on<Type extends keyof HTMLElementEventMap>(
  scope: Scope,
  target: HTMLElement,
  type: Type,
  listener: (event: HTMLElementEventMap[Type]) => void,
): void {
  // The browser gives an event of this type its own class, which a plain EventTarget cannot say.
  scope.on(target, type, listener as (event: Event) => void);
}

function shape(name: string, attributes: Readonly<Record<string, string>>): SVGElement {
  const element = document.createElementNS(svgSpace, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

const group = (name: string) => shape('g', { class: name });
