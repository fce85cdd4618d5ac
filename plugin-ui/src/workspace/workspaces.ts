import type { KeyValueStore } from '../ui/storage.js';
import { Drawing } from './drawing.js';
import { laneShelf } from './lane-storage.js';
import { Desk } from './workspace.js';

/** Instances whose desk is kept; the oldest goes first. */
const desksMax = 64;

/** What a stream of the service is a stream of: the same instance after a lost link, or of another service. */
export function instanceOf(session: string): string {
  return session.split('-')[0] ?? session;
}

/**
 * The desks of all instances. A desk outlives the stream that it was laid for: a service that is started anew opens other
 * streams for the same instances, and what a person has chosen and drawn is still there. Of two streams at once of what
 * says to be one instance (a track that a host has copied), each has a desk of its own.
 */
export class Desks {
  private readonly known = new Map<string, { readonly desk: Desk; session: string }>();

  /** `isThere`: whether a stream still goes on. */
  constructor(
    private readonly store: KeyValueStore | undefined,
    private readonly isThere: (session: string) => boolean,
  ) {}

  of(session: string, trackName: string): Desk {
    const instance = instanceOf(session);
    for (let copy = 0; ; copy += 1) {
      const key = `${instance} ${copy}`;
      const known = this.known.get(key);
      if (known !== undefined && known.session !== session && this.isThere(known.session)) continue;
      const desk = known?.desk ?? new Desk(new Drawing(laneShelf(this.store, trackName || instance)));
      this.known.delete(key);
      this.known.set(key, { desk, session });
      for (const old of this.known.keys()) {
        if (this.known.size <= desksMax) break;
        this.known.delete(old);
      }
      return desk;
    }
  }
}
