import { heatGradient } from '../geometry/heat.js';
import type { Services } from '../services.js';
import type { PageState } from '../state/state.js';
import { el, setAttribute, setHidden, setStyle, setText } from '../ui/dom.js';
import type { Scope } from '../ui/scope.js';
import { storeOf } from '../ui/storage.js';
import { darkLightness, lightLightness } from '../ui/theme.js';
import { instanceNames } from '../words/instances.js';
import { instanceOf, Workspaces } from '../workspace/workspaces.js';
import { createEmptyView } from './empty-view.js';
import { createInstanceView, type InstanceView } from './instance-view.js';
import { createLinkView } from './link-view.js';
import { createModelsView } from './models-view.js';
import { createRefusedView } from './refused-view.js';
import { createStoreView } from './store-view.js';
import { createTabsView, panelId, tabId } from './tabs-view.js';
import type { ToastsView } from './toasts-view.js';

export interface AppView {
  update(state: PageState): void;
  /** Says something to those who listen to the page instead of looking at it. */
  announce(text: string): void;
}

export interface AppActions {
  retry(): void;
  reload(): void;
}

export function createAppView(root: HTMLElement, services: Services, notes: ToastsView, actions: AppActions): AppView {
  const link = createLinkView(services.scope, actions);
  const empty = createEmptyView();
  const waiting = el('p', { class: 'waiting' }, 'Waiting for Simmer.');
  const list = el('div', { class: 'sessions' });
  const models = createModelsView(services);
  const store = createStoreView();
  const refused = createRefusedView();
  const spoken = el('p', { class: 'unseen', role: 'status', 'aria-live': 'polite' });
  let last: PageState | undefined;
  /** The instance that was chosen; a new link has another session of it. */
  let chosenInstance: string | undefined;
  const tabs = createTabsView(services.scope, (id) => {
    chosenInstance = id;
    if (last !== undefined) update(last);
  });
  const main = el(
    'main',
    { id: 'main' },
    el('h1', { class: 'unseen' }, 'Simmer'),
    link.notice,
    store.notice,
    refused.notice,
    waiting,
    empty,
    tabs.element,
    list,
  );
  const workspaces = new Workspaces(storeOf(window), (session) => shown.has(session));
  const shown = new Map<string, { scope: Scope; panel: HTMLElement; view: InstanceView }>();

  root.replaceChildren(
    el('a', { class: 'skip', href: '#main' }, 'To the instances'),
    el(
      'header',
      { class: 'top' },
      el('p', { class: 'brand' }, el('i', { class: 'mark', 'aria-hidden': 'true' }), 'Simmer'),
      link.element,
    ),
    main,
    el('footer', { class: 'bottom' }, models.element, store.element, notes.element, spoken),
  );
  setStyle(document.documentElement, '--heat-across-dark', heatGradient('90deg', darkLightness));
  setStyle(document.documentElement, '--heat-across-light', heatGradient('90deg', lightLightness));

  function update(state: PageState): void {
    const lost = state.link.kind === 'lost' || state.link.kind === 'foreign';
    if (lost && last?.link.kind === 'open') for (const { view } of shown.values()) view.linkLost();
    last = state;
    link.update(state);
    root.classList.toggle('stale', ['lost', 'silent', 'foreign'].includes(state.link.kind));
    store.update(state.store);
    refused.update(state.refused);
    const sessions = state.sessions ?? [];
    setHidden(waiting, state.sessions !== undefined);
    setHidden(empty, state.sessions === undefined || sessions.length > 0);
    for (const [id, { scope, panel }] of shown) {
      if (sessions.some(({ snapshot }) => snapshot.id === id)) continue;
      shown.delete(id);
      scope.dispose();
      panel.remove();
    }
    const chosen = chosenOf(sessions.map(({ snapshot }) => snapshot.id));
    const names = instanceNames(sessions.map(({ snapshot }) => snapshot));
    tabs.update(sessions, names, chosen);
    const onView = sessions.find(({ snapshot }) => snapshot.id === chosen)?.snapshot;
    models.update(
      state.models,
      state.service !== undefined,
      onView && { session: onView.id, name: names.get(onView.id) ?? 'this instance', model: onView.model },
    );
    for (const session of sessions) {
      const { id } = session.snapshot;
      const { panel, view } = panelFor(session.snapshot);
      setHidden(panel, id !== chosen);
      if (sessions.length > 1) {
        setAttribute(panel, 'role', 'tabpanel');
        setAttribute(panel, 'aria-labelledby', tabId(id));
      } else {
        panel.removeAttribute('role');
        panel.removeAttribute('aria-labelledby');
      }
      // Those that are not on view are as they were; they catch up when they are chosen.
      if (id === chosen) view.update(session, state, names.get(id) ?? '');
    }
  }

  function chosenOf(sessions: readonly string[]): string | undefined {
    chosenInstance ??= sessions[0];
    const wanted = chosenInstance;
    if (wanted === undefined || sessions.includes(wanted)) return wanted;
    return sessions.find((id) => instanceOf(id) === instanceOf(wanted)) ?? sessions[0];
  }

  function panelFor(snapshot: Parameters<typeof createInstanceView>[0]) {
    const known = shown.get(snapshot.id);
    if (known !== undefined) return known;
    const scope = services.scope.child();
    const view = createInstanceView(snapshot, { ...services, scope }, workspaces.of(snapshot.id, snapshot.trackName));
    const panel = el('div', { id: panelId(snapshot.id) }, view.element);
    const made = { scope, panel, view };
    shown.set(snapshot.id, made);
    list.append(panel);
    return made;
  }

  return { update, announce: (text) => setText(spoken, text) };
}
