import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import { el, setHidden, setText } from '../ui/dom.js';
import { takeBadges, takesWords } from '../words/takes.js';

export interface TakesView {
  readonly element: HTMLElement;
  /** Which model is missing and what to do; hidden while none is. */
  readonly missing: HTMLElement;
  update(snapshot: SessionSnapshot): void;
}

/** What of this is remembered, and what becomes of the take that is played. */
export function createTakesView(): TakesView {
  const count = el('span', { class: 'take-count' });
  const element = el('p', { class: 'takes' }, count);
  const badges = new Map<string, HTMLElement>();
  const advice = el('span');
  const missing = el('p', { class: 'missing-model', hidden: '' }, el('strong', {}, 'A model is missing.'), ' ', advice);
  return {
    element,
    missing,
    update(snapshot) {
      setText(count, takesWords(snapshot));
      for (const { key, label, meaning, lit } of takeBadges(snapshot)) {
        let badge = badges.get(key);
        if (badge === undefined) {
          badge = el('span', { class: 'badge', 'data-badge': key, title: meaning }, label);
          badges.set(key, badge);
          element.append(badge);
        }
        setHidden(badge, !lit);
      }
      setText(advice, snapshot.missingModel);
      setHidden(missing, snapshot.missingModel === '');
    },
  };
}
