import type { ViewServices } from '../lane/lane-view.js';
import type { PageState } from '../state/state.js';
import { el, setHidden, setStyle, setText } from '../ui/dom.js';
import type { Scope } from '../ui/scope.js';
import { createEmptyView } from './empty-view.js';
import { createLinkView } from './link-view.js';
import { createModelsView } from './models-view.js';
import { createSessionView, type SessionView } from './session-view.js';
import { createStoreView } from './store-view.js';
import { darkLightness, heatGradient, lightLightness } from './theme.js';

export interface AppView {
  update(state: PageState): void;
  /** Says something to those who listen to the page instead of looking at it. */
  announce(text: string): void;
}

export function createAppView(
  root: HTMLElement,
  services: ViewServices,
  actions: { retry(): void; reload(): void },
): AppView {
  const link = createLinkView(services.scope, actions);
  const empty = createEmptyView();
  const waiting = el('p', { class: 'waiting' }, 'Waiting for Simmer.');
  const list = el('div', { class: 'sessions' });
  const models = createModelsView();
  const store = createStoreView();
  const spoken = el('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  const main = el('main', { id: 'main' }, el('h1', { class: 'unseen' }, 'Sessions'), waiting, empty, list);
  const shown = new Map<string, { scope: Scope; view: SessionView }>();

  root.replaceChildren(
    el(
      'header',
      { class: 'top' },
      el('p', { class: 'brand' }, el('i', { class: 'mark', 'aria-hidden': 'true' }), 'Simmer'),
      link.element,
    ),
    link.notice,
    store.notice,
    main,
    el('footer', { class: 'bottom' }, models.element, store.element),
    spoken,
  );
  setStyle(document.documentElement, '--heat-across-dark', heatGradient('90deg', darkLightness));
  setStyle(document.documentElement, '--heat-across-light', heatGradient('90deg', lightLightness));

  return {
    update(state) {
      link.update(state);
      models.update(state.models, state.service !== undefined);
      root.classList.toggle('stale', ['lost', 'silent', 'foreign'].includes(state.link.kind));
      store.update(state.store);
      const sessions = state.sessions ?? [];
      setHidden(waiting, state.sessions !== undefined);
      setHidden(empty, state.sessions === undefined || sessions.length > 0);
      for (const [id, { scope, view }] of shown) {
        if (sessions.some(({ snapshot }) => snapshot.id === id)) continue;
        shown.delete(id);
        services.hands.forget(id);
        scope.dispose();
        view.element.remove();
      }
      sessions.forEach((session, index) => {
        const view = viewFor(session.snapshot.id);
        view.update(session, state.models);
        const place = list.children.item(index);
        if (place !== view.element) list.insertBefore(view.element, place);
      });
    },
    announce: (text) => setText(spoken, text),
  };

  function viewFor(id: string): SessionView {
    const known = shown.get(id);
    if (known !== undefined) return known.view;
    const scope = services.scope.child();
    const view = createSessionView(id, { ...services, scope });
    shown.set(id, { scope, view });
    return view;
  }
}
