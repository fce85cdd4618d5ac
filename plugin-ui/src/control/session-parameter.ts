import type { ParameterSpec } from '../../../service/src/core/parameters.js';
import type { Services } from '../services.js';
import type { SessionView } from '../state/state.js';
import { ParameterEditor } from './parameter-editor.js';

/** Edits one parameter of one instance. A gesture that is refused, since another page holds the parameter, is over. */
export function createParameterEditor(
  services: Services,
  session: string,
  spec: ParameterSpec,
  changed: () => void,
): ParameterEditor {
  const editor: ParameterEditor = new ParameterEditor({
    spec,
    scope: services.scope,
    frames: services.frames,
    now: () => performance.now(),
    changed,
    send: (phase, value) =>
      services.commands.send({ type: 'edit', session, parameter: spec.id, phase, value }, (fault) => {
        services.toast(fault);
        editor.linkLost();
      }),
  });
  return editor;
}

/** The host's value of a parameter; its default until the host has sent one. */
export function hostValue(view: SessionView, spec: ParameterSpec): number {
  return view.snapshot.parameters.find(({ id }) => id === spec.id)?.value ?? spec.default;
}
