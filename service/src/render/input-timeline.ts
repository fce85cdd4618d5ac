import {
  type Condition,
  type ConditionInput,
  type ConditionLanes,
  conditionInputNames,
  type Labels,
  packCondition,
} from '../core/condition.js';
import type { Emphasis } from '../core/emphasis.js';
import { Lane, type LaneBlock, type LanePoint } from '../core/lane.js';
import { limits } from '../core/limits.js';
import { silentBin } from '../core/mu-law.js';
import { onStrengthGrid, onTemperatureGrid, type Shape, temperatureGrid } from '../core/shaping.js';
import type { Clock, SongFrame, Step } from '../core/units.js';
import { type GuideFade, guideStrength } from './guide-strength.js';
import { GuideTrack } from './guide-track.js';
import { predictLane } from './predict-lane.js';

export interface InputTimelineOptions {
  readonly clock: Clock;
  /** Where the passage begins. */
  readonly startFrame: SongFrame;
  /** Exact: the lane holds beyond what is delivered, and steps are drawn again when it turns out otherwise. */
  readonly offline: boolean;
  readonly guideFade: GuideFade;
  /** That of the audio the model learned: the guide goes through it, too. */
  readonly emphasis: Emphasis;
  /** The artists and genres that the model knows; undefined: it hears no conditions. */
  readonly labels: Labels | undefined;
}

/** The guide's amount is its mean over the last 8 ms: one that jumps does not click. */
const amountFadeSeconds = 0.008;

/** All that shapes a passage: the lane and the guide, as far as they are delivered, and what is assumed beyond. */
export class InputTimeline {
  readonly #options: InputTimelineOptions;
  readonly #lane = new Lane();
  readonly #guide: GuideTrack;
  /** How much of the guide is wanted, 0 to 1. */
  readonly #amounts = new Lane();
  /** The inputs of the condition; empty where none is heard. */
  readonly #conditions: ReadonlyMap<ConditionInput, Lane>;
  readonly #amountFadeFrames: number;
  #deliveredFrame: SongFrame;
  #beyond: (frame: number) => number = () => Number.NaN;

  constructor(options: InputTimelineOptions) {
    this.#options = options;
    const inputs = options.labels === undefined ? [] : conditionInputNames;
    this.#conditions = new Map(inputs.map((input) => [input, new Lane()]));
    this.#guide = new GuideTrack(options.clock, options.startFrame, options.guideFade.levelDbfs, options.emphasis);
    this.#amountFadeFrames = amountFadeSeconds * options.clock.hostRateHz;
    this.#deliveredFrame = options.startFrame;
  }

  /** The song frame up to which lane and guide are known. */
  get deliveredFrame(): SongFrame {
    return this.#deliveredFrame;
  }

  /** True once the lane has a first value; nothing can be drawn before. */
  get hasLane(): boolean {
    return this.#lane.last !== undefined;
  }

