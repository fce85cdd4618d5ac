import type { ParameterSpec } from '../../../service/src/core/parameters.js';
import { onKey, onPointer, onWheel } from '../ui/listen.js';
import type { Scope } from '../ui/scope.js';
import { dragged, keyed, wheeled } from './knob-arithmetic.js';
import type { ParameterEditor } from './parameter-editor.js';

export interface KnobInput {
  readonly scope: Scope;
  readonly target: SVGSVGElement;
  /** The number on the dial. It has a click of its own; dragging it turns the knob. */
  readonly readout: HTMLElement;
  readonly spec: ParameterSpec;
  readonly editor: ParameterEditor;
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
export function attachKnobInput({ scope, target, readout, spec, editor, preset, type }: KnobInput): void {
  let pointer: number | undefined;
  let at = { x: 0, y: 0 };
  let turned = false;
  let scrolledAt = Number.NEGATIVE_INFINITY;

  const begin = (): void => {
    target.focus({ preventScroll: true });
    turned = true;
    editor.begin();
  };
  const letGo = (): void => {
    if (pointer === undefined) return;
    pointer = undefined;
    editor.end();
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
    begin();
  });
  onPointer(scope, readout, 'pointerdown', (event) => take(event, readout));
  onPointer(scope, readout, 'pointermove', (event) => {
    if (event.pointerId !== pointer || turned) return;
    if (Math.hypot(event.clientX - at.x, event.clientY - at.y) > slipPixels) begin();
  });
  // What was a turn is no click.
  scope.on(readout, 'click', (event) => {
    if (turned) event.stopImmediatePropagation();
    turned = false;
  });
  for (const handle of [target, readout]) {
    onPointer(scope, handle, 'pointermove', (event) => {
      if (event.pointerId !== pointer || !editor.holding) return;
      const value = dragged(spec, editor.value, event.clientX - at.x, event.clientY - at.y, event.shiftKey);
      at = { x: event.clientX, y: event.clientY };
      editor.change(value);
    });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      onPointer(scope, handle, end, (event) => {
        if (event.pointerId === pointer) letGo();
      });
    }
  }
  scope.on(target, 'blur', () => {
    letGo();
    editor.end();
  });
  scope.on(window, 'blur', () => {
    letGo();
    editor.end();
  });
  scope.on(target, 'dblclick', () => editor.set(preset()));
  scope.on(window, 'scroll', () => {
    scrolledAt = performance.now();
  });
  onWheel(scope, target, (event) => {
    if (event.ctrlKey || performance.now() - scrolledAt < scrollRestMillis) return;
    event.preventDefault();
    // A notch is about 100 pixels or three lines; sideways is what Shift makes of a wheel on some systems.
    const delta = event.deltaY !== 0 ? event.deltaY : event.deltaX;
    const notches = -delta / (event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 3 : 100);
    editor.nudge(wheeled(spec, editor.value, notches, event.shiftKey));
  });
  onKey(scope, target, (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Enter' || /^[0-9.,-]$/.test(event.key)) {
      event.preventDefault();
      type(event.key === 'Enter' ? '' : event.key);
      return;
    }
    if (event.key === 'Delete' || event.key === 'Backspace') return editor.set(preset());
    const value = keyed(spec, editor.value, event.key, event.shiftKey);
    if (value === undefined) return;
    event.preventDefault();
    editor.nudge(value);
  });
}
