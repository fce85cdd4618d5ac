import type { ModelCard } from '../../../service/src/core/monitor.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { el, setHidden, setText } from '../ui/dom.js';
import { choosing, saveText } from '../ui/files.js';
import { songTime, usefulRange } from '../words/words.js';
import { insertCurve, laneFor, movePoint, removePoint, setInterpolation } from '../workspace/drawn-lane.js';
import type { Workspace } from '../workspace/workspace.js';
import { type CurveName, curve, curveNames } from './curves.js';
import { laneFileBytesMax, readLaneFile, writeLaneFile } from './lane-file.js';
import { createPointFields } from './point-fields.js';

export interface DrawingTools {
  readonly element: HTMLElement;
  update(view: SessionView, models: readonly ModelCard[]): void;
}

export interface DrawingOptions {
  readonly services: Services;
  readonly workspace: Workspace;
  readonly session: string;
  /** Renders the lane over the selected range as a take; a sketch is played at once. */
  readonly draw: (name: string, isSketch: boolean) => void;
}

const curvesWithoutSelectionSeconds = 8;

/** What is done with a drawn lane: curves, points by number, undo, files, and what makes sound of it. */
export function createDrawingTools({ services, workspace, draw }: DrawingOptions): DrawingTools {
  const { drawing } = workspace;
  const { scope } = services;
  let current: { view: SessionView; models: readonly ModelCard[] } | undefined;

  const button = (text: string, title: string, run: () => void, kind = ''): HTMLButtonElement => {
    const made = el('button', { type: 'button', class: kind, title }, text);
    scope.on(made, 'click', run);
    return made;
  };
  const undo = button('Undo', 'Undoes the last change (Ctrl Z).', () => drawing.undo());
  const redo = button('Redo', 'Redoes the change that was undone (Ctrl Shift Z).', () => drawing.redo());
  const shape = el('select', { 'aria-label': 'Curve to insert' }, el('option', { value: '' }, 'Insert a curve…'));
  for (const name of curveNames) shape.append(el('option', { value: name }, name));
  scope.on(shape, 'change', () => {
    const name = curveNames.find((candidate) => candidate === shape.value);
    shape.value = '';
    if (name !== undefined) insert(name);
  });
  const insert = (name: CurveName): void => {
    if (current === undefined) return;
    const { snapshot } = current.view;
    const { start, end } = usefulRange(snapshot.model, current.models);
    const rate = snapshot.sampleRateHz;
    const here = snapshot.playheadFrame / rate;
    const range = workspace.selection ?? { start: here, end: here + curvesWithoutSelectionSeconds };
    const place = { fromFrame: Math.round(range.start * rate), toFrame: Math.round(range.end * rate) };
    const made = curve(name, { ...place, low: start, high: end, random: Math.random });
    drawing.set(insertCurve(drawing.points, made));
    drawing.choose(undefined);
  };

  const fields = createPointFields(services, drawing, () => current?.view);
  const remove = button('Delete point', 'Removes the selected point (Delete).', () => {
    if (drawing.chosen === undefined) return;
    drawing.set(removePoint(drawing.points, drawing.chosen));
  });
  const hold = button('Hold', 'On: the lane jumps to the selected point. Off: it runs there in a line.', () => {
    const at = drawing.chosen;
    const point = at === undefined ? undefined : drawing.points[at];
    if (at === undefined || point === undefined) return;
    drawing.set(setInterpolation(drawing.points, at, point.interpolation === 'hold' ? 'linear' : 'hold'));
  });
  const copy = button('Copy the host’s lane', 'Starts from the lane that the host has sent so far.', () => copyHost());
  const copyHost = (): void => {
    if (current === undefined) return;
    const points = current.view.delivered.flatMap(({ frames, values }) =>
      frames.map((frame, index) => ({ frame, value: values[index] ?? 1, interpolation: 'linear' as const })),
    );
    const sorted = points.sort((left, right) => left.frame - right.frame);
    const single = sorted.filter((point, index) => point.frame !== sorted[index + 1]?.frame);
    if (single.length === 0) services.toast('The host has sent no lane yet. Press play there first.');
    else drawing.set(movePoint(single.slice(0, 2_000), 0, single[0]?.frame ?? 0, single[0]?.value ?? 1));
  };
  const clear = button('Clear', 'Removes all points. Undo brings them back.', () => drawing.set([]));
  const load = button('Import CSV', 'Reads a lane: seconds,temperature[,hold|linear].', () => {
    choosing(scope, '.csv,text/csv,text/plain', laneFileBytesMax, (outcome) => {
      if ('fault' in outcome) return services.toast(outcome.fault);
      const read = readLaneFile(outcome.bytes, current?.view.snapshot.sampleRateHz ?? 48_000);
      if ('fault' in read) services.toast(read.fault);
      else drawing.set(read.points);
    });
  });
  const save = button('Export CSV', 'Saves the lane as a file, which `simmer render --lane` reads.', () => {
    const rate = current?.view.snapshot.sampleRateHz ?? 48_000;
    saveText(scope, 'lane.csv', writeLaneFile(laneFor(drawing.points, 0), rate));
  });
  const name = el('input', {
    class: 'name',
    maxlength: '64',
    placeholder: 'Name of the take',
    'aria-label': 'Name of the take',
  });
  const listen = button('Hear it', 'Renders the lane over the selected range and plays it here, not in the host.', () =>
    draw('', true),
  );
  const keep = button(
    'Keep as a take',
    'Renders the lane over the selected range and keeps it as a take.',
    () => draw(name.value.trim(), false),
    'strong',
  );
  const help = el('p', { class: 'hint' });
  const element = el(
    'section',
    { class: 'drawing-tools', 'aria-label': 'Drawn lane', hidden: '' },
    el('div', { class: 'tools' }, shape, copy, undo, redo, clear, load, save),
    el('div', { class: 'tools' }, ...fields.elements, hold, remove),
    el('div', { class: 'tools' }, name, keep, listen),
    help,
  );
  const show = (): void => {
    const { points, chosen } = drawing;
    const rate = current?.view.snapshot.sampleRateHz ?? 48_000;
    setHidden(element, !drawing.open);
    undo.disabled = !drawing.canUndo;
    redo.disabled = !drawing.canRedo;
    remove.disabled = chosen === undefined;
    hold.disabled = chosen === undefined;
    clear.disabled = points.length === 0;
    save.disabled = points.length === 0;
    listen.disabled = points.length === 0;
    keep.disabled = points.length === 0;
    const point = chosen === undefined ? undefined : points[chosen];
    hold.setAttribute('aria-pressed', String(point?.interpolation === 'hold'));
    fields.show();
    const range = workspace.selection;
    const over =
      range === undefined
        ? 'Select a range on the ruler to say which part of the song is drawn.'
        : `It is drawn from ${songTime(range.start)} to ${songTime(range.end)}.`;
    const first =
      points.length === 0
        ? 'Click in the lane to put a point, drag it, double-click to take it away; or insert a curve.'
        : `${points.length} ${points.length === 1 ? 'point' : 'points'}, ${songTime((points[0]?.frame ?? 0) / rate)} to ${songTime((points.at(-1)?.frame ?? 0) / rate)}.`;
    setText(help, `${first} ${over}`);
  };
  scope.add(workspace.watch(show));
  show();
  return {
    element,
    update(view, models) {
      const fresh = current === undefined;
      current = { view, models };
      if (fresh) show();
    },
  };
}
