import type { SessionView } from '../state/state.js';
import { el, setAttribute, setHidden, setStyle, setText } from '../ui/dom.js';
import { onKey } from '../ui/listen.js';
import type { Scope } from '../ui/scope.js';

export interface TabsView {
  readonly element: HTMLElement;
  /** `chosen`: the one whose panel is shown. */
  update(sessions: readonly SessionView[], names: ReadonlyMap<string, string>, chosen: string | undefined): void;
}

export function tabId(session: string): string {
  return `tab-${session}`;
}

export function panelId(session: string): string {
  return `panel-${session}`;
}

/** Instances side by side, each by its track's name and colour; not there while there is only one. */
export function createTabsView(scope: Scope, choose: (session: string) => void): TabsView {
  const element = el('div', { class: 'tabs', role: 'tablist', 'aria-label': 'Instances', hidden: '' });
  const tabs = new Map<
    string,
    { button: HTMLButtonElement; dot: HTMLElement; name: HTMLElement; dispose: () => void }
  >();
  const tabFor = (id: string) => {
    const known = tabs.get(id);
    if (known !== undefined) return known;
    const dot = el('i', { class: 'tab-dot', 'aria-hidden': 'true' });
    const name = el('span');
    const button = el(
      'button',
      { type: 'button', role: 'tab', id: tabId(id), 'aria-controls': panelId(id) },
      dot,
      name,
    );
    const dispose = scope.on(button, 'click', () => choose(id));
    const made = { button, dot, name, dispose };
    tabs.set(id, made);
    return made;
  };
  onKey(scope, element, (event) => {
    const ids = [...element.children].map((child) => child.id);
    const at = ids.indexOf(document.activeElement?.id ?? '');
    const moves: Readonly<Record<string, number>> = {
      ArrowRight: at + 1,
      ArrowLeft: at - 1,
      Home: 0,
      End: ids.length - 1,
    };
    const to = moves[event.key];
    if (at < 0 || to === undefined) return;
    event.preventDefault();
    const next = element.children.item((to + ids.length) % ids.length);
    if (!(next instanceof HTMLElement)) return;
    next.focus();
    next.click();
  });
  return {
    element,
    update(sessions, names, chosen) {
      setHidden(element, sessions.length < 2);
      for (const [id, { button, dispose }] of tabs) {
        if (sessions.some(({ snapshot }) => snapshot.id === id)) continue;
        dispose();
        button.remove();
        tabs.delete(id);
      }
      sessions.forEach(({ snapshot }, index) => {
        const { button, dot, name } = tabFor(snapshot.id);
        setText(name, names.get(snapshot.id) ?? '');
        setAttribute(button, 'aria-selected', String(snapshot.id === chosen));
        setAttribute(button, 'tabindex', snapshot.id === chosen ? '0' : '-1');
        button.classList.toggle('playing', snapshot.playing);
        if (/^#[0-9a-f]{6}$/i.test(snapshot.trackColour)) setStyle(dot, '--track', snapshot.trackColour);
        if (element.children.item(index) !== button) element.insertBefore(button, element.children.item(index));
      });
    },
  };
}
