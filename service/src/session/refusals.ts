import type { Failure } from '../core/failure.js';

/** A plugin that was refused asks again every second; for so long what it was told is still the matter. */
const currentMillis = 3000;

/** What plugins were refused for that could not open a stream: they have no session that a page could show. */
export class Refusals {
  #message = '';
  #noted = Number.NEGATIVE_INFINITY;
  readonly #now: () => number;

  constructor(now: () => number = () => performance.now()) {
    this.#now = now;
  }

  note(failure: Failure): void {
    this.#message = failure.message;
    this.#noted = this.#now();
  }

  /** One sentence for people, while a plugin keeps asking; '': none is refused. */
  get current(): string {
    return this.#now() - this.#noted < currentMillis ? this.#message : '';
  }
}
