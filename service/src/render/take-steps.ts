import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { SoundValues } from '../core/sound.js';
import type { Step } from '../core/units.js';
import type { TakeRecord } from '../take/take-record.js';
import type { InputTimeline } from './input-timeline.js';
import type { PassageOptions } from './passage-options.js';
import type { PassageTake } from './passage-take.js';
import type { StepShapes } from './step-shapes.js';
import { type DrawnSteps, TakeHead } from './take-head.js';
import { TakeSegments } from './take-segments.js';

/** Steps that are final: heard, or in an offline passage rendered. */
export interface FinalSteps extends DrawnSteps {
  /** What they are remembered as. */
  readonly take: TakeRecord | undefined;
  readonly first: Step;
}

/** The newest steps of a take that has been gone over from, up to endStep. */
export interface TakeTail {
  readonly take: TakeRecord;
  readonly head: TakeHead;
  readonly endStep: Step;
}

export interface TakeStepsOptions {
  readonly passage: PassageOptions;
  readonly take: PassageTake;
  readonly inputs: InputTimeline;
  readonly shapes: StepShapes;
  /** Steps that one frame is heard from. */
  readonly heardSteps: number;
}

/** The newest steps of a passage, and where more of them come from: the store, or draws from the model. */
export class TakeSteps {
  readonly #options: TakeStepsOptions;
  readonly #segments: TakeSegments;
  /** Blocks of one draw at most, so that a caller can change its mind. */
  readonly #drawBlocksMax: number;
  /** Blocks of the next draw: few at first, because somebody waits for the first frames; then more, for their price. */
  #drawBlocks = 1;
  #head: TakeHead | undefined;
  #tail: TakeTail | undefined;
  #blocked = false;
  /** Steps before it have been reported. */
  #reportedEnd: Step = 0;

  constructor(options: TakeStepsOptions) {
    const { model, clock, store } = options.passage;
    this.#options = options;
    this.#segments = new TakeSegments(store);
    const blockMillis = (1000 * model.reference.blockSteps) / clock.modelRateHz;
    const wholeBlocks = Math.floor(limits.drawMillisMax / blockMillis);
    this.#drawBlocksMax = Math.max(1, Math.min(limits.drawBlocksMax, wholeBlocks));
  }

  /** The newest steps; undefined until the take's state at the beginning is found. */
  get head(): TakeHead | undefined {
    return this.#head;
  }

  /** The end of the take before, once it was gone over. */
  get tail(): TakeTail | undefined {
    return this.#tail;
  }

  /** The step after the last one that is drawn; before the beginning is taken up, the beginning. */
  get drawnEnd(): Step {
    return this.#head?.drawnEnd ?? this.#options.take.startStep;
  }

  /** True while steps before the beginning are drawn again, because they are remembered and not stored. */
  get restoring(): boolean {
    const { current, startStep } = this.#options.take;
    return current !== undefined && this.#head !== undefined && this.#head.drawnEnd < startStep;
  }

  /** True when nothing can be drawn, since the model is not here, and what is wanted next is not stored. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** Begins anew, where the passage's take begins or is taken up; steps before `reportedEnd` have been reported. */
  begin(reportedEnd: Step): void {
    const { current, startStep } = this.#options.take;
    this.#head = undefined;
    this.#blocked = false;
    this.#drawBlocks = 1;
    this.#segments.beginAnew();
    if (current === undefined) this.#beginAt(startStep);
    this.#reportedEnd = reportedEnd;
  }

  /** The next draws are of so few blocks: somebody waits for the first of them. */
  drawFew(blocks: number): void {
    this.#drawBlocks = Math.min(blocks, this.#drawBlocksMax);
  }

  /** True when steps before `endStep` are not there, and can be had. */
  needs(endStep: Step): boolean {
    return !this.#blocked && (this.#head === undefined || this.#head.drawnEnd < endStep);
  }

