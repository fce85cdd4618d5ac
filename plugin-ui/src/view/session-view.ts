import type { ModelCard } from '../../../service/src/core/monitor.js';
import { parameters } from '../../../service/src/core/parameters.js';
import { valueOf } from '../hand/values.js';
import { createKnob } from '../knob/knob-view.js';
import { createLaneView, type ViewServices } from '../lane/lane-view.js';
import type { SessionView as SessionState } from '../state/state.js';
import { el, setAttribute, setText } from '../ui/dom.js';
import { reactionWords } from '../words/takes.js';
import {
  aheadWords,
  linkWords,
  rate,
  speedWords,
  stateWords,
  temperatureDigits,
  titleOf,
  usefulRange,
} from '../words/words.js';
import { createControlsView } from './controls-view.js';
import { createFaultsView } from './faults-view.js';
import { paintHeat } from './heat.js';
import { createMeterView } from './meter-view.js';
import { createTakesView } from './takes-view.js';

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
  const knob = createKnob(services.hands.grip(id, parameters.temperature.id), parameters.temperature, {
    ...services,
    now: () => performance.now(),
  });
  const delivered = el('p', { class: 'heat-target' });
  const controls = createControlsView(id, services);
  const lane = createLaneView(services);
  const output = createMeterView('Output', services);
  const guide = createMeterView('Guide', services);
  const guideAmount = el('p', { class: 'guide-amount' });
  const takes = createTakesView();
  const faults = createFaultsView();
  const speed = reading('Speed', 'Seconds of audio drawn per second of work. Playback needs more than 1.');
  const link = reading('Link', 'Round trip between the plugin and Simmer.');
  const ahead = reading('Ahead', 'Audio that is ready beyond the playhead.');
  const reaction = reading(
    'Knob to sound',
    'From a move that nobody could foresee to what is heard of it: the block in which the host hands it over, the way to Simmer and back with the drawing, and the filter.',
  );

  const element = el(
    'article',
    { class: 'session', 'aria-labelledby': headingId },
    el('header', { class: 'session-head' }, el('div', { class: 'session-name' }, host, made, takes.element), state),
    takes.missing,
    el(
      'div',
      { class: 'plate' },
      el('div', { class: 'heat' }, el('p', { class: 'label' }, 'Temperature'), knob.element, delivered),
      el('figure', { class: 'lane' }, lane.element, legend()),
      el('div', { class: 'meters' }, output.element, guide.element, guideAmount),
    ),
    controls.element,
    el(
      'footer',
      { class: 'session-foot' },
      faults.element,
      el('dl', { class: 'readings' }, reaction.element, speed.element, ahead.element, link.element),
    ),
  );

  return {
    element,
    update(view, models) {
      const { snapshot } = view;
      const words = stateWords(snapshot);
      setText(host, snapshot.trackName || snapshot.hostName || 'A host without a name');
      setText(made, `${titleOf(snapshot.model, models)} · seed ${snapshot.seed} · ${rate(snapshot.sampleRateHz)}`);
      setAttribute(element, 'data-state', words.kind);
      setText(stateTitle, words.title);
      setText(stateDetail, words.detail);
      paintHeat(element, snapshot, models);
      const useful = usefulRange(snapshot.model, models);
      const digits = temperatureDigits(useful);
      knob.update({
        host: valueOf(snapshot, parameters.temperature) ?? snapshot.temperatureDelivered,
        evaluated: snapshot.temperatureEvaluated,
        useful,
        digits,
        turnable: snapshot.parameters.length > 0,
      });
      setText(delivered, `the lane says ${snapshot.temperatureDelivered.toFixed(digits)}`);
      const apart = Math.abs(snapshot.temperatureDelivered - snapshot.temperatureEvaluated) >= 0.5 * 10 ** -digits;
      delivered.classList.toggle('apart', apart);
      controls.update(snapshot);
      lane.update(view, models);
      output.update(snapshot.outputPeak, view.receivedAtMillis);
      guide.update(snapshot.guidePeak, view.receivedAtMillis);
      setText(
        guideAmount,
        snapshot.guideAmount > 0 ? `amount ${Math.round(snapshot.guideAmount * 100)} %` : 'amount 0 %',
      );
      takes.update(snapshot);
      faults.update(snapshot);
      const heard = reactionWords(snapshot);
      reaction.show(heard.text, false, [heard.sum, heard.basis]);
      const fast = speedWords(snapshot);
      speed.show(fast.text, fast.slow);
      const wanted = snapshot.exact ? [] : [`of ${Math.round(snapshot.lookaheadMillis)} ms`];
      ahead.show(aheadWords(snapshot), false, wanted);
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

interface Reading {
  readonly element: HTMLElement;
  /** `notes` stand beside it, quieter; empty ones are not there. */
  show(text: string, bad: boolean, notes?: readonly string[]): void;
}

function reading(label: string, meaning: string): Reading {
  const value = el('span');
  const note = el('small');
  const element = el('div', { class: 'reading', title: meaning }, el('dt', {}, label), el('dd', {}, value, ' ', note));
  return {
    element,
    show(text, bad, notes = []) {
      setText(value, text);
      setText(note, notes.filter((part) => part !== '').join(' · '));
      element.classList.toggle('bad', bad);
    },
  };
}
