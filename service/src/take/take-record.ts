import { randomBytes } from 'node:crypto';
import type { Emphasis } from '../core/emphasis.js';
import { Failure } from '../core/failure.js';
import type { Shape } from '../core/shaping.js';
import { isOfCodes, type SoundKind } from '../core/sound.js';
import type { Step } from '../core/units.js';
import { GuidePages } from './guide-pages.js';
import { Runs } from './runs.js';
import { type SegmentKey, segmentStepsOf } from './segment.js';
import { rootKey } from './segment-key.js';

/** A model by content, and what of it must be known to play what is stored without it. */
export interface ModelReference {
  readonly name: string;
  /** SHA-256 of the manifest, hex. */
  readonly digest: string;
  readonly rateHz: number;
  readonly blockSteps: number;
  /**
   * What drew from it: the same weights drawn by another engine are other bits, hence other takes. `onnx` is the model's own
   * graph, and what songs were drawn by that name none.
   */
  readonly engine: string;
  /** How what is drawn becomes sound. */
  readonly emphasis: Emphasis;
  /** What stands for the sound of a step, and how many channels it has. Models of codes are shaped by conditions, too. */
  readonly sound: SoundKind;
}

/** True when both draw the same bits from the same inputs. */
export function drawsAlike(a: Pick<ModelReference, 'digest' | 'engine'>, b: typeof a): boolean {
  return a.digest === b.digest && a.engine === b.engine;
}

export interface TakeOrigin {
  readonly model: ModelReference;
  readonly seed: number;
  /** Where the first draw of the chain is; a multiple of the model's blockSteps. */
  readonly rootStep: Step;
  /** The take whose steps before `firstStep` are this one's too. */
  readonly parent: TakeRecord | undefined;
  /** The first step that is described here. */
  readonly firstStep: Step;
  /** The take that was heard until sound was missing for so long that this one was begun at its root. */
  readonly after: TakeRecord | undefined;
}

/**
 * What is remembered of a take: for every step that was heard, what the host delivered and what the draw used. It grows at
 * its end; what is before stays as it is. A take that branches from another begins where they differ.
 */
export class TakeRecord {
  readonly origin: TakeOrigin;
  /** 16 hex digits, by which a page speaks of it; saved with the song. */
  readonly id: string;
  /** What a person calls it; '': nothing yet. */
  name = '';
  /** It is held for good: in the store, and in the song. */
  kept = false;
  /** Drawn from a lane of the page, never heard from the host. */
  drawn = false;
  /** Out of sight: it is neither followed nor saved, until it is brought back or the instance is closed. */
  discarded = false;
  readonly effectiveTemperature: Runs;
  readonly effectiveStrength: Runs;
  readonly deliveredTemperature: Runs;
  readonly deliveredStrength: Runs;
  /** Packed conditions; of models without labels these stay empty. */
  readonly effectiveCondition: Runs;
  readonly deliveredCondition: Runs;
  /** By index of the segment (step / segmentSteps); the last may be that of a segment that is not full yet. */
  readonly segmentKeys = new Map<number, SegmentKey>();
  readonly #guide: GuidePages;
  /** Steps of a full segment. */
  readonly segmentSteps: number;

  constructor(origin: TakeOrigin, id = randomBytes(8).toString('hex')) {
    this.origin = origin;
    this.id = id;
    this.segmentSteps = segmentStepsOf(origin.model);
    this.#guide = new GuidePages(this.segmentSteps);
    const { firstStep } = origin;
    this.effectiveTemperature = new Runs(firstStep);
    this.effectiveStrength = new Runs(firstStep);
    this.deliveredTemperature = new Runs(firstStep);
    this.deliveredStrength = new Runs(firstStep);
    this.effectiveCondition = new Runs(firstStep);
    this.deliveredCondition = new Runs(firstStep);
  }

  /** Whether its model hears conditions. */
  get isConditioned(): boolean {
    return isOfCodes(this.origin.model.sound);
  }

  /** The step after the last one that is remembered. */
  get endStep(): Step {
    return this.effectiveTemperature.endStep;
  }

  /** True for steps whose draws are known, here or in what this take branches from. */
  covers(step: Step): boolean {
    return step >= this.origin.rootStep && step < this.endStep;
  }

  /** The record that describes `step` of this chain. */
  ownerOf(step: Step): TakeRecord {
    let record: TakeRecord = this;
    while (step < record.origin.firstStep) {
      const { parent } = record.origin;
      if (parent === undefined) throw new Failure('internal', `Step ${step} lies before the root of its take.`);
      record = parent;
    }
    return record;
  }

  /** Remembers the next step. */
  append(delivered: Shape, effective: Shape): void {
    const step = this.endStep;
    this.deliveredTemperature.append(delivered.temperature);
    this.deliveredStrength.append(delivered.strength);
    this.effectiveTemperature.append(effective.temperature);
    this.effectiveStrength.append(effective.strength);
    if (this.isConditioned) {
      this.deliveredCondition.append(delivered.condition);
      this.effectiveCondition.append(effective.condition);
    }
    this.#guide.set(step, delivered.guideBin, effective.guideBin);
  }

  delivered(step: Step): Shape {
    const owner = this.ownerOf(step);
    return {
      temperature: owner.deliveredTemperature.at(step),
      strength: owner.deliveredStrength.at(step),
      guideBin: owner.#guide.delivered(step),
      condition: owner.isConditioned ? owner.deliveredCondition.at(step) : 0,
    };
  }

  effective(step: Step): Shape {
    const owner = this.ownerOf(step);
    return {
      temperature: owner.effectiveTemperature.at(step),
      strength: owner.effectiveStrength.at(step),
      guideBin: owner.#guide.effective(step),
      condition: owner.isConditioned ? owner.effectiveCondition.at(step) : 0,
    };
  }

  /**
   * Whether the guide's bins at `step` are known. They are not saved with the song: where there was a guide and its bins
   * are gone, what the host delivers again stands in for them.
   */
  knowsGuide(step: Step): boolean {
    const owner = this.ownerOf(step);
    if (owner.#guide.knows(step)) return true;
    return owner.effectiveStrength.at(step) === 0 && owner.deliveredStrength.at(step) === 0;
  }

  /** Which segment a step belongs to. */
  segmentIndex(step: Step): number {
    return Math.floor(step / this.segmentSteps);
  }

  /** The key of the segment of this index, where it is known. */
  segmentKey(index: number): SegmentKey | undefined {
    const own = this.segmentKeys.get(index);
    if (own !== undefined || index >= this.segmentIndex(this.origin.firstStep)) return own;
    return this.origin.parent?.segmentKey(index);
  }

  /** The key that the one of segment `index` is made from. */
  keyBefore(index: number): SegmentKey | undefined {
    const { model, seed, rootStep } = this.origin;
    if (index <= this.segmentIndex(rootStep)) return rootKey(model.digest, seed, rootStep, model.engine);
    return this.segmentKey(index - 1);
  }
}
