import { parameters, parseParameter } from '../../../service/src/core/parameters.js';
import { parsePlace } from '../geometry/ruler.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { el, setText } from '../ui/dom.js';
import type { Drawing } from '../workspace/drawing.js';
import { addPoint, drawnValueAt, movePoint } from '../workspace/drawn-lane.js';

export interface PointFields {
  readonly elements: readonly HTMLElement[];
  show(): void;
}

/** The points by number: for those who type, and for those who do not see the curve. */
export function createPointFields(
  services: Services,
  drawing: Drawing,
  view: () => SessionView | undefined,
): PointFields {
  const which = el('output', { class: 'which' });
  const back = el('button', { type: 'button', 'aria-label': 'Previous point' }, '‹');
  const on = el('button', { type: 'button', 'aria-label': 'Next point' }, '›');
  const place = el('input', { class: 'short', autocomplete: 'off', 'aria-label': 'Place of the point, in seconds' });
  const value = el('input', { class: 'short', autocomplete: 'off', 'aria-label': 'Temperature of the point, 0 to 2' });
  const add = el(
    'button',
    { type: 'button', title: 'Adds a point at the playhead, or a second after the last one.' },
    'Add point',
  );
  const rate = () => view()?.snapshot.sampleRateHz ?? 48_000;

  const set = (): void => {
    const { chosen, points } = drawing;
    const point = chosen === undefined ? undefined : points[chosen];
    if (chosen === undefined || point === undefined) return;
    const seconds = parsePlace(place.value, view()?.snapshot.musicalTime ?? null, rate());
    const temperature = parseParameter(parameters.temperature, value.value);
    if (seconds === undefined) services.toast('A position is a number of seconds, minutes:seconds or bar|beat.');
    else if (temperature === undefined) services.toast('A temperature is a number from 0 to 2.');
    else drawing.set(movePoint(points, chosen, seconds * rate(), temperature));
    show();
  };
  const choose = (by: number): void => {
    const count = drawing.points.length;
    if (count === 0) return;
    const from = drawing.chosen ?? (by > 0 ? -1 : count);
    drawing.choose(Math.min(count - 1, Math.max(0, from + by)));
  };
  const { scope } = services;
  scope.on(place, 'change', set);
  scope.on(value, 'change', set);
  scope.on(back, 'click', () => choose(-1));
  scope.on(on, 'click', () => choose(1));
  scope.on(add, 'click', () => {
    const snapshot = view()?.snapshot;
    if (snapshot === undefined) return;
    // A playhead that stands still must not keep whoever types from a second point.
    const taken = drawing.points.some(({ frame }) => frame === snapshot.playheadFrame);
    const last = drawing.points.at(-1)?.frame ?? 0;
    const frame = taken ? last + snapshot.sampleRateHz : snapshot.playheadFrame;
    const level = drawnValueAt(drawing.points, frame) ?? snapshot.temperatureDelivered;
    const { points, index } = addPoint(drawing.points, frame, level);
    drawing.set(points);
    drawing.choose(index);
  });

  const show = (): void => {
    const { chosen, points } = drawing;
    const point = chosen === undefined ? undefined : points[chosen];
    setText(which, point === undefined ? 'no point selected' : `point ${(chosen ?? 0) + 1} of ${points.length}`);
    for (const field of [place, value]) field.disabled = point === undefined;
    for (const step of [back, on]) step.disabled = points.length === 0;
    const texts = point === undefined ? ['', ''] : [(point.frame / rate()).toFixed(3), point.value.toFixed(3)];
    [place, value].forEach((field, index) => {
      if (document.activeElement !== field || point === undefined) field.value = texts[index] ?? '';
    });
  };
  return { elements: [add, back, which, on, place, value], show };
}
