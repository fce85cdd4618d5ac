/**
 * Who moves a knob: the hand or the host. While the hand holds it, it shows the hand; after the hand lets go it goes on
 * showing the hand until the host has been told of the end, or for so long; otherwise it shows the host. So an echo of
 * an earlier value never pulls the knob back, and automation moves it as soon as nobody holds it.
 */
export type Gesture =
  | { readonly kind: 'idle' }
  | { readonly kind: 'held'; readonly value: number }
  | { readonly kind: 'settling'; readonly value: number; readonly endId: number; readonly untilMillis: number };

export type GestureEvent =
  | { readonly type: 'grasp'; readonly value: number }
  | { readonly type: 'move'; readonly value: number }
  /** The command that said so has this id. */
  | { readonly type: 'release'; readonly endId: number; readonly nowMillis: number }
  /** The host has been told of all commands up to this id. */
  | { readonly type: 'edited'; readonly id: number }
  | { readonly type: 'time'; readonly nowMillis: number }
  /** The link is lost: the service ends what this page began. */
  | { readonly type: 'lost' };

export const idle: Gesture = { kind: 'idle' };

export const settleMillis = 500;

export function gestureAfter(gesture: Gesture, event: GestureEvent): Gesture {
  switch (event.type) {
    case 'grasp':
      return { kind: 'held', value: event.value };
    case 'move':
      return gesture.kind === 'held' ? { kind: 'held', value: event.value } : gesture;
    case 'release':
      if (gesture.kind !== 'held') return gesture;
      return {
        kind: 'settling',
        value: gesture.value,
        endId: event.endId,
        untilMillis: event.nowMillis + settleMillis,
      };
    case 'edited':
      return gesture.kind === 'settling' && event.id >= gesture.endId ? idle : gesture;
    case 'time':
      return gesture.kind === 'settling' && event.nowMillis >= gesture.untilMillis ? idle : gesture;
    case 'lost':
      return idle;
  }
}

export function shownValue(gesture: Gesture, host: number): number {
  return gesture.kind === 'idle' ? host : gesture.value;
}
