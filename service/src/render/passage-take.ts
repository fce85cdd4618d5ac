import type { Shape } from '../core/shaping.js';
import type { Step } from '../core/units.js';
import type { TakeRecord } from '../take/take-record.js';
import type { PassageOptions } from './passage-options.js';

/** Which of all takes a passage is, and which it becomes where the delivered lane is no longer that take's. */
export class PassageTake {
  readonly #options: PassageOptions;
  #current: TakeRecord | undefined;
  #expected: TakeRecord | undefined;
  /** Offline: the take that was heard after the end of the current one and a gap, and is gone over to at its root. */
  #next: TakeRecord | undefined;
  /** What was heard until this passage began anew. */
  #cutOff: TakeRecord | undefined;
  #startStep: Step;
  /** Where the current take ended when the passage began. */
  #endAtStart: Step;
  #keep = false;

  constructor(options: PassageOptions, startStep: Step) {
    this.#options = options;
    this.#startStep = startStep;
    this.#endAtStart = startStep;
    this.findAt(startStep);
    const { takes, model, seed, resumes } = options;
    if (resumes) this.#cutOff = takes.lastBefore(model.reference, seed, startStep);
  }

  /** The take this passage is; undefined while nothing of a new one has been heard. */
  get current(): TakeRecord | undefined {
    return this.#current;
  }

  /** What is likely to be delivered next: a take that was heard here before. */
  get expected(): TakeRecord | undefined {
    return this.#expected;
  }

  get next(): TakeRecord | undefined {
    return this.#next;
  }

  get startStep(): Step {
    return this.#startStep;
  }

  /** Where the chain of draws begins that this passage is part of. */
  get rootStep(): Step {
    return this.#current?.origin.rootStep ?? this.#startStep;
  }

  /** True while the host wants the take kept as it is, whatever the lane says. */
  get keep(): boolean {
    return this.#keep;
  }

  /** Looks which take the passage is that begins at `startStep`. */
  findAt(startStep: Step): void {
    const { takes, model, follow, offline } = this.#options;
    this.#startStep = startStep;
    this.#expected = takes.lastHeardAt(model.reference.digest, startStep);
    this.#current = follow ?? this.#remembered(startStep);
    if (this.#current !== undefined) takes.use(this.#current);
    this.#endAtStart = this.#current?.endStep ?? startStep;
    this.#next = offline && this.#current !== undefined ? takes.after(this.#current) : undefined;
  }

  #remembered(startStep: Step): TakeRecord | undefined {
    const { takes, model, seed, startMode } = this.#options;
    if (startMode === 'continue') return takes.covering(model.reference, seed, startStep);
    return startMode === 'fresh' ? takes.rootedAt(model.reference, seed, startStep) : undefined;
  }

  /** True while the takes still say what they said when the passage began, as far as it has drawn. */
  stillHolds(drawnEnd: Step): boolean {
    const { takes, model, seed, startMode } = this.#options;
    if (this.#current !== undefined) {
      return this.#current.endStep === this.#endAtStart || drawnEnd <= this.#endAtStart;
    }
    return startMode !== 'continue' || takes.covering(model.reference, seed, this.#startStep) === undefined;
  }

  /** Begins anew at `startStep`: a bounce goes over from what was heard until now to what is heard from there. */
  restartAt(startStep: Step, couldDraw: boolean): void {
    const { takes, model, seed, startMode } = this.#options;
    this.#cutOff = this.#current ?? this.#cutOff;
    // A take of which nothing was heard: a bounce from its root finds by it what was heard later.
    if (couldDraw && startMode !== 'exactly') this.#cutOff ??= takes.root(model.reference, seed, this.#startStep);
    this.findAt(startStep);
  }

  /** What is delivered at `step` is not `from` any more: another take that is the same so far goes on, or a new one. */
  leave(from: TakeRecord, step: Step, delivered: Shape): void {
    const { takes, offline, startMode } = this.#options;
    this.#expected = from;
    // What has been heard of the take is past; only where nothing was heard yet may another take its place.
    const sibling = offline && startMode !== 'exactly' ? takes.sibling(from, step, delivered) : undefined;
    this.#current = sibling ?? takes.branch(from, step);
    this.#next = sibling && takes.after(sibling);
    if (sibling !== undefined) takes.use(sibling);
  }

  /** Stays with the current take where the next one begins. */
  forgetNext(): void {
    this.#next = undefined;
  }

  /** The passage is the next take from here on. */
  goOverTo(next: TakeRecord): void {
    const { takes } = this.#options;
    this.#current = next;
    this.#next = takes.after(next);
    takes.use(next);
    this.#endAtStart = next.endStep;
    this.#startStep = next.origin.rootStep;
  }

  /** Remembers the step after the current take's end, and returns the take it is part of. */
  remember(delivered: Shape, effective: Shape): TakeRecord {
    const { takes, model, seed } = this.#options;
    this.#current ??= takes.root(model.reference, seed, this.#startStep, this.#cutOff);
    this.#current.kept ||= this.#keep;
    this.#current.append(delivered, effective);
    return this.#current;
  }

  /** What the host keeps is held like what a page keeps, and let go when the host lets go: not by blocks that never kept it. */
  hostKeeps(keep: boolean): void {
    const isLetGo = this.#keep && !keep;
    this.#keep = keep;
    const take = this.#current;
    if (take === undefined || (!keep && !isLetGo) || take.kept === keep) return;
    take.kept = keep;
    this.#options.takes.changed();
  }
}
