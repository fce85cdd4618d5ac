import type { ParameterSpec } from '../../../service/src/core/parameters.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { Hand } from './parameter-editor.js';

/** A hand on one input of one instance. A gesture that is refused, since another page holds the input, is let go of. */
export function createHand(services: Services, session: string, spec: ParameterSpec, changed: () => void): Hand {
  const hand: Hand = new Hand({
    spec,
    scope: services.scope,
    frames: services.frames,
    now: () => performance.now(),
    changed,
    send: (phase, value) =>
      services.commands.tell({ type: 'edit', session, parameter: spec.id, phase, value }, (fault) => {
        services.note(fault);
        hand.lose();
      }),
  });
  return hand;
}

/** What the host says of an input; its default where it has not said yet. */
export function hostValue(view: SessionView, spec: ParameterSpec): number {
  return view.snapshot.parameters.find(({ id }) => id === spec.id)?.value ?? spec.default;
}
