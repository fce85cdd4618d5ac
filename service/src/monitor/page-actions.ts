import type { PageCommand } from '../core/page-commands.js';

/** One open page, as whoever carries out its commands knows it. */
export interface Page {
  /** Its edit `id` has reached the host. */
  edited(session: string, id: number): void;
}

/** What pages may do: a port, which the composition fills. */
export interface PageActions {
  /**
   * Carries out a command; one that is not over at once gives the id of its job. Begins before it returns, so that commands are
   * carried out in their order. @throws Failure whose message says to a person what is wrong and what to do
   */
  act(page: Page, command: PageCommand): Promise<string | undefined>;
  /** A page has gone: whatever it held is let go. */
  release(page: Page): void;
}

/** For a monitor that is only looked at. */
export const noActions: PageActions = { act: () => Promise.resolve(undefined), release: () => {} };
