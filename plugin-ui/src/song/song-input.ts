import { within } from '../geometry/rows.js';
import { scrolled, secondsAt, zoomed } from '../geometry/window.js';
import { onKey, onPointer, onWheel } from '../ui/listen.js';
import { createDrawingInput } from './drawing-input.js';
import type { Following, SongAccess } from './song-access.js';

const wheelPixelsPerOctave = 260;

/** Pointer, wheel and keys on the song: select a range on the ruler, scroll, zoom, draw. */
export function attachSongInput(song: SongAccess): void {
  const { scope, element, workspace } = song;
  const pointers = new Map<number, { x: number; y: number }>();
  let drag: { kind: 'select'; anchor: number; from: number } | { kind: 'scroll' } | undefined;
  const drawing = createDrawingInput(song);
  const spot = (event: MouseEvent) => {
    const box = element.getBoundingClientRect();
    return { x: event.clientX - box.left - song.gutter(), y: event.clientY - box.top };
  };
  const by = (): Following => (song.following() === 'follow' ? 'follow' : 'free');

  onPointer(scope, element, 'pointerdown', (event) => {
    if (event.button !== 0) return;
    const at = spot(event);
    element.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, at);
    if (pointers.size > 1) {
      drawing.cancel();
      drag = undefined;
      return;
    }
    if (within(song.rows().ruler, at.y)) {
      drag = { kind: 'select', anchor: secondsAt(song.window(), at.x), from: at.x };
      return;
    }
    if (workspace.drawing.open && within(song.rows().lane, at.y)) return drawing.down(at, event);
    drag = { kind: 'scroll' };
  });
  onPointer(scope, element, 'pointermove', (event) => {
    const before = pointers.get(event.pointerId);
    const at = spot(event);
    if (before === undefined) return;
    if (pointers.size === 2) {
      pinch(song, pointers, event.pointerId, at, by());
      pointers.set(event.pointerId, at);
      return;
    }
    pointers.set(event.pointerId, at);
    if (drag?.kind === 'select' && Math.abs(at.x - drag.from) > 3) {
      const here = drawing.snap(secondsAt(song.window(), at.x));
      const anchor = drawing.snap(drag.anchor);
      workspace.select({ start: Math.min(anchor, here), end: Math.max(anchor, here) });
    } else if (drag?.kind === 'scroll') {
      if (at.x !== before.x) song.move(scrolled(song.window(), before.x - at.x), 'free');
    } else drawing.move(at, event);
  });
  const up = (event: PointerEvent): void => {
    const at = pointers.get(event.pointerId);
    if (at === undefined) return;
    pointers.delete(event.pointerId);
    // A click on the ruler chooses nothing.
    if (drag?.kind === 'select' && Math.abs(at.x - drag.from) <= 3 && event.type === 'pointerup')
      workspace.select(undefined);
    drag = undefined;
    if (event.type === 'pointerup') drawing.up();
    else drawing.cancel();
  };
  for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) onPointer(scope, element, end, up);
  scope.on(element, 'dblclick', (event) => {
    if (event instanceof MouseEvent && workspace.drawing.open) drawing.remove(spot(event), event.timeStamp);
  });
  onWheel(scope, element, (event) => {
    const sideways = event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY);
    const scale = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 33 : 1;
    // A plain wheel belongs to the page; with Ctrl (which is also what a pinch says) or Alt it zooms.
    if (!sideways && !event.ctrlKey && !event.metaKey && !event.altKey && !element.matches(':focus')) return;
    event.preventDefault();
    if (sideways) {
      song.move(scrolled(song.window(), (event.deltaX !== 0 ? event.deltaX : event.deltaY) * scale), 'free');
      return;
    }
    const factor = 2 ** ((event.deltaY * scale * (event.ctrlKey ? 3 : 1)) / wheelPixelsPerOctave);
    song.move(zoomed(song.window(), factor, spot(event).x), by());
  });
  onKey(scope, element, (event) => {
    if (drawing.key(event) || keyed(song, event, by())) event.preventDefault();
  });
}

function pinch(
  song: SongAccess,
  pointers: ReadonlyMap<number, { x: number }>,
  moved: number,
  to: { x: number },
  by: Following,
): void {
  const other = [...pointers].find(([id]) => id !== moved)?.[1];
  const before = pointers.get(moved);
  if (other === undefined || before === undefined) return;
  const [was, is] = [Math.abs(before.x - other.x), Math.abs(to.x - other.x)];
  if (was > 4 && is > 4) song.move(zoomed(song.window(), was / is, other.x), by);
}

function keyed(song: SongAccess, event: KeyboardEvent, by: Following): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false;
  const { workspace } = song;
  const part = song.width() * (event.shiftKey ? 0.5 : 0.1);
  const zoom = (factor: number) => {
    const x =
      by === 'follow' ? (song.playhead() - song.window().start) / song.window().secondsPerPixel : song.width() / 2;
    song.move(zoomed(song.window(), factor, x), by);
  };
  const choose = (edge: 'start' | 'end') => {
    const here = song.playhead();
    const { start, end } = workspace.selection ?? { start: here, end: here + 4 };
    workspace.select(
      edge === 'start'
        ? { start: here, end: Math.max(end, here + 0.1) }
        : { start: Math.min(start, here - 0.1), end: here },
    );
  };
  const actions: Readonly<Record<string, () => void>> = {
    ArrowLeft: () => song.move(scrolled(song.window(), -part), 'free'),
    ArrowRight: () => song.move(scrolled(song.window(), part), 'free'),
    '+': () => zoom(0.7),
    '=': () => zoom(0.7),
    '-': () => zoom(1 / 0.7),
    '0': () => song.move(song.window(), 'fit'),
    f: () => song.move(song.window(), 'follow'),
    '[': () => choose('start'),
    ']': () => choose('end'),
    Escape: () => workspace.select(undefined),
  };
  const action = actions[event.key];
  action?.();
  return action !== undefined;
}
