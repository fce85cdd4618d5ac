import type { KeyValueStore } from '../ui/storage.js';
import { Drawing } from './drawing.js';
import { laneStorage } from './lane-storage.js';
import { Workspace } from './workspace.js';

/** Instances whose workspace is kept; the oldest goes first. */
const workspacesMax = 64;

/** What a stream of the service is a stream of: the same instance after a lost link, or of another service. */
export function instanceOf(session: string): string {
  return session.split('-')[0] ?? session;
}

/**
 * The workspaces of all instances. A workspace outlives the stream that it was laid for: a service that is started anew opens other
 * streams for the same instances, and what a person has chosen and drawn is still there. Of two streams at once of what
 * says to be one instance (a track that a host has copied), each has a workspace of its own.
 */
export class Workspaces {
  private readonly known = new Map<string, { readonly workspace: Workspace; session: string }>();

  /** `isThere`: whether a stream still goes on. */
  constructor(
    private readonly store: KeyValueStore | undefined,
    private readonly isThere: (session: string) => boolean,
  ) {}

  of(session: string, trackName: string): Workspace {
    const instance = instanceOf(session);
    for (let copy = 0; ; copy += 1) {
      const key = `${instance} ${copy}`;
      const known = this.known.get(key);
      if (known !== undefined && known.session !== session && this.isThere(known.session)) continue;
      const workspace = known?.workspace ?? new Workspace(new Drawing(laneStorage(this.store, trackName || instance)));
      this.known.delete(key);
      this.known.set(key, { workspace, session });
      for (const old of this.known.keys()) {
        if (this.known.size <= workspacesMax) break;
        this.known.delete(old);
      }
      return workspace;
    }
  }
}
