import type { PageState } from '../state/state.js';
import { el, setAttribute, setHidden, setText } from '../ui/dom.js';
import type { Scope } from '../ui/scope.js';

export interface LinkView {
  readonly element: HTMLElement;
  /** The strip that says what is wrong and what to do; empty and hidden while all is well. */
  readonly notice: HTMLElement;
  update(state: PageState): void;
}

/** After so many vain attempts the service is probably gone, and a new one has another address. */
const attemptsBeforeAdvice = 4;

export function createLinkView(scope: Scope, actions: { retry(): void; reload(): void }): LinkView {
  const words = el('span');
  const service = el('span', { class: 'service' });
  const element = el('p', { class: 'link' }, el('i', { class: 'link-lamp', 'aria-hidden': 'true' }), words, service);
  const title = el('strong');
  const advice = el('span');
  const retry = el('button', { type: 'button' }, 'Try now');
  const reload = el('button', { type: 'button' }, 'Reload');
  const notice = el('div', { class: 'notice', hidden: '' }, el('p', {}, title, advice), retry, reload);
  scope.on(retry, 'click', actions.retry);
  scope.on(reload, 'click', actions.reload);

  let countdown = () => {};
  const update = (state: PageState): void => {
    countdown();
    const { link } = state;
    setAttribute(element, 'data-link', link.kind);
    setHidden(notice, link.kind === 'open' || link.kind === 'connecting');
    setText(
      service,
      state.service === undefined ? '' : `version ${state.service.version} · process ${state.service.pid}`,
    );
    setHidden(retry, link.kind !== 'lost');
    setHidden(reload, link.kind !== 'foreign');
    if (link.kind === 'open') setText(words, 'Connected');
    if (link.kind === 'connecting') setText(words, 'Connecting');
    if (link.kind === 'foreign') {
      setText(words, 'Other version');
      setText(title, 'Simmer and this page are different versions.');
      setText(advice, ' Simmer was probably updated. Reload the page.');
    }
    if (link.kind === 'silent') {
      setText(words, 'No word');
      setText(title, 'Simmer has said nothing for two seconds.');
      const which = state.service === undefined ? 'Its process' : `Its process, ${state.service.pid},`;
      setText(
        advice,
        ` Below is the last known state. ${which} may be stopped, or this machine too busy. What a host plays now is silent where nothing was drawn ahead.`,
      );
    }
    if (link.kind === 'lost') {
      const left = Math.max(0, Math.ceil((link.retryAtMillis - performance.now()) / 1000));
      setText(words, 'Not connected');
      setText(title, 'The connection to Simmer is lost.');
      const when = left > 0 ? ` Trying again in ${left} s.` : ' Trying again.';
      const stale = state.sessions === undefined ? '' : ' Below is the last known state.';
      const restarted = ' If Simmer was restarted, open the address that `simmer serve` printed.';
      setText(advice, `${when}${stale}${link.attempt >= attemptsBeforeAdvice ? restarted : ''}`);
      if (left > 0) countdown = scope.after(250, () => update(state));
    }
  };
  return { element, notice, update };
}
