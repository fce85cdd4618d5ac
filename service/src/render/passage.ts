import { Deemphasis } from '../core/emphasis.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import { silentBin } from '../core/mu-law.js';
import { Resampler } from '../core/resampler.js';
import { agrees, isSameCondition, type Shape, tolerance } from '../core/shaping.js';
import type { SoundValues } from '../core/sound.js';
import type { Clock, SongFrame, Step } from '../core/units.js';
import type { DrawInputs, DrawnBlocks } from '../model/engine.js';
import type { SegmentStore } from '../store/segment-store.js';
import type { TakeBook } from '../take/take-book.js';
import type { TakeRecord } from '../take/take-record.js';
import { guideWarmUpSteps } from './guide-track.js';
import { InputTimeline } from './input-timeline.js';
import type { PlayableModel } from './playable-model.js';
import { Splices } from './splices.js';
import { TakeHead } from './take-head.js';
import { TakeSegments } from './take-segments.js';
import { heardSteps, overlayTail, type TakeTail } from './take-tail.js';

/** Draws blocks: bound by the caller to a model, a worker and a deadline. */
export type DrawBlocks = (inputs: DrawInputs) => Promise<DrawnBlocks>;

/**
 * What a passage has to do with the takes there are: go on with the one that covers its beginning, root one there (the
 * same root and lane again are the same take), or root one and follow nothing that was heard before.
 */
export type StartMode = 'continue' | 'fresh' | 'exactly';

export interface PassageOptions {
  readonly model: PlayableModel;
  readonly clock: Clock;
  readonly seed: number;
  /** Where the passage begins; may be negative, but audio exists from song frame 0 on. */
  readonly rootFrame: SongFrame;
  readonly offline: boolean;
  readonly startMode: StartMode;
  /** The transport rolled on to rootFrame: what was heard before it was cut off by something else. */
  readonly resumes: boolean;
  readonly takes: TakeBook;
  readonly store: SegmentStore;
  readonly draw: DrawBlocks;
  /** The very take that this passage is, whatever is delivered and as far as it goes; left out: what `startMode` finds. */
  readonly follow?: TakeRecord;
}

/** Rendered audio for its place in the song: mono, within ±1. */
export interface RenderedChunk {
  readonly startFrame: SongFrame;
  readonly values: Float32Array;
  /** Frames just before startFrame that were given up. */
  readonly gapFrameCount: number;
  /** Rises where audio that was sent before is replaced from startFrame on. */
  readonly revision: number;
}

/** Steps that are final: heard, or in an offline passage rendered. */
export interface SettledSteps {
  /** What they are remembered as. */
  readonly take: TakeRecord | undefined;
  readonly first: Step;
  readonly temperature: Float32Array;
  /** Bits. */
  readonly entropy: Float32Array;
  /** Their sound (core/sound.ts). */
  readonly bins: SoundValues;
}

/** A block of which only the value at its end was given. */
interface CoarseStretch {
  readonly first: Step;
  readonly end: Step;
}

/**
 * A contiguous stretch of the song: its inputs, the take it is, and the way from draws to frames. Both a session's epoch and
 * `simmer render` are one of these, which is why they give the same bits.
 *
 * While what is delivered agrees with what is remembered of `line`, the passage *is* that take: its steps come from the
 * store or are drawn under the lane they were drawn under then. From the first step that does not agree it is a branch.
 * Beyond what is remembered it draws on, in realtime under a predicted lane, and remembers what was heard.
 *
 * The caller alternates `nextChunk` (what is ready) and `drawMore` (towards a target), never two at once.
 */
