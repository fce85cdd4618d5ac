import type { ModelCard } from '../../../service/src/core/monitor.js';
import { createLaneView, type ViewServices } from '../lane/lane-view.js';
import type { SessionView as SessionState } from '../state/state.js';
import { el, setAttribute, setText } from '../ui/dom.js';
import { aheadWords, linkWords, rate, speedWords, stateWords, titleOf } from '../words/words.js';
import { createFaultsView } from './faults-view.js';
import { createHeatView, paintHeat } from './heat-view.js';
import { createMeterView } from './meter-view.js';

export interface SessionView {
  readonly element: HTMLElement;
  update(view: SessionState, models: readonly ModelCard[]): void;
}

/** One instance of the plugin: a faceplate. */
export function createSessionView(id: string, services: ViewServices): SessionView {
  const headingId = `session-${id}`;
  const host = el('h2', { id: headingId });
  const made = el('p', { class: 'made' });
  const stateTitle = el('strong');
  const stateDetail = el('span');
  const state = el(
    'p',
    { class: 'state' },
    el('i', { class: 'state-lamp', 'aria-hidden': 'true' }),
    stateTitle,
    stateDetail,
  );
  const heat = createHeatView();
  const lane = createLaneView(services);
  const output = createMeterView('Output', services);
  const guide = createMeterView('Guide', services);
  const guideAmount = el('p', { class: 'guide-amount' });
  const faults = createFaultsView();
  const speed = reading('Speed', 'Seconds of audio drawn per second of work. Playback needs more than 1.');
  const link = reading('Link', 'Round trip between the plugin and Simmer.');
  const ahead = reading('Ahead', 'Audio that is ready beyond the playhead.');

  const element = el(
    'article',
    { class: 'session', 'aria-labelledby': headingId },
    el('header', { class: 'session-head' }, el('div', { class: 'session-name' }, host, made), state),
    el(
      'div',
      { class: 'plate' },
      heat.element,
      el('figure', { class: 'lane' }, lane.element, legend()),
      el('div', { class: 'meters' }, output.element, guide.element, guideAmount),
    ),
    el(
      'footer',
      { class: 'session-foot' },
      faults.element,
      el('dl', { class: 'readings' }, speed.element, ahead.element, link.element),
    ),
  );

  return {
    element,
    update(view, models) {
      const { snapshot } = view;
      const words = stateWords(snapshot);
      setText(host, snapshot.hostName || 'A host without a name');
      setText(made, `${titleOf(snapshot.model, models)} · seed ${snapshot.seed} · ${rate(snapshot.sampleRateHz)}`);
      setAttribute(element, 'data-state', words.kind);
      setText(stateTitle, words.title);
      setText(stateDetail, words.detail);
      paintHeat(element, snapshot, models);
      heat.update(snapshot, models);
      lane.update(view, models);
      output.update(snapshot.outputPeak);
      guide.update(snapshot.guidePeak);
      setText(
        guideAmount,
        snapshot.guideAmount > 0 ? `amount ${Math.round(snapshot.guideAmount * 100)} %` : 'amount 0 %',
      );
      faults.update(snapshot);
      const fast = speedWords(snapshot);
      speed.show(fast.text, fast.slow);
      ahead.show(aheadWords(snapshot), false);
      link.show(linkWords(snapshot.linkMillis), false);
    },
  };
}

function legend(): HTMLElement {
  return el(
    'figcaption',
    { class: 'legend' },
    el('span', { class: 'key key-evaluated' }, 'what the draws used'),
    el('span', { class: 'key key-delivered' }, 'the host’s lane'),
    el('span', { class: 'key key-useful' }, 'useful range of the model'),
    el('span', { class: 'key key-ahead' }, 'drawn ahead'),
  );
}

function reading(label: string, meaning: string): { element: HTMLElement; show(text: string, bad: boolean): void } {
  const value = el('dd');
  const element = el('div', { class: 'reading', title: meaning }, el('dt', {}, label), value);
  return {
    element,
    show(text, bad) {
      setText(value, text);
      element.classList.toggle('bad', bad);
    },
  };
}
