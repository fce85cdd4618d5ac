import type { ModelCard } from '../../../service/src/core/monitor.js';
import { barAndBeat } from '../geometry/ruler.js';
import type { SessionView } from '../state/state.js';
import { el, setAttribute, setHidden, setStyle, setText } from '../ui/dom.js';
import { takeBadges } from '../words/takes.js';
import { cardOf, rate, stateWords, titleOf } from '../words/words.js';

export interface HeadView {
  readonly element: HTMLElement;
  /** Which model is missing and what to do; hidden while none is. */
  readonly missing: HTMLElement;
  update(view: SessionView, models: readonly ModelCard[], name: string): void;
}

/** Who this is, what plays it, and what it does just now. */
export function createHeadView(headingId: string): HeadView {
  const title = el('h2', { id: headingId });
  const model = el('span', { class: 'model-name' });
  const made = el('p', { class: 'made' }, el('i', { class: 'model-dot', 'aria-hidden': 'true' }), model);
  const badges = el('p', { class: 'badges' });
  const known = new Map<string, HTMLElement>();
  const stateTitle = el('strong');
  const stateDetail = el('span');
  const lamp = el('i', { class: 'state-lamp', 'aria-hidden': 'true' });
  const place = el('span', { class: 'place' });
  const element = el(
    'header',
    { class: 'session-head' },
    el('div', { class: 'session-name' }, title, made, badges),
    el('p', { class: 'state' }, lamp, stateTitle, stateDetail, place),
  );
  const advice = el('span');
  const missing = el('p', { class: 'missing-model', hidden: '' }, el('strong', {}, 'A model is missing.'), ' ', advice);
  return {
    element,
    missing,
    update({ snapshot }, models, name) {
      const words = stateWords(snapshot);
      setText(title, name);
      const host = snapshot.trackName === '' ? '' : ` · ${snapshot.hostName}`;
      setText(model, `${titleOf(snapshot.model, models)}${host} · ${rate(snapshot.sampleRateHz)}`);
      const colour = cardOf(snapshot.model, models)?.colour ?? '';
      if (/^#[0-9a-f]{6}$/i.test(colour)) setStyle(made, '--model', colour);
      setText(stateTitle, words.title);
      setText(stateDetail, words.detail);
      const { musicalTime, sampleRateHz, playheadFrame } = snapshot;
      setText(
        place,
        musicalTime === null
          ? ''
          : `bar ${barAndBeat(musicalTime, sampleRateHz, playheadFrame / sampleRateHz)} · ${Number(musicalTime.tempoBpm.toFixed(2))} bpm`,
      );
      setHidden(missing, snapshot.missingModel === '');
      setText(advice, snapshot.missingModel);
      for (const badge of takeBadges(snapshot)) {
        let shown = known.get(badge.key);
        if (shown === undefined) {
          shown = el('span', { class: 'badge', title: badge.meaning }, badge.label);
          setAttribute(shown, 'data-badge', badge.key);
          known.set(badge.key, shown);
          badges.append(shown);
        }
        setHidden(shown, !badge.lit);
      }
    },
  };
}
