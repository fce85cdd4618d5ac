import { Failure } from '../core/failure.js';
import { silentBin } from '../core/mu-law.js';
import { agrees, agreesInLane, type Shape } from '../core/shaping.js';
import type { Step } from '../core/units.js';
import type { TakeRecord } from '../take/take-record.js';
import type { InputTimeline } from './input-timeline.js';
import type { PassageTake } from './passage-take.js';
import type { TakeHead } from './take-head.js';

export interface StepShapesOptions {
  readonly inputs: InputTimeline;
  readonly take: PassageTake;
  readonly offline: boolean;
  /** The take is followed whatever is delivered. */
  readonly isFollowed: boolean;
}

/**
 * Where the lane and the guide of the next draw come from: what the take was drawn under, what is delivered, or what is
 * expected to be.
 */
export class StepShapes {
  readonly #options: StepShapesOptions;

  constructor(options: StepShapesOptions) {
    this.#options = options;
  }

  /** What the next draw of a step is to be shaped by. */
  of(step: Step): Shape {
    const { inputs, take, offline } = this.#options;
    const effective = this.#effective(step);
    if (effective !== undefined) return effective;
    const delivered = inputs.shape(step);
    if (offline || step < inputs.knownEndStep) return delivered;
    return take.expected === undefined ? delivered : (this.#expected(take.expected, step) ?? delivered);
  }

  /** True when a step that is drawn, from `from` on, would be shaped otherwise now. */
  wouldDiffer(head: TakeHead, from: Step): boolean {
    for (let step = from; step < head.drawnEnd; step += 1) {
      if (!agrees(this.of(step), head.shape(step))) return true;
    }
    return false;
  }

  /** What the take was drawn under, as far as it is remembered. */
  #effective(step: Step): Shape | undefined {
    const { inputs, take, isFollowed } = this.#options;
    const { current } = take;
    if (current === undefined || step >= current.endStep) return undefined;
    const effective = current.effective(step);
    if (current.knowsGuide(step)) return effective;
    if (isFollowed) throw forgottenGuide();
    return { ...effective, guideBin: inputs.shape(step).guideBin };
  }

  /** What was delivered here when it was heard last, if that agrees with what is delivered now. */
  #expected(take: TakeRecord, step: Step): Shape | undefined {
    const { inputs } = this.#options;
    const last = inputs.knownEndStep - 1;
    if (!take.covers(step)) return undefined;
    if (take.covers(last) && !agreesInLane(inputs.shape(last), take.delivered(last))) return undefined;
    const delivered = take.delivered(step);
    return take.knowsGuide(step) ? delivered : { ...delivered, strength: 0, guideBin: silentBin };
  }
}

function forgottenGuide(): Failure {
  return new Failure(
    'usage',
    'The guide that was heard here is not remembered, nor is its audio: play this stretch once more with its guide first.',
  );
}
