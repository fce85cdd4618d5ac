import type { ParameterSpec } from '../../../service/src/core/parameters.js';
import { onKey, onPointer, onWheel } from '../ui/listen.js';
import type { Scope } from '../ui/scope.js';
import { dragged, keyed, wheeled } from './knob-arithmetic.js';
import type { Hand } from './parameter-editor.js';

export interface Turning {
  readonly scope: Scope;
  readonly target: SVGSVGElement;
  /** Lies on the dial and has a click of its own; whoever drags it turns the knob. */
  readonly figure: HTMLElement;
  readonly spec: ParameterSpec;
  readonly hand: Hand;
  /** What a double click gives. */
  readonly preset: () => number;
  /** Someone begins to type a number. */
  readonly type: (first: string) => void;
}

/** A wheel that scrolls the page does not turn what happens to pass under it. */
const scrollRestMillis = 350;

/** So far a finger slips in a click. */
const slipPixels = 4;

/** Everything that turns a knob: one pointer at a time, a wheel, keys. */
export function turnByHand({ scope, target, figure, spec, hand, preset, type }: Turning): void {
  let pointer: number | undefined;
  let at = { x: 0, y: 0 };
  let turned = false;
  let scrolledAt = Number.NEGATIVE_INFINITY;

  const grasp = (): void => {
    target.focus({ preventScroll: true });
    turned = true;
    hand.grasp();
  };
  const letGo = (): void => {
    if (pointer === undefined) return;
    pointer = undefined;
    hand.release();
  };
  const take = (event: PointerEvent, handle: Element): boolean => {
    if (event.button !== 0 || pointer !== undefined) return false;
    handle.setPointerCapture(event.pointerId);
    pointer = event.pointerId;
    at = { x: event.clientX, y: event.clientY };
    turned = false;
    return true;
  };
  onPointer(scope, target, 'pointerdown', (event) => {
    if (!take(event, target)) return;
    event.preventDefault();
    grasp();
  });
  onPointer(scope, figure, 'pointerdown', (event) => take(event, figure));
  onPointer(scope, figure, 'pointermove', (event) => {
    if (event.pointerId !== pointer || turned) return;
    if (Math.hypot(event.clientX - at.x, event.clientY - at.y) > slipPixels) grasp();
  });
  // What was a turn is no click.
  scope.on(figure, 'click', (event) => {
    if (turned) event.stopImmediatePropagation();
    turned = false;
  });
  for (const handle of [target, figure]) {
    onPointer(scope, handle, 'pointermove', (event) => {
      if (event.pointerId !== pointer || !hand.holding) return;
      const value = dragged(spec, hand.value, event.clientX - at.x, event.clientY - at.y, event.shiftKey);
      at = { x: event.clientX, y: event.clientY };
      hand.move(value);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      onPointer(scope, handle, end, (event) => {
        if (event.pointerId === pointer) letGo();
      });
    }
  }
  scope.on(target, 'blur', () => {
    letGo();
    hand.release();
  });
  scope.on(window, 'blur', () => {
    letGo();
    hand.release();
  });
  scope.on(target, 'dblclick', () => hand.set(preset()));
  scope.on(window, 'scroll', () => {
    scrolledAt = performance.now();
  });
  onWheel(scope, target, (event) => {
    if (event.ctrlKey || performance.now() - scrolledAt < scrollRestMillis) return;
    event.preventDefault();
    // A notch is about 100 pixels or three lines; sideways is what Shift makes of a wheel on some systems.
    const delta = event.deltaY !== 0 ? event.deltaY : event.deltaX;
    const notches = -delta / (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 3 : 100);
    hand.nudge(wheeled(spec, hand.value, notches, event.shiftKey));
  });
  onKey(scope, target, (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || /^[0-9.,-]$/.test(event.key)) {
      event.preventDefault();
      type(event.key === 'Enter' ? '' : event.key);
      return;
    }
    if (event.key === 'Delete' || event.key === 'Backspace') return hand.set(preset());
    const value = keyed(spec, hand.value, event.key, event.shiftKey);
    if (value === undefined) return;
    event.preventDefault();
    hand.nudge(value);
  });
}
