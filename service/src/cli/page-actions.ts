import { Failure } from '../core/failure.js';
import type { PageCommand } from '../core/page-commands.js';
import type { Page, PageActions } from '../monitor/page-actions.js';
import type { PageSounds } from '../monitor/page-sounds.js';
import type { SessionRegistry } from '../session/session-registry.js';

/** What pages may do to the sessions that are open. */
export function pageActions(registry: SessionRegistry): PageActions {
  return {
    act: (page, command) => act(registry, page, command),
    release(page) {
      for (const session of registry.sessions) session.edits.release(page);
    },
  };
}

/** The sound of the takes of the sessions that are open. */
export function pageSounds(registry: SessionRegistry): PageSounds {
  return {
    steps: async (session, take, from, end) => registry.find(session)?.sound.steps(take, from, end),
    lane: (session, take, from, to) => registry.find(session)?.sound.lane(take, from, to),
    peaks: async (session, take, level, from, end) => registry.find(session)?.sound.peaks(take, level, from, end),
  };
}

function act(registry: SessionRegistry, page: Page, command: PageCommand): void {
  switch (command.type) {
    case 'edit': {
      const { session, id, parameter, phase, value } = command;
      registry.session(session).edits.edit(page, parameter, phase, value, () => page.edited(session, id));
      return;
    }
    case 'name':
      registry.session(command.session).keeping.name(command.take, command.name);
      return;
    case 'keep':
      registry.session(command.session).keeping.keep(command.take, command.kept);
      return;
    case 'discard':
      registry.session(command.session).keeping.discard(command.take);
      return;
    case 'restore':
      registry.session(command.session).keeping.restore(command.take);
      return;
    default:
      throw new Failure('usage', 'This service cannot do that yet.');
  }
}
