import { Failure } from '../core/failure.js';
import type { Page, PageActions } from '../monitor/page-actions.js';
import type { SessionRegistry } from '../session/session-registry.js';

/** What pages may do to the sessions that are open. */
export function pageActions(registry: SessionRegistry): PageActions {
  return {
    act(page: Page, command) {
      if (command.type !== 'edit') throw new Failure('usage', 'This service cannot do that yet.');
      const { session: name, id, parameter, phase, value } = command;
      registry.session(name).edits.edit(page, parameter, phase, value, () => page.edited(name, id));
    },
    release(page) {
      for (const session of registry.sessions) session.edits.release(page);
    },
  };
}
