import { type Labels, packCondition } from '../core/condition.js';
import type { Emphasis } from '../core/emphasis.js';
import { byLaneInput, type InputLanes, type LaneInput, valueAtEnd } from '../core/input-lanes.js';
import { Lane, type LaneBlock, type LanePoint } from '../core/lane.js';
import { limits } from '../core/limits.js';
import { silentBin } from '../core/mu-law.js';
import { parameterId } from '../core/parameters.js';
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

/** All that shapes a passage: its inputs and the guide, as far as they are delivered, and what is assumed beyond. */
export class InputTimeline {
  readonly #options: InputTimelineOptions;
  readonly #lanes = byLaneInput(() => new Lane());
  readonly #temperature = this.#lanes[parameterId.temperature];
  /** How much of the guide is wanted, 0 to 1. */
  readonly #amount = this.#lanes[parameterId.guideAmount];
  readonly #guide: GuideTrack;
  readonly #amountFadeFrames: number;
  #deliveredFrame: SongFrame;
  #beyond: (frame: number) => number = () => Number.NaN;

  constructor(options: InputTimelineOptions) {
    this.#options = options;
    this.#guide = new GuideTrack(options.clock, options.startFrame, options.guideFade.levelDbfs, options.emphasis);
    this.#amountFadeFrames = amountFadeSeconds * options.clock.hostRateHz;
    this.#deliveredFrame = options.startFrame;
  }

  /** The song frame up to which inputs and guide are known. */
  get deliveredFrame(): SongFrame {
    return this.#deliveredFrame;
  }

  /** True once the temperature has a first value; nothing can be drawn before. */
  get hasLane(): boolean {
    return this.#temperature.last !== undefined;
  }

  /** The number of steps (from the start of the song) that are known. */
  get knownEndStep(): Step {
    return Math.max(0, this.#options.clock.firstStepAt(this.#deliveredFrame));
  }

  /** The temperature at the delivered end: what the host said last. */
  get deliveredTemperature(): number {
    return this.#temperature.valueAt(this.#deliveredFrame);
  }

  /** Takes in what a host says of its inputs in one block, and returns the points that this added to the temperature. */
  appendBlock(lanes: InputLanes): LanePoint[] {
    const added = byLaneInput((input) => this.#lanes[parameterId[input]].appendBlock(lanes[parameterId[input]]));
    this.#lanesChanged();
    return added[parameterId.temperature];
  }

  /** The same of a block of which only the values at its end are known: temperature and amount go there in straight lines. */
  appendCoarseBlock(frameCount: number, lanes: InputLanes): LanePoint[] {
    const { temperature, guideAmount } = parameterId;
    return this.appendBlock({
      ...lanes,
      [temperature]: lineToEnd(this.#temperature, lanes[temperature], frameCount),
      [guideAmount]: lineToEnd(this.#amount, lanes[guideAmount], frameCount),
    });
  }

  /** Takes in that an input holds a value from `startFrame` on. */
  hold(input: LaneInput, startFrame: SongFrame, value: number): void {
    this.#lanes[parameterId[input]].appendBlock({ startFrame, valueAtStart: value, points: [] });
    this.#lanesChanged();
  }

  /** Takes in points of a temperature that is known ahead. */
  appendPoints(points: Iterable<LanePoint>): void {
    for (const point of points) this.#temperature.append(point);
    this.#lanesChanged();
  }

  /** Moves the delivered end on over `frameCount` frames, with their guide: mono, undefined is silence. */
  advance(frameCount: number, guide: Float32Array | undefined): void {
    this.#guide.append(this.#deliveredFrame, frameCount, guide);
    this.#deliveredFrame += frameCount;
    const kept = this.#deliveredFrame - limits.inputSecondsKept * this.#options.clock.hostRateHz;
    for (const lane of Object.values(this.#lanes)) lane.forgetBefore(kept);
    this.#lanesChanged();
  }

  /** What a step is shaped by, as far as it is delivered, and as it is predicted beyond. */
  shape(step: Step): Shape {
    const frame = this.#options.clock.frameOfStep(step);
    const known = this.#options.offline || frame < this.#deliveredFrame;
    const temperature = onTemperatureGrid(known ? this.#temperature.valueAt(frame) : this.#beyond(frame));
    const gate = this.#guide.gate(step);
    const amount = gate > 0 ? this.#amount.meanOver(frame - this.#amountFadeFrames, frame) : 0;
    const condition = this.#condition(frame);
    if (!(amount > 0)) return { temperature, strength: 0, guideBin: silentBin, condition };
    const strength = guideStrength(this.#options.guideFade, temperature / temperatureGrid, amount, gate);
    return { temperature, strength: onStrengthGrid(strength), guideBin: this.#guide.bin(step), condition };
  }

  /** Whether a guide would pull at a delivered step if there were one: some of it is wanted, and the lane lets it. */
  wantsGuide(step: Step): boolean {
    const frame = this.#options.clock.frameOfStep(step);
    const amount = this.#amount.meanOver(frame - this.#amountFadeFrames, frame);
    const temperature = onTemperatureGrid(this.#temperature.valueAt(frame)) / temperatureGrid;
    return guideStrength(this.#options.guideFade, temperature, amount, 1) > 0;
  }

  /** The packed condition at a frame: beyond what is delivered, what was asked for last. */
  #condition(frame: number): number {
    const { labels } = this.#options;
    if (labels === undefined) return 0;
    const at = (input: LaneInput) => {
      const value = this.#lanes[parameterId[input]].valueAt(frame);
      return Number.isNaN(value) ? 0 : value;
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

  #lanesChanged(): void {
    if (this.#options.offline) return;
    const { startFrame, clock } = this.#options;
    this.#beyond = predictLane(this.#temperature, startFrame, this.#deliveredFrame, clock.hostRateHz);
  }
}

function lineToEnd(lane: Lane, block: LaneBlock, frameCount: number): LaneBlock {
  const { startFrame } = block;
  const value = valueAtEnd(block);
  const end: LanePoint = { frame: startFrame + frameCount, value, interpolation: 'linear' };
  return { startFrame, valueAtStart: lane.last?.value ?? value, points: [end] };
}
