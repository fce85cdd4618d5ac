import type { Scope } from './scope.js';

/** Listeners for events whose details matter; they are the scope's like any other. */
export function onPointer(
  scope: Scope,
  target: EventTarget,
  type: string,
  listener: (event: PointerEvent) => void,
): () => void {
  return scope.on(target, type, (event) => {
    if (event instanceof PointerEvent) listener(event);
  });
}

export function onKey(scope: Scope, target: EventTarget, listener: (event: KeyboardEvent) => void): () => void {
  return scope.on(target, 'keydown', (event) => {
    if (event instanceof KeyboardEvent) listener(event);
  });
}

/** Not passive: a listener may keep the page from scrolling. */
export function onWheel(scope: Scope, target: EventTarget, listener: (event: WheelEvent) => void): () => void {
  const onlyWheel = (event: Event) => {
    if (event instanceof WheelEvent) listener(event);
  };
  return scope.on(target, 'wheel', onlyWheel, { passive: false });
}
