import type { JobQueue } from '../bounce/job-queue.js';
import { reveal } from '../bounce/reveal.js';
import type { PageCommand } from '../core/page-commands.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { Page, PageActions } from '../monitor/page-actions.js';
import type { PageSounds } from '../monitor/page-sounds.js';
import type { SessionRegistry } from '../session/session-registry.js';
import { type BounceSettings, queueBounce, queueDrawnTake } from './page-jobs.js';

/** What pages may do to the sessions that are open. */
export function pageActions(subjects: PageSubjects): PageActions {
  return {
    act: (page, command) => act(subjects, page, command),
    release(page) {
      for (const session of subjects.registry.sessions) session.edits.release(page);
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

/** What pages act upon. */
export interface PageSubjects {
  readonly registry: SessionRegistry;
  readonly jobs: JobQueue;
  readonly settings: BounceSettings;
  /** Loads a model and makes it ready to be drawn from. @throws Failure where it is not here or damaged */
  readonly readyModel: (name: string) => Promise<VerifiedModel>;
}

async function act(
  { registry, jobs, settings, readyModel }: PageSubjects,
  page: Page,
  command: PageCommand,
): Promise<string | undefined> {
  switch (command.type) {
    case 'edit': {
      const { session, id, parameter, phase, value } = command;
      registry.session(session).edits.edit(page, parameter, phase, value, () => page.edited(session, id));
      return undefined;
    }
    case 'name':
      registry.session(command.session).keeping.name(command.take, command.name);
      return undefined;
    case 'keep':
      registry.session(command.session).keeping.keep(command.take, command.kept);
      return undefined;
    case 'discard':
      registry.session(command.session).keeping.discard(command.take);
      return undefined;
    case 'restore':
      registry.session(command.session).keeping.restore(command.take);
      return undefined;
    case 'choose-model': {
      registry.session(command.session);
      const { manifest, digest } = await readyModel(command.model);
      // It may have gone meanwhile.
      registry.session(command.session).chooseModel({ name: manifest.name, digest });
      return undefined;
    }
    case 'bounce':
      return queueBounce(jobs, settings, registry.session(command.session), command);
    case 'draw-take':
      return queueDrawnTake(jobs, registry.session(command.session), command);
    case 'cancel':
      jobs.cancel(command.job);
      return undefined;
    case 'reveal':
      await reveal(jobs.file(command.job).path);
      return undefined;
  }
}
