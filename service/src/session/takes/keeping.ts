import { Failure, printable } from '../../core/failure.js';
import type { ChosenModel, TakeBook } from '../../take/take-book.js';
import type { TakeRecord } from '../../take/take-record.js';

/** What a person does with the takes of one instance on a page. Every change is saved with the song. */
export class TakeKeeping {
  readonly #takes: TakeBook;
  /** False: the recipe cannot be read, and must be left as it is. */
  readonly #writable: boolean;

  constructor(takes: TakeBook, writable: boolean) {
    this.#takes = takes;
    this.#writable = writable;
  }

  name(id: string, name: string): void {
    this.#find(id).name = printable(name.trim());
    this.#takes.changed();
  }

  /**
   * Kept: its audio is held in the store and it is never forgotten. The lane may still branch from it; that it is played
   * as it is, whatever the lane says, is for the host's own "Keep take" to say.
   */
  keep(id: string, kept: boolean): void {
    const record = this.#find(id);
    if (kept && record.discarded) throw new Failure('usage', 'This take was discarded; bring it back first.');
    record.kept = kept;
    this.#takes.changed();
  }

  discard(id: string): void {
    const record = this.#find(id);
    if (record.kept) throw new Failure('usage', 'This take is kept; release it first.');
    record.discarded = true;
    this.#takes.changed();
  }

  restore(id: string): void {
    this.#find(id).discarded = false;
    this.#takes.changed();
  }

  /** From now on this instance draws from another model; the takes of the one before stay. */
  choose(model: ChosenModel): void {
    this.#checkWritable();
    this.#takes.choose(model);
  }

  #checkWritable(): void {
    if (!this.#writable) throw new Failure('usage', 'The takes of this song were saved by a later version of Simmer.');
  }

  #find(id: string): TakeRecord {
    this.#checkWritable();
    const record = this.#takes.byId(id);
    if (record === undefined) throw new Failure('usage', 'This take is no longer there.');
    return record;
  }
}
