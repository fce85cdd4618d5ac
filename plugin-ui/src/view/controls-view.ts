import type { ModelCard } from '../../../service/src/core/monitor.js';
import { parameters } from '../../../service/src/core/parameters.js';
import { createChoice } from '../control/choice-view.js';
import { createKnob } from '../control/knob-view.js';
import { createPairControl } from '../control/pair-control.js';
import { createTakeControl } from '../control/take-control.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { el, setText } from '../ui/dom.js';
import { cardOf, usedWords, usefulRange } from '../words/words.js';
import { createMeterView } from './meter-view.js';

export interface ControlsView {
  readonly element: HTMLElement;
  update(view: SessionView, models: readonly ModelCard[]): void;
  linkLost(): void;
}

/** The knobs and switches, which are the host's parameters too, and the levels. */
export function createControlsView(services: Services, session: string): ControlsView {
  const knob = (spec: (typeof parameters)[keyof typeof parameters], size: 'large' | 'small') =>
    createKnob({ services, session, spec, size });
  const temperature = knob(parameters.temperature, 'large');
  const smaller = [parameters.guideAmount, parameters.mix, parameters.outputGain].map((spec) => knob(spec, 'small'));
  const pair = createPairControl(services, session);
  const take = createTakeControl(services, session);
  const choices = [parameters.start, parameters.guideSource, parameters.run, parameters.renderWait].map((spec) =>
    createChoice(services, session, spec),
  );
  const output = createMeterView('Output', services);
  const guide = createMeterView('Guide', services);
  const used = el('p', { class: 'used' });
  const more = el('details', { class: 'more' }, el('summary', {}, 'More'), ...choices.map(({ element }) => element));
  const element = el(
    'div',
    { class: 'controls' },
    el('div', { class: 'controls-temperature' }, temperature.element, used),
    el('div', { class: 'knobs' }, ...smaller.map((small) => small.element)),
    pair.element,
    take.element,
    el('div', { class: 'meters' }, output.element, guide.element),
    more,
  );
  const all = [temperature, ...smaller, pair, take, ...choices];
  return {
    element,
    update(view, models) {
      const { snapshot } = view;
      const useful = usefulRange(snapshot.model, models);
      const card = cardOf(snapshot.model, models);
      temperature.update(view, {
        useful,
        preset: card?.temperatureDefault ?? parameters.temperature.default,
        used: snapshot.temperatureEvaluated,
      });
      setText(used, usedWords(snapshot.temperatureEvaluated, card));
      for (const small of smaller) small.update(view, undefined);
      pair.update(view, card);
      take.update(view);
      for (const choice of choices) choice.update(view);
      output.update(snapshot.outputPeak, view.receivedAtMillis);
      guide.update(snapshot.guidePeak, view.receivedAtMillis);
    },
    linkLost() {
      for (const control of all) control.linkLost();
    },
  };
}
