import type { PageCommand } from '../../../service/src/core/page-commands.js';
import { Grip } from './grip.js';

/** Every parameter of every instance that this page can turn, and the numbers by which the service answers. */
export class Hands {
  readonly #send: (command: PageCommand) => boolean;
  readonly #grips = new Map<string, Map<number, Grip>>();
  #lastId = 0;

  /** `send` is false where there is no link. */
  constructor(send: (command: PageCommand) => boolean) {
    this.#send = send;
  }

  grip(session: string, parameter: number): Grip {
    const grips = this.#grips.get(session) ?? new Map<number, Grip>();
    this.#grips.set(session, grips);
    const grip = grips.get(parameter) ?? new Grip((phase, value) => this.#tell({ session, parameter, phase, value }));
    grips.set(parameter, grip);
    return grip;
  }

  /** The host of `session` has been told of edit `id`. */
  edited(session: string, id: number): void {
    for (const grip of this.#grips.get(session)?.values() ?? []) grip.edited(id);
  }

  /** The link is lost. */
  drop(): void {
    for (const grips of this.#grips.values()) for (const grip of grips.values()) grip.drop();
  }

  /** An instance is no longer there. */
  forget(session: string): void {
    this.#grips.delete(session);
  }

  #tell(edit: Omit<PageCommand, 'type' | 'id'>): number | undefined {
    this.#lastId += 1;
    const id = this.#lastId;
    return this.#send({ type: 'edit', id, ...edit }) ? id : undefined;
  }
}