export class Passage {
  readonly inputs: InputTimeline;
  readonly splices: Splices;
  readonly #options: PassageOptions;
  readonly #resampler: Resampler;
  readonly #deemphasis: Deemphasis;
  /** Steps that one frame is heard from: those of the filter, and the past of the first of them. */
  readonly #heardSteps: number;
  /** Blocks of one draw at most, so that a caller can change its mind. */
  readonly #drawBlocksMax: number;
  readonly #segments: TakeSegments;
  /** The take this passage is; undefined while nothing of a new one has been heard. */
  #line: TakeRecord | undefined;
  /** What is likely to be delivered next: a take that was heard here before. */
  #learned: TakeRecord | undefined;
  /** The newest steps; undefined until the line's state at the beginning is found. */
  #head: TakeHead | undefined;
  /** Steps before it are remembered, and agree with what was delivered. */
  #settledEnd: Step;
  /** Steps before it have been reported. */
  #reportedEnd: Step;
  /** Before it nothing was delivered, so nothing is compared; the guide is known a little later than the lane. */
  #laneKnownFrom: Step;
  #guideKnownFrom: Step;
  #startStep: Step;
  /** Before it everything that was drawn again is stored again. */
  #resealedEnd: Step = Number.POSITIVE_INFINITY;
  /** Where the line ended when the passage began. */
  #lineEnd: Step = 0;
  /** In an offline passage: the take that was heard after the line's end and a gap, and is gone over to at its root. */
  #next: TakeRecord | undefined;
  /** The end of the take before, once it was gone over. */
  #tail: TakeTail | undefined;
  /** What was heard until this passage began anew. */
  #cutOff: TakeRecord | undefined;
  #renderedFrame: SongFrame;
  #gapFrameCount = 0;
  /** Blocks of the next draw: few at first, because somebody waits for the first frames; then more, for their price. */
  #drawBlocks = 1;
  readonly #coarse: CoarseStretch[] = [];
  /** The lane turned out otherwise than predicted at this step, and audio that was sent ahead is to be replaced. */
  #surprisedAt: Step | undefined;
  #blockFrames = 1;
  #keep = false;
  #blocked = false;

  constructor(options: PassageOptions) {
    const { clock, model, rootFrame, offline } = options;
    this.#options = options;
    this.inputs = new InputTimeline({
      clock,
      startFrame: rootFrame,
      offline,
      guideFade: model.guideFade,
      emphasis: model.reference.emphasis,
      labels: model.labels,
    });
    this.splices = new Splices(clock.hostRateHz);
    this.#resampler = new Resampler(clock.modelRateHz, clock.hostRateHz);
    this.#deemphasis = new Deemphasis(model.reference.emphasis);
    this.#heardSteps = this.#resampler.tapCount + this.#deemphasis.pastSteps;
    const blockMillis = (1000 * model.reference.blockSteps) / clock.modelRateHz;
    const wholeBlocks = Math.floor(limits.drawMillisMax / blockMillis);
    this.#drawBlocksMax = Math.max(1, Math.min(limits.drawBlocksMax, wholeBlocks));
    this.#segments = new TakeSegments(options.store);
    this.#renderedFrame = Math.max(0, rootFrame);
    this.#startStep = 0;
    this.#settledEnd = 0;
    this.#reportedEnd = 0;
    this.#laneKnownFrom = 0;
    this.#guideKnownFrom = 0;
    this.#beginAt(rootFrame);
    if (options.resumes) this.#cutOff = options.takes.lastBefore(model.reference, options.seed, this.#startStep);
  }

  /** Where the chain of draws begins that this passage is part of. */
  get rootStep(): Step {
    return this.#line?.origin.rootStep ?? this.#startStep;
  }

  /** The song frame up to which audio has been given out. */
  get renderedFrame(): SongFrame {
    return this.#renderedFrame;
  }

  /** The filter's delay in steps. */
  get filterDelaySteps(): number {
    return this.#resampler.delayInputs;
  }

  /** The step after the last one that is drawn; before the beginning is resumed, the beginning. */
  get drawnEnd(): Step {
    return this.#head?.drawnEnd ?? this.#startStep;
  }

  /** The take this passage is, as far as one is known. */
  get line(): TakeRecord | undefined {
    return this.#line;
  }

  /** True while what plays was heard before. */
  get following(): boolean {
    return this.#line !== undefined && this.#settledEnd < this.#line.endStep;
  }

  /** True while steps before the beginning are drawn again, because they are remembered and not stored. */
  get restoring(): boolean {
    return this.#head !== undefined && this.#head.drawnEnd < this.#startStep && this.#line !== undefined;
  }

  /** True when nothing can be drawn, since the model is not here, and what is wanted next is not stored. */
  get blocked(): boolean {
    return this.#blocked;
  }

  /** True from when the lane surprised until the audio that was sent ahead is replaced. */
  get surprised(): boolean {
    return this.#surprisedAt !== undefined;
  }

