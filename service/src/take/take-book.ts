import { limits } from '../core/limits.js';
import { agrees, type Shape } from '../core/shaping.js';
import { customarySteps, type Step } from '../core/units.js';
import { drawsAlike, type ModelReference, TakeRecord } from './take-record.js';

/** Steps at 16 kHz beyond the end of a take from which playback still goes on with it: a host that stops and starts again is not exact. */
const resumeSteps = 1024;

/** The model that a person chose for an instance, and what its content was then. */
export interface ChosenModel {
  readonly name: string;
  /** SHA-256 of its manifest, hex. */
  readonly digest: string;
}

/** All takes that one instance remembers. */
export class TakeBook {
  /** Least recently used first. */
  #records: TakeRecord[] = [];
  #chosen: ChosenModel | undefined;
  #playedBy: ModelReference | undefined;
  /** Rises with every change. */
  version = 0;

  /** What is to be drawn from, whatever the takes were drawn from; undefined: nobody has chosen. */
  get chosen(): ChosenModel | undefined {
    return this.#chosen;
  }

  choose(model: ChosenModel): void {
    this.#chosen = model;
    this.version += 1;
  }

  /** By what the song is drawn while no take says it; undefined: nothing was played yet. */
  get playedBy(): ModelReference | undefined {
    return this.#playedBy;
  }

  /** Whether the song says that it is drawn by this: a take does, or it was played by it. */
  isDrawnBy(model: ModelReference): boolean {
    if (this.#playedBy !== undefined && drawsAlike(this.#playedBy, model)) return true;
    return this.saved.some(({ origin }) => drawsAlike(origin.model, model));
  }

  /** Says by what the song is drawn from now on. */
  playBy(model: ModelReference): void {
    if (this.isDrawnBy(model)) return;
    this.#playedBy = model;
    this.version += 1;
  }

  get records(): readonly TakeRecord[] {
    return this.#records;
  }

  /** Takes in a record that was saved, as the most recently used one. */
  add(record: TakeRecord): void {
    this.#records.push(record);
    this.version += 1;
  }

  /** The take used last that covers `step`, or has just ended there; not one that the host never played. */
  covering(model: ModelReference, seed: number, step: Step): TakeRecord | undefined {
    return this.#newest((record) => {
      const { origin, endStep, drawn } = record;
      if (drawn || !drawsAlike(origin.model, model) || origin.seed !== seed) return false;
      const isEmpty = endStep === origin.rootStep && this.after(record) === undefined;
      return step >= origin.rootStep && step <= endStep + customarySteps(resumeSteps, model.rateHz) && !isEmpty;
    });
  }

  /** The take used last that is rooted at `rootStep`. */
  rootedAt(model: ModelReference, seed: number, rootStep: Step): TakeRecord | undefined {
    return this.#newest(({ origin, drawn }) => {
      return !drawn && drawsAlike(origin.model, model) && origin.seed === seed && origin.rootStep === rootStep;
    });
  }

  /** The take that was begun, with the transport rolling on, where sound had been missing after `record` for long. */
  after(record: TakeRecord): TakeRecord | undefined {
    return this.#newest(({ origin }) => {
      if (origin.after !== record || origin.rootStep < record.endStep) return false;
      return drawsAlike(origin.model, record.origin.model);
    });
  }

  /** The take used last that ends before `step`. */
  lastBefore(model: ModelReference, seed: number, step: Step): TakeRecord | undefined {
    return this.#newest(({ origin, endStep, drawn }) => {
      if (drawn) return false;
      return drawsAlike(origin.model, model) && origin.seed === seed && endStep <= step;
    });
  }

  /**
   * The take used last, of any seed and by whatever engine it was drawn, that knows what was delivered at `step`: what the
   * lane there is likely to be.
   */
  lastHeardAt(digest: string, step: Step): TakeRecord | undefined {
    return this.#newest((record) => !record.drawn && record.origin.model.digest === digest && record.covers(step));
  }

  /** A take that is the same chain as `record` before `step` and agrees with what is delivered there. */
  sibling(record: TakeRecord, step: Step, delivered: Shape): TakeRecord | undefined {
    const { rootStep, seed, model } = record.origin;
    const before = step > rootStep ? record.ownerOf(step - 1) : undefined;
    return this.#newest((other) => {
      const { origin } = other;
      if (other === record || origin.rootStep !== rootStep || origin.seed !== seed) return false;
      if (!drawsAlike(origin.model, model) || !other.covers(step)) return false;
      if (before !== undefined && other.ownerOf(step - 1) !== before) return false;
      return other.ownerOf(step) !== record.ownerOf(step) && agrees(delivered, other.delivered(step));
    });
  }

  /** A new take with a root of its own; `after` is what it goes on from after a gap. */
  root(model: ModelReference, seed: number, rootStep: Step, after?: TakeRecord): TakeRecord {
    return this.#begin(new TakeRecord({ model, seed, rootStep, parent: undefined, firstStep: rootStep, after }));
  }

  /** A new take that is `record` before `step`. */
  branch(record: TakeRecord, step: Step): TakeRecord {
    const { model, seed, rootStep, after } = record.origin;
    // A chain of branches that each begin where the last one does would only grow in depth.
    const parent = step > rootStep ? record.ownerOf(step - 1) : undefined;
    return this.#begin(new TakeRecord({ model, seed, rootStep, parent, firstStep: step, after }));
  }

  /** Marks a take as the one used last. */
  use(record: TakeRecord): void {
    if (this.#records.at(-1) === record) return;
    const index = this.#records.indexOf(record);
    if (index >= 0) this.#records.splice(index, 1);
    this.add(record);
  }

  /** The take that a page speaks of. */
  byId(id: string): TakeRecord | undefined {
    return this.#records.find((record) => record.id === id);
  }

  /** The takes that a song remembers: those that were not discarded, and those that they branch from. */
  get saved(): readonly TakeRecord[] {
    const needed = new Set<TakeRecord>();
    for (const record of this.#records) {
      if (record.discarded) continue;
      let one: TakeRecord | undefined = record;
      for (; one !== undefined && !needed.has(one); one = one.origin.parent) needed.add(one);
    }
    return this.#records.filter((record) => needed.has(record));
  }

  /** Says that a take has grown or changed. */
  changed(): void {
    this.version += 1;
  }

  /** Forgets the least recently used take that is neither kept nor needed by another; false: there is none. */
  forgetOne(except?: TakeRecord): boolean {
    const needed = new Set(this.#records.map(({ origin }) => origin.parent));
    for (const keptToo of [false, true]) {
      const index = this.#records.findIndex(
        (record) => record !== except && !needed.has(record) && (keptToo || !record.kept),
      );
      if (index < 0) continue;
      this.#records.splice(index, 1);
      this.version += 1;
      return true;
    }
    return false;
  }

  #begin(record: TakeRecord): TakeRecord {
    this.add(record);
    while (this.#records.length > limits.takesMax && this.forgetOne(record));
    return record;
  }

  #newest(fits: (record: TakeRecord) => boolean): TakeRecord | undefined {
    for (let index = this.#records.length - 1; index >= 0; index -= 1) {
      const record = this.#records[index];
      if (record !== undefined && !record.discarded && fits(record)) return record;
    }
    return undefined;
  }
}
