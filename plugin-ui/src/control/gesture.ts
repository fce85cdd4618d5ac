/**
 * Who moves a knob: the person at the page or the host. While a gesture goes on, the knob shows the gesture's value. After
 * its end it keeps that value until the host has confirmed the end, or for confirmMillisMax. Otherwise it shows the host's.
 * So an echo of an earlier value never pulls the knob back, and automation moves it as soon as nobody holds it.
 */
export type Gesture =
  | { readonly kind: 'idle' }
  | { readonly kind: 'held'; readonly value: number }
  /** Over, and not confirmed yet. */
  | { readonly kind: 'ended'; readonly value: number; readonly endId: number; readonly untilMillis: number };

export type GestureEvent =
  | { readonly type: 'begin'; readonly value: number }
  | { readonly type: 'change'; readonly value: number }
  /** The command that said so has this id. */
  | { readonly type: 'end'; readonly endId: number; readonly nowMillis: number }
  /** The host has received all commands up to this id. */
  | { readonly type: 'confirmed'; readonly id: number }
  | { readonly type: 'time'; readonly nowMillis: number }
  /** The link is lost: the service ends what this page began. */
  | { readonly type: 'lost' };

export const idle: Gesture = { kind: 'idle' };

export const confirmMillisMax = 500;

export function gestureAfter(gesture: Gesture, event: GestureEvent): Gesture {
  switch (event.type) {
    case 'begin':
      return { kind: 'held', value: event.value };
    case 'change':
      return gesture.kind === 'held' ? { kind: 'held', value: event.value } : gesture;
    case 'end':
      if (gesture.kind !== 'held') return gesture;
      return {
        kind: 'ended',
        value: gesture.value,
        endId: event.endId,
        untilMillis: event.nowMillis + confirmMillisMax,
      };
    case 'confirmed':
      return gesture.kind === 'ended' && event.id >= gesture.endId ? idle : gesture;
    case 'time':
      return gesture.kind === 'ended' && event.nowMillis >= gesture.untilMillis ? idle : gesture;
    case 'lost':
      return idle;
  }
}

export function shownValue(gesture: Gesture, host: number): number {
  return gesture.kind === 'idle' ? host : gesture.value;
}