  /**
   * For a passage that was prepared beside another one: true while the takes still say what they said when it began, as
   * far as it has drawn.
   */
  get stillHolds(): boolean {
    const { takes, model, seed, startMode } = this.#options;
    if (this.#line !== undefined) return this.#line.endStep === this.#lineEnd || this.drawnEnd <= this.#lineEnd;
    return startMode !== 'continue' || takes.covering(model.reference, seed, this.#startStep) === undefined;
  }

  /** Takes in a block: which revision it was played from, and whether the take is to be kept as it is. */
  blockDelivered(block: { frameCount: number; revision: number; keep: boolean; coarse: boolean }): void {
    const endFrame = this.inputs.deliveredFrame;
    const startFrame = endFrame - block.frameCount;
    this.#blockFrames = block.frameCount;
    if (block.coarse) {
      const { clock } = this.#options;
      this.#coarse.push({ first: Math.max(0, clock.firstStepAt(startFrame)), end: clock.firstStepAt(endFrame) });
    }
    this.#keepTake(block.keep);
    if (this.#options.offline) return;
    const refused = this.splices.heard(block.revision, startFrame, block.frameCount);
    if (refused !== undefined) {
      this.#head?.putBack(refused.taken);
      this.#renderedFrame = refused.renderedFrame;
      this.#surprisedAt ??= this.#options.clock.firstStepAt(refused.causeFrame);
    }
    this.#settle();
  }

  /** The next frames before `targetFrame` that are ready, or undefined when more must be drawn. */
  nextChunk(targetFrame: SongFrame): RenderedChunk | undefined {
    if (this.#head === undefined && this.#tail === undefined) return undefined;
    this.#settle();
    if (!this.#options.offline) this.#splice();
    const readyFrame = this.#options.clock.firstFrameAt(this.drawnEnd);
    const endFrame = Math.min(targetFrame, readyFrame, this.#renderedFrame + limits.chunkFramesMax);
    if (endFrame <= this.#renderedFrame) return undefined;
    // A splice ends what the plugin has: it is sent when what follows on it lasts for a while.
    if (this.splices.unsent && endFrame < Math.min(targetFrame, this.#renderedFrame + 2 * this.#blockFrames))
      return undefined;
    this.splices.unsent = false;
    const startFrame = this.#renderedFrame;
    const values = this.#resample(startFrame, endFrame);
    this.#renderedFrame = endFrame;
    const gapFrameCount = this.#gapFrameCount;
    this.#gapFrameCount = 0;
    return { startFrame, values, gapFrameCount, revision: this.splices.revision };
  }

  /** True when frames before `targetFrame` need draws that are not there. */
  needsDraws(targetFrame: SongFrame): boolean {
    if (this.#blocked || !this.inputs.hasLane) return false;
    return this.#head === undefined || this.#head.drawnEnd < this.#stepsFor(targetFrame);
  }

  /** Draws or fetches some of what `targetFrame` needs: so little that a caller can change its mind. */
  async drawMore(targetFrame: SongFrame): Promise<void> {
    if (!this.needsDraws(targetFrame)) return;
    if (this.#head === undefined) return this.#resume();
    const head = this.#head;
    const { generation } = head;
    const line = this.#line;
    if (line !== undefined && head.drawnEnd < line.endStep) {
      const segment = await this.#segments.fetch(line, head.drawnEnd);
      if (head !== this.#head || head.generation !== generation || line !== this.#line) return;
      if (segment !== undefined && segment.firstStep + segment.bins.length > head.drawnEnd) {
        head.adopt(segment, line.endStep);
        return;
      }
    }
    if (this.#options.model.initialState === undefined) return this.#block();
    const end = Math.max(this.#stepsFor(targetFrame), head.drawnEnd + 1);
    const next = head.nextBlocks(end, this.#drawBlocks, (step) => this.#shape(step));
    this.#drawBlocks = Math.min(2 * this.#drawBlocks, this.#drawBlocksMax);
    const drawnBefore = head.drawnEnd;
    const drawn = await this.#options.draw(next.inputs);
    if (head !== this.#head || head.generation !== generation) return;
    head.accept(next, drawn);
    this.#sealRedrawn(head, drawnBefore);
  }

  /** Steps that have become final since the last call; undefined: none. */
  takeSettled(): SettledSteps | undefined {
    const tail = this.#tail;
    const ofTail = tail !== undefined && this.#reportedEnd < tail.endStep ? tail : undefined;
    const head = ofTail?.head ?? this.#head;
    if (head === undefined) return undefined;
    const first = Math.max(this.#reportedEnd, head.firstStep);
    const headEnd = ofTail?.endStep ?? head.drawnEnd;
    const end = Math.min(this.#settledEnd, this.#stepsFor(this.#renderedFrame), headEnd);
    if (end <= first) return undefined;
    this.#reportedEnd = end;
    return { take: ofTail?.record ?? this.#line, first, ...head.drawn(first, end) };
  }

  /** The steps of [from, end) of `record` that are drawn and kept here; undefined: none. */
  newest(record: TakeRecord, from: Step, end: Step): { first: Step; bins: SoundValues } | undefined {
    const head = this.#head;
    if (head === undefined || this.#line !== record) return undefined;
    const first = Math.max(from, head.keptFrom);
    const last = Math.min(end, head.drawnEnd, record.endStep);
    return last > first ? { first, bins: head.drawn(first, last).bins } : undefined;
  }

  /** Gives up the frames before `frame` that have not been given out: they come too late. The take goes on. */
  skipTo(frame: SongFrame): void {
    if (this.#options.offline) throw new Failure('internal', 'An offline passage must be whole.');
    this.#gapFrameCount += Math.max(0, frame - this.#renderedFrame);
    this.#renderedFrame = Math.max(this.#renderedFrame, frame);
  }

  /** Gives up what there is and begins anew at `frame`. Never in an offline passage, whose audio must be whole. */
  restartAt(frame: SongFrame): void {
    this.skipTo(frame);
    this.finish();
    this.#cutOff = this.#line ?? this.#cutOff ?? this.#emptyTake();
    this.#beginAt(frame);
  }

  /** Stores what was heard last. The passage may go on after it. */
  finish(): void {
    const line = this.#line;
    if (line === undefined || this.#head === undefined) return;
    const end = Math.min(this.#settledEnd, line.endStep);
    if (end <= line.origin.firstStep || end !== line.endStep) return;
    if (end % line.segmentSteps !== 0) this.#segments.seal(line, this.#head, end - 1);
  }

  /** A take of which nothing was heard: a bounce from its root finds by it what was heard later. */
  #emptyTake(): TakeRecord | undefined {
    const { takes, model, seed, startMode } = this.#options;
    if (this.#blocked || startMode === 'exactly') return undefined;
    return takes.root(model.reference, seed, this.#startStep);
  }

  #beginAt(frame: SongFrame): void {
    const { clock, model, takes, seed, startMode } = this.#options;
    const { reference } = model;
    const { digest, blockSteps, sound = 'mu-law' } = reference;
    const start = clock.rootStep(frame, blockSteps);
    this.#startStep = start;
    this.#laneKnownFrom = Math.max(0, clock.firstStepAt(frame));
    this.#guideKnownFrom = this.#guideComparableFrom(this.#laneKnownFrom);
    this.#learned = takes.lastHeardAt(digest, start);
    this.#head = undefined;
    this.#blocked = false;
    this.#drawBlocks = 1;
    this.#surprisedAt = undefined;
    this.#resealedEnd = Number.POSITIVE_INFINITY;
    this.splices.abandon();
    const { follow } = this.#options;
    if (follow !== undefined) this.#line = follow;
    else if (startMode === 'continue') this.#line = takes.covering(reference, seed, start);
    else this.#line = startMode === 'fresh' ? takes.rootedAt(reference, seed, start) : undefined;
    if (this.#line !== undefined) {
      takes.use(this.#line);
      this.#settledEnd = Math.min(this.#line.endStep, this.#laneKnownFrom);
    } else {
      this.#settledEnd = start;
      if (model.initialState === undefined) this.#block();
      else this.#head = new TakeHead({ blockSteps, sound, seed, firstStep: start, state: model.initialState });
    }
    this.#lineEnd = this.#line?.endStep ?? start;
    this.#next = this.#options.offline && this.#line !== undefined ? takes.after(this.#line) : undefined;
    this.#reportedEnd = this.#settledEnd;
  }

  /** Without its model nothing says to what level a guide was brought; nothing could be drawn under another one either. */
  #guideComparableFrom(deliveredFrom: Step): Step {
    const { model, clock } = this.#options;
    return model.initialState === undefined ? Number.POSITIVE_INFINITY : deliveredFrom + guideWarmUpSteps(clock);
  }

  /** Finds the nearest place before the beginning that the line can be drawn on from. */
  async #resume(): Promise<void> {
    const line = this.#line;
    const { model, seed } = this.#options;
    const { blockSteps, sound = 'mu-law' } = model.reference;
    if (line === undefined) throw new Failure('internal', 'There is nothing to resume.');
    const { rootStep } = line.origin;
    const wanted = Math.max(rootStep, Math.min(this.#startStep, line.endStep) - this.#heardSteps);
    for (let index = line.segmentIndex(wanted); index >= line.segmentIndex(rootStep); index -= 1) {
      const from = Math.max(rootStep, index * line.segmentSteps);
      if (from >= line.endStep) continue;
      const segment = await this.#segments.fetch(line, from);
      if (line !== this.#line) return;
      const state = segment?.checkpoints[0]?.state;
      if (segment === undefined || state === undefined) continue;
      if (model.initialState !== undefined && state.length !== model.initialState.length) continue;
      this.#head = new TakeHead({ blockSteps, sound, seed, firstStep: from, state });
      this.#head.adopt(segment, line.endStep);
      return;
    }
    if (model.initialState === undefined) return this.#block();
    this.#head = new TakeHead({ blockSteps, sound, seed, firstStep: rootStep, state: model.initialState });
  }

  /** The model is not here and what is wanted next is not stored. */
  #block(): void {
    this.#blocked = true;
    if (!this.#options.offline) return;
    const { name, digest, engine } = this.#options.model.reference;
    throw new Failure(
      'model-missing',
      `This place is not stored, and what it was drawn by is not here: ${name} (${digest.slice(0, 12)}) on ${engine}.`,
    );
  }

  /** Compares what was delivered with what is remembered, and remembers what is new. */
  #settle(): void {
    const head = this.#head;
    if (head === undefined) return;
    const { offline } = this.#options;
    // A take that is followed to its end does not grow by that.
    const lineEnd = this.#options.follow?.endStep ?? Number.POSITIVE_INFINITY;
    const end = Math.min(head.drawnEnd, this.inputs.knownEndStep, lineEnd);
    if (this.#settledEnd >= end) return;
    for (let step = this.#settledEnd; step < end; step += 1) {
      const delivered = this.inputs.shape(step);
      if (this.#next?.origin.rootStep === step && this.#goOver(head, delivered)) break;
      const line = this.#line;
      if (line !== undefined && step < line.endStep) {
        const isCompared = step >= this.#laneKnownFrom && !this.#keep && this.#options.follow === undefined;
        if (!isCompared || this.#isSame(line, head, step, delivered)) {
          if (offline && this.#guideCameLate(line, head, step, delivered)) {
            head.takeBackTo(step);
            break;
          }
          this.#settledEnd = step + 1;
          continue;
        }
        this.#leave(line, step, delivered);
        if (offline) {
          head.takeBackTo(step);
          break;
        }
        this.#surprisedAt ??= step;
      }
      const effective = head.shape(step);
      if (offline ? !isEqual(delivered, effective) : !agrees(delivered, effective)) {
        if (offline) {
          head.takeBackTo(step);
          break;
        }
        this.#surprisedAt ??= step;
      }
      this.#remember(head, step, delivered, effective);
    }
    this.#options.takes.changed();
  }

  /** True when the host says here what it said then. */
  #isSame(line: TakeRecord, head: TakeHead, step: Step, delivered: Shape): boolean {
    const coarse = this.#coarseAt(step);
    if (coarse !== undefined) {
      // Only the end of such a block was said; the whole of it stands or falls with that.
      if (step !== coarse.first || coarse.end > line.endStep) return true;
      const last = coarse.end - 1;
      return agreesInLane(this.inputs.shape(last), line.delivered(last));
    }
    const remembered = line.delivered(step);
    if (step < this.#guideKnownFrom) {
      // How strong the guide is here is not known yet, but whether one is wanted is.
      const unwanted = remembered.strength > tolerance.strength && !this.inputs.wantsGuide(step);
      return !unwanted && agreesInLane(delivered, remembered);
    }
    if (line.knowsGuide(step)) return agrees(delivered, remembered);
    if (!head.isAdopted(step)) {
      // Ahead of the playhead it was drawn without the guide that belongs to it: that is not the take that was heard.
      const drawnWithout = !this.#options.offline && head.shape(step).guideBin !== delivered.guideBin;
      return !drawnWithout && agrees(delivered, { ...remembered, guideBin: delivered.guideBin });
    }
    // What was used where it was used is what was delivered.
    const drawn = head.shape(step);
    const isTold = drawn.strength > 0 && drawn.strength === remembered.strength;
    return agrees(delivered, { ...remembered, guideBin: isTold ? drawn.guideBin : delivered.guideBin });
  }

  /** True when a remembered step was drawn again before its guide was delivered, which the song does not keep. */
  #guideCameLate(line: TakeRecord, head: TakeHead, step: Step, delivered: Shape): boolean {
    return !line.knowsGuide(step) && !head.isAdopted(step) && head.shape(step).guideBin !== delivered.guideBin;
  }

  #coarseAt(step: Step): CoarseStretch | undefined {
    while (this.#coarse[0] !== undefined && this.#coarse[0].end <= step) this.#coarse.shift();
    const [next] = this.#coarse;
    return next !== undefined && step >= next.first ? next : undefined;
  }

  /** The line does not agree any more: another take that is the same so far goes on, or a new one. */
  #leave(line: TakeRecord, step: Step, delivered: Shape): void {
    const { takes, offline, startMode } = this.#options;
    this.#learned = line;
    // What has been heard of the line is past; only where nothing was heard yet may another take its place.
    const sibling = offline && startMode !== 'exactly' ? takes.sibling(line, step, delivered) : undefined;
    this.#line = sibling ?? takes.branch(line, step);
    this.#next = sibling && takes.after(sibling);
    if (sibling !== undefined) takes.use(sibling);
    this.#drawBlocks = 1;
  }

  /**
   * The line was heard up to a gap, and what was heard after it begins here: with the model's first state, as it did then.
   * False where the lane is another one by now.
   */
  #goOver(head: TakeHead, delivered: Shape): boolean {
    const next = this.#next;
    this.#next = undefined;
    if (next === undefined || (next.endStep > next.origin.rootStep && !this.#mayBe(next, delivered))) return false;
    const { takes } = this.#options;
    const step = next.origin.rootStep;
    this.finish();
    head.takeBackTo(step);
    this.#tail = { record: this.#line, head, endStep: step };
    this.#head = undefined;
    this.#line = next;
    this.#next = takes.after(next);
    takes.use(next);
    this.#lineEnd = next.endStep;
    this.#startStep = step;
    this.#settledEnd = step;
    this.#laneKnownFrom = step;
    this.#guideKnownFrom = this.#guideComparableFrom(step);
    return true;
  }

  /** True where the take's first step may have been delivered as this one is. */
  #mayBe(next: TakeRecord, delivered: Shape): boolean {
    const { rootStep } = next.origin;
    return this.#coarseAt(rootStep) !== undefined || agreesInLane(delivered, next.delivered(rootStep));
  }

  #remember(head: TakeHead, step: Step, delivered: Shape, effective: Shape): void {
    const { takes, model, seed } = this.#options;
    this.#line ??= takes.root(model.reference, seed, this.#startStep, this.#cutOff);
    const line = this.#line;
    line.kept ||= this.#keep;
    line.append(delivered, effective);
    this.#settledEnd = step + 1;
    if ((step + 1) % line.segmentSteps === 0) this.#segments.seal(line, head, step);
  }

  /**
   * Steps that were remembered, but not stored any more, have been drawn again: they are stored again, once all that shapes them is
   * delivered. Ahead of that a guide that the song does not keep is still missing from them.
   */
  #sealRedrawn(head: TakeHead, drawnBefore: Step): void {
    const line = this.#line;
    if (line === undefined) return;
    const from = Math.min(this.#resealedEnd, drawnBefore);
    this.#resealedEnd = from;
    const end = Math.min(head.drawnEnd, line.endStep, this.inputs.knownEndStep);
    const { segmentSteps } = line;
    for (let step = (Math.floor(from / segmentSteps) + 1) * segmentSteps; step <= end; step += segmentSteps) {
      this.#segments.seal(line, head, step - 1);
      this.#resealedEnd = step;
    }
  }

  /** What the host keeps is held like what a page keeps, and let go when the host lets go: not by blocks that never kept it. */
  #keepTake(keep: boolean): void {
    const isLetGo = this.#keep && !keep;
    this.#keep = keep;
    const line = this.#line;
    if (line === undefined || (!keep && !isLetGo) || line.kept === keep) return;
    line.kept = keep;
    this.#options.takes.changed();
  }

  /** Replaces what was sent ahead under a lane that is not the one that came, from the first frame that is still in time. */
  #splice(): void {
    const head = this.#head;
    if (this.#surprisedAt === undefined || head === undefined || this.splices.pending !== undefined) return;
    const { clock } = this.#options;
    const causeFrame = clock.firstFrameAt(this.#surprisedAt);
    this.#surprisedAt = undefined;
    const inTime = this.splices.spliceFrame(this.inputs.deliveredFrame, this.#blockFrames);
    const spliceFrame = Math.max(0, Math.min(inTime, this.#renderedFrame));
    // No frame before the splice depends on this step or a later one.
    const from = Math.max(this.#stepsFor(spliceFrame), this.#settledEnd);
    if (!this.#wouldDiffer(head, from)) return;
    const renderedFrame = this.#renderedFrame;
    const taken = head.takeBackTo(from);
    this.#drawBlocks = Math.min(2, this.#drawBlocksMax);
    if (renderedFrame <= spliceFrame) return;
    this.#renderedFrame = spliceFrame;
    this.splices.begin({ spliceFrame, causeFrame, taken, renderedFrame });
  }

  /** True when a step that is drawn, from `from` on, would be shaped otherwise now. */
  #wouldDiffer(head: TakeHead, from: Step): boolean {
    for (let step = from; step < head.drawnEnd; step += 1) {
      if (!agrees(this.#shape(step), head.shape(step))) return true;
    }
    return false;
  }

  /** What the next draw of a step is to be shaped by. */
  #shape(step: Step): Shape {
    const line = this.#line;
    if (line !== undefined && step < line.endStep) {
      const effective = line.effective(step);
      if (line.knowsGuide(step)) return effective;
      if (this.#options.follow !== undefined) throw forgottenGuide();
      return { ...effective, guideBin: this.inputs.shape(step).guideBin };
    }
    const shape = this.inputs.shape(step);
    if (this.#options.offline || step < this.inputs.knownEndStep) return shape;
    return this.#predicted(step) ?? shape;
  }

  /** What was delivered here when it was heard last, if that agrees with what is delivered now. */
  #predicted(step: Step): Shape | undefined {
    const learned = this.#learned;
    const last = this.inputs.knownEndStep - 1;
    if (learned?.covers(step) !== true) return undefined;
    if (learned.covers(last) && !agreesInLane(this.inputs.shape(last), learned.delivered(last))) return undefined;
    const delivered = learned.delivered(step);
    return learned.knowsGuide(step) ? delivered : { ...delivered, strength: 0, guideBin: silentBin };
  }

  /** The number of steps (from the start of the song) that frames before `frame` depend on. */
  #stepsFor(frame: SongFrame): number {
    return frame <= 0 ? 0 : this.#options.clock.lastStepAt(frame - 1) + 1;
  }

  #resample(startFrame: SongFrame, endFrame: SongFrame): Float32Array {
    const { clock } = this.#options;
    const first = clock.lastStepAt(startFrame) - this.#resampler.tapCount + 1;
    const end = clock.lastStepAt(endFrame - 1) + 1;
    const inputs =
      this.#head === undefined ? new Float32Array(end - first) : heardSteps(this.#head, this.#deemphasis, first, end);
    if (this.#tail !== undefined) overlayTail(this.#tail, this.#deemphasis, first, inputs);
    const values = new Float32Array(endFrame - startFrame);
    this.#resampler.fill(startFrame, values, inputs, first);
    // The filter rings a little beyond full scale; the wire promises ±1.
    for (let index = 0; index < values.length; index += 1) {
      values[index] = Math.min(1, Math.max(-1, values[index] ?? 0));
    }
    return values;
  }
}

function forgottenGuide(): Failure {
  return new Failure(
    'usage',
    'The guide that was heard here is not remembered, nor is its audio: play this stretch once more with its guide first.',
  );
}

function isEqual(a: Shape, b: Shape): boolean {
  return (
    a.temperature === b.temperature && a.strength === b.strength && a.guideBin === b.guideBin && isSameCondition(a, b)
  );
}

function agreesInLane(delivered: Shape, remembered: Shape): boolean {
  if (!isSameCondition(delivered, remembered)) return false;
  return Math.abs(delivered.temperature - remembered.temperature) <= tolerance.temperature;
}
