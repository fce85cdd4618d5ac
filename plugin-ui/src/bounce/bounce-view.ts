import { parsePlace } from '../geometry/ruler.js';
import type { Services } from '../services.js';
import type { PageState, SessionView } from '../state/state.js';
import { el, setHidden, setText } from '../ui/dom.js';
import { listedTakes, takeName } from '../words/take-rows.js';
import { seconds } from '../words/words.js';
import { laneFor } from '../workspace/drawn-lane.js';
import type { Workspace } from '../workspace/workspace.js';
import { createJobsView } from './jobs-view.js';

export interface BounceView {
  readonly element: HTMLElement;
  update(view: SessionView, state: PageState): void;
}

/** A range of the song as a file: of a take as it is, or of the drawn lane. */
export function createBounceView(services: Services, workspace: Workspace, session: string): BounceView {
  const id = (name: string) => `bounce-${name}-${session}`;
  const field = (name: string, label: string, control: HTMLElement): HTMLElement => {
    control.id = id(name);
    return el('div', { class: 'field' }, el('label', { for: id(name), class: 'label' }, label), control);
  };
  const from = el('input', { class: 'short', autocomplete: 'off', placeholder: '0:00' });
  const to = el('input', { class: 'short', autocomplete: 'off', placeholder: '0:30' });
  const source = el('select');
  const format = el('select', {}, el('option', { value: 'wav' }, 'WAV'), el('option', { value: 'flac' }, 'FLAC'));
  const name = el('input', { class: 'name', maxlength: '96', placeholder: 'from take and position' });
  const go = el('button', { type: 'submit', class: 'strong' }, 'Bounce here');
  const length = el('p', { class: 'hint' });
  const jobs = createJobsView(services, session);
  const form = el(
    'form',
    { class: 'bounce-form', novalidate: '' },
    field('from', 'From', from),
    field('to', 'To', to),
    field('source', 'Of', source),
    field('format', 'Format', format),
    field('name', 'Name', name),
    go,
  );
  const element = el(
    'section',
    { class: 'card bounce', 'aria-label': 'Bounce here' },
    el('header', { class: 'card-head' }, el('h3', {}, 'Bounce here')),
    form,
    length,
    jobs.element,
  );
  let current: SessionView | undefined;
  let picked = false;

  const place = (input: HTMLInputElement): number | undefined =>
    current === undefined
      ? undefined
      : parsePlace(input.value, current.snapshot.musicalTime, current.snapshot.sampleRateHz);
  const show = (): void => {
    const { selection } = workspace;
    [from, to].forEach((input, index) => {
      if (document.activeElement === input || selection === undefined) return;
      input.value = (index === 0 ? selection.start : selection.end).toFixed(3);
    });
    const text =
      selection === undefined
        ? 'Drag along the ruler to select a range, or type one: seconds, minutes:seconds or bar|beat.'
        : `${seconds(selection.end - selection.start)}. The file says where in the song it belongs.`;
    setText(length, text);
    if (current !== undefined) sources(current);
  };
  const sources = (view: SessionView): void => {
    const options: (readonly [value: string, label: string])[] = listedTakes(view.takes).map(
      (take) => [take.id, `${takeName(take)}${take.current ? ' (playing)' : ''}`] as const,
    );
    if (workspace.drawing.points.length > 0) options.push(['drawn', 'the drawn lane']);
    if (options.length === 0) options.push(['', 'no takes yet']);
    const before = source.value;
    const same =
      source.options.length === options.length &&
      options.every(([value, label], at) => source.options[at]?.value === value && source.options[at]?.text === label);
    if (same) return;
    source.replaceChildren(...options.map(([value, label]) => el('option', { value }, label)));
    // What nobody has chosen is what plays.
    if (picked && options.some(([value]) => value === before)) source.value = before;
  };
  const typed = (): void => {
    const [start, end] = [place(from), place(to)];
    if (start === undefined || end === undefined) return;
    if (end > start) workspace.select({ start, end });
  };
  const submit = (): void => {
    if (current === undefined) return;
    const [start, end] = [place(from), place(to)];
    if (start === undefined || end === undefined || !(end > start)) {
      (start === undefined ? from : to).focus();
      services.toast('Select a range first: drag along the ruler, or type a start and a later end.');
      return;
    }
    if (source.value === '') {
      services.toast('There is nothing to bounce yet: press play in the host, or draw a lane.');
      return;
    }
    const { sampleRateHz, seed, guideAmount } = current.snapshot;
    const range = { fromFrame: Math.round(start * sampleRateHz), toFrame: Math.round(end * sampleRateHz) };
    const lane = [...laneFor(workspace.drawing.points, range.fromFrame)];
    void services.ask({
      type: 'bounce',
      session,
      ...range,
      sound:
        source.value === 'drawn' ? { kind: 'lane', lane, seed, guideAmount } : { kind: 'take', take: source.value },
      format: format.value === 'flac' ? 'flac' : 'wav',
      name: name.value.trim(),
    });
  };
  const { scope } = services;
  scope.on(source, 'change', () => {
    picked = true;
  });
  scope.on(from, 'change', typed);
  scope.on(to, 'change', typed);
  scope.on(form, 'submit', (event) => {
    event.preventDefault();
    submit();
  });
  scope.add(workspace.watch(show));
  show();
  setHidden(jobs.element, true);
  return {
    element,
    update(view, state) {
      const before = current;
      current = view;
      if (before === undefined) show();
      else if (before.takes !== view.takes) sources(view);
      jobs.update(state.jobs);
    },
  };
}
