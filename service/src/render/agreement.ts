import { agrees, agreesInLane, isSameShape, type Shape, tolerance } from '../core/shaping.js';
import type { SongFrame, Step } from '../core/units.js';
import type { TakeRecord } from '../take/take-record.js';
import { guideWarmUpSteps } from './guide-track.js';
import type { InputTimeline } from './input-timeline.js';
import type { PassageOptions } from './passage-options.js';
import type { PassageTake } from './passage-take.js';
import type { RollBack } from './roll-back.js';
import type { TakeHead } from './take-head.js';
import type { TakeSteps } from './take-steps.js';

export interface AgreementOptions {
  readonly passage: PassageOptions;
  readonly take: PassageTake;
  readonly inputs: InputTimeline;
  readonly steps: TakeSteps;
  readonly rollBack: RollBack;
}

/** A block of which only the value at its end was given. */
interface CoarseStretch {
  readonly first: Step;
  readonly end: Step;
}

/**
 * Whether what is delivered agrees with what is remembered of the take, step by step: the passage then *is* that take. Where it
 * does not, the passage leaves it. What is delivered beyond what is remembered is remembered from then on.
 */
export class Agreement {
  readonly #options: AgreementOptions;
  /** Steps before it are remembered, and agree with what was delivered. */
  #agreedEnd: Step = 0;
  /** Before it nothing was delivered, so nothing is compared; the guide is known a little later than the lane. */
  #laneKnownFrom: Step = 0;
  #guideKnownFrom: Step = 0;
  readonly #coarse: CoarseStretch[] = [];

  constructor(options: AgreementOptions) {
    this.#options = options;
  }

  get agreedEnd(): Step {
    return this.#agreedEnd;
  }

  /** The passage begins: what is delivered is known from `deliveredFrom` on. */
  begin(deliveredFrom: Step): void {
    const { current, startStep } = this.#options.take;
    const { clock, model } = this.#options.passage;
    this.#laneKnownFrom = deliveredFrom;
    // Without its model nothing says to what level a guide was brought; nothing could be drawn under another one either.
    const isGuideKnown = model.initialState !== undefined;
    this.#guideKnownFrom = isGuideKnown ? deliveredFrom + guideWarmUpSteps(clock) : Number.POSITIVE_INFINITY;
    this.#agreedEnd = current === undefined ? startStep : Math.min(current.endStep, deliveredFrom);
  }

  /** Of a block only the values at its end were given. */
  addCoarseBlock(startFrame: SongFrame, endFrame: SongFrame): void {
    const { clock } = this.#options.passage;
    this.#coarse.push({ first: Math.max(0, clock.firstStepAt(startFrame)), end: clock.firstStepAt(endFrame) });
  }