  /** Fetches or draws some of the steps before `endStep`: so few that a caller can change its mind. */
  async more(endStep: Step): Promise<void> {
    const head = this.#head;
    if (head === undefined) return this.#takeUp();
    const { passage, take, shapes, inputs } = this.#options;
    const { generation } = head;
    const { current } = take;
    const isVoid = () => head !== this.#head || head.generation !== generation;
    if (current !== undefined && head.drawnEnd < current.endStep) {
      const segment = await this.#segments.fetch(current, head.drawnEnd);
      if (isVoid() || current !== take.current) return;
      if (segment !== undefined && segment.firstStep + segment.sound.length > head.drawnEnd) {
        head.adopt(segment, current.endStep);
        return;
      }
    }
    if (passage.model.initialState === undefined) return this.#block();
    const next = head.nextBlocks(Math.max(endStep, head.drawnEnd + 1), this.#drawBlocks, (step) => shapes.of(step));
    this.#drawBlocks = Math.min(2 * this.#drawBlocks, this.#drawBlocksMax);
    const drawnBefore = head.drawnEnd;
    const drawn = await passage.draw(next.inputs);
    if (isVoid()) return;
    head.accept(next, drawn);
    if (take.current !== undefined) this.#segments.sealAgain(take.current, head, drawnBefore, inputs.knownEndStep);
  }

  /** Stores a segment that ends with a step that has just been remembered, if one does. */
  remembered(take: TakeRecord, head: TakeHead, step: Step): void {
    if ((step + 1) % take.segmentSteps === 0) this.#segments.seal(take, head, step);
  }

  /** Stores what was heard last, where it ends a take; steps before `agreedEnd` are remembered. */
  finish(agreedEnd: Step): void {
    const { current } = this.#options.take;
    if (current === undefined || this.#head === undefined) return;
    const end = Math.min(agreedEnd, current.endStep);
    if (end <= current.origin.firstStep || end !== current.endStep) return;
    if (end % current.segmentSteps !== 0) this.#segments.seal(current, this.#head, end - 1);
  }

  /** The take ends at `endStep`, and another is taken up there. */
  endTake(take: TakeRecord, head: TakeHead, endStep: Step): void {
    head.takeBackTo(endStep);
    this.#tail = { take, head, endStep };
    this.#head = undefined;
  }

  /** Those of the steps before `end` that have not been reported yet; undefined: none. */
  takeFinal(end: Step): FinalSteps | undefined {
    const tail = this.#tail !== undefined && this.#reportedEnd < this.#tail.endStep ? this.#tail : undefined;
    const head = tail?.head ?? this.#head;
    if (head === undefined) return undefined;
    const first = Math.max(this.#reportedEnd, head.firstStep);
    const last = Math.min(end, tail?.endStep ?? head.drawnEnd);
    if (last <= first) return undefined;
    this.#reportedEnd = last;
    return { take: tail?.take ?? this.#options.take.current, first, ...head.drawn(first, last) };
  }

  /** The steps of [from, end) of `take` that are drawn and kept here; undefined: none. */
  newest(take: TakeRecord, from: Step, end: Step): { first: Step; sound: SoundValues } | undefined {
    const head = this.#head;
    if (head === undefined || this.#options.take.current !== take) return undefined;
    const first = Math.max(from, head.keptFrom);
    const last = Math.min(end, head.drawnEnd, take.endStep);
    return last > first ? { first, sound: head.drawn(first, last).sound } : undefined;
  }

  /** Finds the nearest place before the beginning that the take can be drawn on from. */
  async #takeUp(): Promise<void> {
    const { take, passage, heardSteps } = this.#options;
    const { current, startStep } = take;
    if (current === undefined) throw new Failure('internal', 'There is nothing to take up.');
    const { rootStep } = current.origin;
    const stateFloats = passage.model.initialState?.length;
    const wanted = Math.max(rootStep, Math.min(startStep, current.endStep) - heardSteps);
    for (let index = current.segmentIndex(wanted); index >= current.segmentIndex(rootStep); index -= 1) {
      const from = Math.max(rootStep, index * current.segmentSteps);
      if (from >= current.endStep) continue;
      const segment = await this.#segments.fetch(current, from);
      if (current !== take.current) return;
      const state = segment?.checkpoints[0]?.state;
      if (segment === undefined || state === undefined) continue;
      if (stateFloats !== undefined && state.length !== stateFloats) continue;
      this.#head = this.#headAt(from, state);
      this.#head.adopt(segment, current.endStep);
      return;
    }
    this.#beginAt(rootStep);
  }

  /** Begins where nothing was drawn before, in the model's first state. */
  #beginAt(rootStep: Step): void {
    const { initialState } = this.#options.passage.model;
    if (initialState === undefined) this.#block();
    else this.#head = this.#headAt(rootStep, initialState);
  }

  #headAt(firstStep: Step, state: Float32Array): TakeHead {
    const { model, seed } = this.#options.passage;
    return new TakeHead({ model: model.reference, hasRows: model.hasRows, seed, firstStep, state });
  }

  /** The model is not here and what is wanted next is not stored. */
  #block(): void {
    const { offline, model } = this.#options.passage;
    this.#blocked = true;
    if (!offline) return;
    const { name, digest, engine } = model.reference;
    throw new Failure(
      'model-missing',
      `This place is not stored, and what it was drawn by is not here: ${name} (${digest.slice(0, 12)}) on ${engine}.`,
    );
  }
}
