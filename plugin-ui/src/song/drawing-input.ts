import { fromPixels } from '../geometry/axis.js';
import { snapSeconds } from '../geometry/snap.js';
import { secondsAt } from '../geometry/window.js';
import { addPoint, movePoint, removePoint } from '../workspace/drawn-lane.js';
import { type DrawingPlace, pointUnder, yOfValue } from './drawing-layer.js';
import type { SongAccess } from './song-access.js';

interface Spot {
  readonly x: number;
  readonly y: number;
}

export interface DrawingInput {
  down(at: Spot, event: PointerEvent): void;
  move(at: Spot, event: PointerEvent): void;
  up(): void;
  cancel(): void;
  /** At so many milliseconds of the page: the double click that made a point does not take it away. */
  remove(at: Spot, nowMillis: number): void;
  /** Whether the key meant the drawing. */
  key(event: KeyboardEvent): boolean;
  snap(seconds: number): number;
}

const doubleMillis = 700;

/** Pointer and keys on the points of a drawn lane. Shift leaves the grid, and a point that is dragged stays between its neighbours. */
export function createDrawingInput(song: Pick<SongAccess, 'workspace' | 'place' | 'view' | 'window'>): DrawingInput {
  const { drawing } = song.workspace;
  let held: { index: number; moved: boolean } | undefined;
  let added = { index: -1, atMillis: 0 };

  const snap = (seconds: number): number => {
    const snapshot = song.view()?.snapshot;
    if (snapshot === undefined) return seconds;
    return snapSeconds(seconds, snapshot.musicalTime, snapshot.sampleRateHz, song.window().secondsPerPixel);
  };
  const spotOf = (place: DrawingPlace, at: Spot, free: boolean) => {
    const seconds = secondsAt(place.window, at.x);
    const frame = Math.round((free ? seconds : snap(seconds)) * place.sampleRateHz);
    const value = fromPixels(place.row.top + place.row.height - at.y, place.temperature, place.row.height);
    return { frame, value: Math.min(2, Math.max(0, free ? value : Math.round(value * 100) / 100)) };
  };

  return {
    snap,
    down(at, event) {
      const place = song.place();
      if (place === undefined) return;
      const found = pointUnder(drawing.points, place, at.x, at.y, event.pointerType === 'touch');
      if (found !== undefined) {
        held = { index: found, moved: false };
        drawing.choose(found);
        return;
      }
      const { frame, value } = spotOf(place, at, event.shiftKey);
      const { points, index } = addPoint(drawing.points, frame, value);
      drawing.set(points);
      drawing.choose(index);
      held = { index, moved: false };
      added = { index, atMillis: event.timeStamp };
    },
    move(at, event) {
      const place = song.place();
      if (held === undefined || place === undefined) return;
      const point = drawing.points[held.index];
      // A press that trembles is no drag.
      if (!held.moved && point !== undefined && Math.abs(yOfValue(place, point.value) - at.y) < 2) {
        const x = (point.frame / place.sampleRateHz - place.window.start) / place.window.secondsPerPixel;
        if (Math.abs(x - at.x) < 4) return;
      }
      held.moved = true;
      const { frame, value } = spotOf(place, at, event.shiftKey);
      drawing.show(movePoint(drawing.points, held.index, frame, value));
    },
    up() {
      if (held?.moved === true) drawing.set(drawing.points);
      held = undefined;
    },
    cancel() {
      if (held !== undefined) drawing.abandon();
      held = undefined;
    },
    remove(at, nowMillis) {
      const place = song.place();
      if (place === undefined) return;
      const found = pointUnder(drawing.points, place, at.x, at.y, false);
      if (found === undefined || (found === added.index && nowMillis - added.atMillis < doubleMillis)) return;
      drawing.set(removePoint(drawing.points, found));
      drawing.choose(undefined);
    },
    key(event) {
      if (!drawing.open) return false;
      const command = event.ctrlKey || event.metaKey;
      if (command && event.key.toLowerCase() === 'z') {
        if (event.shiftKey) drawing.redo();
        else drawing.undo();
        return true;
      }
      if (command && event.key.toLowerCase() === 'y') {
        drawing.redo();
        return true;
      }
      const { chosen } = drawing;
      if (chosen === undefined) return false;
      if (event.key === 'Delete' || event.key === 'Backspace') {
        drawing.set(removePoint(drawing.points, chosen));
        drawing.choose(drawing.points.length > 0 ? Math.max(0, chosen - 1) : undefined);
        return true;
      }
      if (event.key === 'Escape') {
        drawing.choose(undefined);
        return true;
      }
      return nudge(event, chosen);
    },
  };

  function nudge(event: KeyboardEvent, chosen: number): boolean {
    const place = song.place();
    const point = drawing.points[chosen];
    if (place === undefined || point === undefined || event.ctrlKey || event.metaKey || event.altKey) return false;
    const frames = Math.max(
      1,
      Math.round(place.window.secondsPerPixel * place.sampleRateHz * (event.shiftKey ? 1 : 8)),
    );
    const step = event.shiftKey ? 0.001 : 0.01;
    const moves: Readonly<Record<string, readonly [frame: number, value: number]>> = {
      ArrowLeft: [-frames, 0],
      ArrowRight: [frames, 0],
      ArrowUp: [0, step],
      ArrowDown: [0, -step],
    };
    const move = moves[event.key];
    if (move === undefined) return false;
    drawing.set(movePoint(drawing.points, chosen, point.frame + move[0], point.value + move[1]));
    return true;
  }
}