  /** Compares what was delivered with what is remembered, as far as it is drawn, and remembers what is new. */
  check(): void {
    const { passage, inputs, steps } = this.#options;
    const { head } = steps;
    if (head === undefined) return;
    // A take that is followed to its end does not grow by that.
    const followedEnd = passage.follow?.endStep ?? Number.POSITIVE_INFINITY;
    const end = Math.min(head.drawnEnd, inputs.knownEndStep, followedEnd);
    if (this.#agreedEnd >= end) return;
    let step = this.#agreedEnd;
    while (step < end && this.#checkStep(head, step)) step += 1;
    passage.takes.changed();
  }

  /** False: steps from this one on are not there any more, because they have to be drawn otherwise. */
  #checkStep(head: TakeHead, step: Step): boolean {
    const { passage, take, inputs, steps, rollBack } = this.#options;
    const { offline } = passage;
    const delivered = inputs.shape(step);
    if (take.next?.origin.rootStep === step && this.#goOver(take.next, head, delivered)) return false;
    const { current } = take;
    if (current !== undefined && step < current.endStep) {
      if (!this.#isCompared(step) || this.#isSame(current, head, step, delivered)) {
        if (offline && isDrawnWithoutItsGuide(current, head, step, delivered)) return drawAgainFrom(head, step);
        this.#agreedEnd = step + 1;
        return true;
      }
      take.leave(current, step, delivered);
      steps.drawFew(1);
      if (offline) return drawAgainFrom(head, step);
      rollBack.surprise(step);
    }
    const effective = head.shape(step);
    if (offline && !isSameShape(delivered, effective)) return drawAgainFrom(head, step);
    if (!agrees(delivered, effective)) rollBack.surprise(step);
    steps.remembered(take.remember(delivered, effective), head, step);
    this.#agreedEnd = step + 1;
    return true;
  }

  #isCompared(step: Step): boolean {
    const { passage, take } = this.#options;
    return step >= this.#laneKnownFrom && !take.keep && passage.follow === undefined;
  }

  /** True when the host says here what it said then. */
  #isSame(take: TakeRecord, head: TakeHead, step: Step, delivered: Shape): boolean {
    const { passage, inputs } = this.#options;
    const coarse = this.#coarseAt(step);
    if (coarse !== undefined) {
      // Only the end of such a block was said; the whole of it stands or falls with that.
      if (step !== coarse.first || coarse.end > take.endStep) return true;
      const last = coarse.end - 1;
      return agreesInLane(inputs.shape(last), take.delivered(last));
    }
    const remembered = take.delivered(step);
    if (step < this.#guideKnownFrom) {
      // How strong the guide is here is not known yet, but whether one is wanted is.
      const unwanted = remembered.strength > tolerance.strength && !inputs.wantsGuide(step);
      return !unwanted && agreesInLane(delivered, remembered);
    }
    if (take.knowsGuide(step)) return agrees(delivered, remembered);
    if (!head.isAdopted(step)) {
      // Ahead of the playhead it was drawn without the guide that belongs to it: that is not the take that was heard.
      const drawnWithout = !passage.offline && head.shape(step).guideBin !== delivered.guideBin;
      return !drawnWithout && agrees(delivered, { ...remembered, guideBin: delivered.guideBin });
    }
    // What was used where it was used is what was delivered.
    const drawn = head.shape(step);
    const isGiven = drawn.strength > 0 && drawn.strength === remembered.strength;
    return agrees(delivered, { ...remembered, guideBin: isGiven ? drawn.guideBin : delivered.guideBin });
  }

  #coarseAt(step: Step): CoarseStretch | undefined {
    while (this.#coarse[0] !== undefined && this.#coarse[0].end <= step) this.#coarse.shift();
    const [next] = this.#coarse;
    return next !== undefined && step >= next.first ? next : undefined;
  }

  /**
   * The take was heard up to a gap, and what was heard after it begins here: with the model's first state, as it did then.
   * False where the lane is another one by now.
   */
  #goOver(next: TakeRecord, head: TakeHead, delivered: Shape): boolean {
    const { take, steps } = this.#options;
    const { rootStep } = next.origin;
    const { current } = take;
    if (current === undefined || (next.endStep > rootStep && !this.#mayBe(next, delivered))) {
      take.forgetNext();
      return false;
    }
    steps.finish(this.#agreedEnd);
    steps.endTake(current, head, rootStep);
    take.goOverTo(next);
    this.begin(rootStep);
    return true;
  }

  /** True where the take's first step may have been delivered as this one is. */
  #mayBe(next: TakeRecord, delivered: Shape): boolean {
    const { rootStep } = next.origin;
    return this.#coarseAt(rootStep) !== undefined || agreesInLane(delivered, next.delivered(rootStep));
  }
}

/** True when a remembered step was drawn again before its guide was delivered, which the song does not keep. */
function isDrawnWithoutItsGuide(take: TakeRecord, head: TakeHead, step: Step, delivered: Shape): boolean {
  return !take.knowsGuide(step) && !head.isAdopted(step) && head.shape(step).guideBin !== delivered.guideBin;
}

function drawAgainFrom(head: TakeHead, step: Step): false {
  head.takeBackTo(step);
  return false;
}