  /** The number of steps (from the start of the song) that are known. */
  get knownEndStep(): Step {
    return Math.max(0, this.#options.clock.firstStepAt(this.#deliveredFrame));
  }

  /** The lane at the delivered end: what the host said last. */
  get deliveredTemperature(): number {
    return this.#lane.valueAt(this.#deliveredFrame);
  }

  /** Takes in what a host says of the temperature in one block, and returns the lane points that this added. */
  appendBlock(block: LaneBlock): LanePoint[] {
    const added = this.#lane.appendBlock(block);
    this.#laneChanged();
    return added;
  }

  /** Takes in what a host says of the guide's amount in one block. */
  appendGuideAmount(block: LaneBlock): void {
    this.#amounts.appendBlock(block);
  }

  /** Takes in a block of which only the values at its end are known: temperature and amount go there in straight lines. */
  appendCoarseBlock(frameCount: number, temperature: LaneBlock, guideAmount: LaneBlock): LanePoint[] {
    this.appendGuideAmount(lineToEnd(this.#amounts, guideAmount, frameCount));
    return this.appendBlock(lineToEnd(this.#lane, temperature, frameCount));
  }

  /** Takes in what a host says of the inputs that make a condition; one that it does not mention is at 0. */
  appendCondition(startFrame: SongFrame, said: ConditionLanes): void {
    for (const [input, lane] of this.#conditions) {
      lane.appendBlock(said[input] ?? { startFrame, valueAtStart: 0, points: [] });
    }
  }

  /** Says that a condition holds from `startFrame` on. */
  holdCondition(startFrame: SongFrame, condition: Condition): void {
    for (const [input, lane] of this.#conditions) {
      lane.appendBlock({ startFrame, valueAtStart: condition[input], points: [] });
    }
  }

  /** Takes in points of a lane that is known ahead. */
  appendPoints(points: Iterable<LanePoint>): void {
    for (const point of points) this.#lane.append(point);
    this.#laneChanged();
  }

  /** Moves the delivered end on over `frameCount` frames, with their guide: mono, undefined is silence. */
  advance(frameCount: number, guide: Float32Array | undefined): void {
    this.#guide.append(this.#deliveredFrame, frameCount, guide);
    this.#deliveredFrame += frameCount;
    const kept = this.#deliveredFrame - limits.inputSecondsKept * this.#options.clock.hostRateHz;
    this.#lane.forgetBefore(kept);
    this.#amounts.forgetBefore(kept);
    for (const lane of this.#conditions.values()) lane.forgetBefore(kept);
    this.#laneChanged();
  }

  /** What a step is shaped by, as far as it is delivered, and as it is predicted beyond. */
  shape(step: Step): Shape {
    const frame = this.#options.clock.frameOfStep(step);
    const known = this.#options.offline || frame < this.#deliveredFrame;
    const temperature = onTemperatureGrid(known ? this.#lane.valueAt(frame) : this.#beyond(frame));
    const gate = this.#guide.gate(step);
    const amount = gate > 0 ? this.#amounts.meanOver(frame - this.#amountFadeFrames, frame) : 0;
    const condition = this.#condition(frame);
    if (!(amount > 0)) return { temperature, strength: 0, guideBin: silentBin, condition };
    const strength = guideStrength(this.#options.guideFade, temperature / temperatureGrid, amount, gate);
    return { temperature, strength: onStrengthGrid(strength), guideBin: this.#guide.bin(step), condition };
  }

  /** Whether a guide would pull at a delivered step if there were one: some of it is wanted, and the lane lets it. */
  wantsGuide(step: Step): boolean {
    const frame = this.#options.clock.frameOfStep(step);
    const amount = this.#amounts.meanOver(frame - this.#amountFadeFrames, frame);
    const temperature = onTemperatureGrid(this.#lane.valueAt(frame)) / temperatureGrid;
    return guideStrength(this.#options.guideFade, temperature, amount, 1) > 0;
  }

  /** The packed condition at a frame: beyond what is delivered, what was asked for last. */
  #condition(frame: number): number {
    const { labels } = this.#options;
    if (labels === undefined) return 0;
    const at = (input: ConditionInput) => {
      const value = this.#conditions.get(input)?.valueAt(frame);
      return value === undefined || Number.isNaN(value) ? 0 : value;
    };
    return packCondition(
      {
        artist: at('artist'),
        genre: at('genre'),
        otherArtist: at('otherArtist'),
        otherGenre: at('otherGenre'),
        blend: at('blend'),
      },
      labels,
    );
  }

  #laneChanged(): void {
    if (this.#options.offline) return;
    const { startFrame, clock } = this.#options;
    this.#beyond = predictLane(this.#lane, startFrame, this.#deliveredFrame, clock.hostRateHz);
  }
}

function lineToEnd(lane: Lane, { startFrame, valueAtStart, points }: LaneBlock, frameCount: number): LaneBlock {
  const value = points.at(-1)?.value ?? valueAtStart;
  const end: LanePoint = { frame: startFrame + frameCount, value, interpolation: 'linear' };
  return { startFrame, valueAtStart: lane.last?.value ?? value, points: [end] };
}
