import type { ModelCard, TakeSummary } from '../../../service/src/core/monitor.js';
import { heatColour, heatOf } from '../geometry/heat.js';
import { barAndBeat } from '../geometry/ruler.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { el, setAttribute, setHidden, setStyle, setText } from '../ui/dom.js';
import { onKey } from '../ui/listen.js';
import { darkLightness, lightLightness } from '../ui/theme.js';
import { listedTakes, takeName, takeRowWords } from '../words/take-rows.js';
import { songTime, usefulRange } from '../words/words.js';
import type { Workspace } from '../workspace/workspace.js';
import type { Player } from './player.js';

export interface TakesView {
  readonly element: HTMLElement;
  update(view: SessionView, models: readonly ModelCard[]): void;
}

export interface TakesOptions {
  readonly services: Services;
  readonly workspace: Workspace;
  readonly session: string;
  readonly player: Player;
  /** Plays a take on the page, from the start of the selected range or of the take. */
  readonly listen: (take: TakeSummary) => void;
}

interface TakeRow {
  readonly element: HTMLElement;
  show(take: TakeSummary): void;
}

/** The takes so far: to listen to, compare, name, keep and discard. */
export function createTakesView({ services, workspace, session, player, listen }: TakesOptions): TakesView {
  const list = el('ul', { class: 'take-list' });
  const none = el('p', { class: 'none' }, 'No takes yet. Press play in the host, or draw a lane here.');
  const count = el('span', { class: 'count' });
  const stop = el('button', { type: 'button' }, 'Stop listening');
  const element = el(
    'section',
    { class: 'card takes', 'aria-label': 'Takes' },
    el('header', { class: 'card-head' }, el('h3', {}, 'Takes'), count, stop),
    none,
    list,
  );
  const rows = new Map<string, TakeRow>();
  let current: { view: SessionView; models: readonly ModelCard[] } | undefined;
  services.scope.on(stop, 'click', () => player.stop());

  const show = (): void => {
    if (current === undefined) return;
    const takes = listedTakes(current.view.takes);
    setHidden(none, takes.length > 0);
    setHidden(stop, player.take === undefined);
    setText(count, takes.length > 0 ? String(takes.length) : '');
    for (const [id, row] of rows) {
      if (takes.some((take) => take.id === id)) continue;
      row.element.remove();
      rows.delete(id);
    }
    takes.forEach((take, index) => {
      const row = rows.get(take.id) ?? rowFor(take.id);
      row.show(take);
      if (list.children.item(index) !== row.element) list.insertBefore(row.element, list.children.item(index));
    });
  };

  const rowFor = (id: string): TakeRow => {
    const find = () => current?.view.takes.find((take) => take.id === id);
    const name = el('input', {
      class: 'take-name',
      maxlength: '64',
      spellcheck: 'false',
      'aria-label': 'Name of the take',
    });
    const about = el('p', { class: 'take-about' });
    const bar = el('i', { class: 'take-heat', 'aria-hidden': 'true' });
    const listenButton = el('button', { type: 'button' }, 'Listen');
    const showButton = el('button', { type: 'button' }, 'Show');
    const keepButton = el('button', { type: 'button' }, 'Keep');
    const discardButton = el('button', { type: 'button' }, 'Discard');
    const item = el(
      'li',
      { class: 'take' },
      bar,
      name,
      about,
      el('div', { class: 'tools' }, listenButton, showButton, keepButton, discardButton),
    );
    const { scope } = services;
    const rename = (): void => {
      const take = find();
      if (take === undefined || name.value.trim() === takeName(take)) return;
      void services.ask({ type: 'name', session, take: id, name: name.value.trim() });
    };
    scope.on(name, 'change', rename);
    onKey(scope, name, (event) => {
      // The focus stays: whoever types does not lose the place.
      if (event.key === 'Enter') rename();
    });
    scope.on(listenButton, 'click', () => {
      const take = find();
      if (player.take === id) player.stop();
      else if (take !== undefined) listen(take);
    });
    scope.on(showButton, 'click', () => workspace.show(workspace.shownTake === id ? undefined : id));
    scope.on(keepButton, 'click', () => {
      const take = find();
      if (take !== undefined) void services.ask({ type: 'keep', session, take: id, kept: !take.kept });
    });
    scope.on(discardButton, 'click', async () => {
      const take = find();
      if (take === undefined) return;
      if (player.take === id) player.stop();
      const { ok } = await services.ask({ type: 'discard', session, take: id });
      if (!ok) return;
      services.toastWithAction(`${takeName(take)} is discarded.`, {
        label: 'Undo',
        run: () => void services.ask({ type: 'restore', session, take: id }),
      });
    });
    const row: TakeRow = {
      element: item,
      show(take) {
        if (current === undefined) return;
        const { snapshot } = current.view;
        const { musicalTime, sampleRateHz, modelRateHz } = snapshot;
        const words = takeRowWords(take, modelRateHz, (seconds) =>
          musicalTime === null ? `at ${songTime(seconds)}` : `bar ${barAndBeat(musicalTime, sampleRateHz, seconds)}`,
        );
        if (document.activeElement !== name && name.value !== words.name) name.value = words.name;
        const parts = [`take ${words.seed}`, words.length, words.place, `T ${words.temperature}`, ...words.signs];
        setText(about, parts.join(' · '));
        const useful = usefulRange(take.model, current.models);
        for (const [theme, lightness] of [
          ['dark', darkLightness],
          ['light', lightLightness],
        ] as const) {
          setStyle(bar, `--low-on-${theme}`, heatColour(heatOf(take.temperature[0], useful), lightness));
          setStyle(bar, `--high-on-${theme}`, heatColour(heatOf(take.temperature[2], useful), lightness));
        }
        item.classList.toggle('current', take.current);
        setText(listenButton, player.take === id ? 'Stop' : player.take === undefined ? 'Listen' : 'Compare');
        setAttribute(listenButton, 'aria-label', `${listenButton.textContent ?? ''} ${words.name}`);
        setAttribute(showButton, 'aria-pressed', String(workspace.shownTake === id));
        setAttribute(showButton, 'aria-label', `Show ${words.name} in the song`);
        setText(keepButton, take.kept ? 'Kept' : 'Keep');
        setAttribute(keepButton, 'aria-pressed', String(take.kept));
        setAttribute(keepButton, 'aria-label', `${take.kept ? 'Kept' : 'Keep'} ${words.name}`);
        setAttribute(discardButton, 'aria-label', `Discard ${words.name}`);
      },
    };
    rows.set(id, row);
    return row;
  };
  services.scope.add(workspace.watch(show));
  return {
    element,
    update(view, models) {
      const before = current;
      current = { view, models };
      const { musicalTime } = view.snapshot;
      const sameTempo = before?.view.snapshot.musicalTime?.tempoBpm === musicalTime?.tempoBpm;
      if (before?.view.takes !== view.takes || before.models !== models || !sameTempo) show();
    },
  };
}
