import type { BlockRequest, ChunkResponse, StartEpochRequest } from '../core/events.js';
import { Failure } from '../core/failure.js';
import { heldAtStart, valueAtEnd } from '../core/input-lanes.js';
import type { LanePoint } from '../core/lane.js';
import { limits } from '../core/limits.js';
import { parameterId } from '../core/parameters.js';
import type { Clock, SongFrame } from '../core/units.js';
import { type EpochHeader, EpochRecord } from '../record/epoch-record.js';
import { Passage, type RenderedChunk } from '../render/passage.js';
import type { DrawBlocks } from '../render/passage-options.js';
import type { PlayableModel } from '../render/playable-model.js';
import type { SegmentStore } from '../store/segment-store.js';
import type { TakeBook } from '../take/take-book.js';
import { CatchingUp } from './catching-up.js';
import { LaneFeed } from './feeds/lane.js';
import type { SoundFeed } from './feeds/sound.js';

export interface EpochOptions {
  readonly sessionId: string;
  readonly start: StartEpochRequest;
  readonly model: PlayableModel;
  readonly clock: Clock;
  readonly lookaheadFrames: number;
  readonly takes: TakeBook;
  readonly store: SegmentStore;
  readonly draw: DrawBlocks;
  readonly recording: boolean;
  readonly soundFeed: SoundFeed;
}

/** While a lane surprises, no more than this is rendered ahead beyond what the plugin can still take in, in milliseconds. */
const surprisedLookaheadMillis = 10;
/** How often a place that is not stored is looked for again while the model is missing, in milliseconds of song. */
const blockedRetryMillis = 250;

/** A contiguous passage of the song as the shim and the service agree on it: what was delivered, and what is wanted. */
export class Epoch {
  readonly start: StartEpochRequest;
  readonly passage: Passage;
  readonly feed: LaneFeed;
  readonly header: EpochHeader;
  readonly record: EpochRecord | undefined;
  playing = false;
  guideAmount = 0;
  keep = false;
  loop: BlockRequest['loop'];
  /** Frames of the last block that played; 0: none yet. */
  blockFrames = 0;
  /** The temperature of the last step that became final; NaN: none yet. */
  temperatureEvaluated = Number.NaN;
  readonly #options: EpochOptions;
  readonly #catchingUp: CatchingUp;
  #lookaheadFrames: number;
  /** Until here the lane is looked at less far ahead, since it has just surprised. */
  #surprisedUntilFrame = Number.NEGATIVE_INFINITY;
  #retryFrame = Number.NEGATIVE_INFINITY;

  constructor(options: EpochOptions) {
    const { sessionId, start, model, clock, draw, recording, takes, store } = options;
    const { rootFrame, seed, offline, epoch, startMode, resumes } = start;
    const { reference } = model;
    this.#options = options;
    this.#lookaheadFrames = options.lookaheadFrames;
    this.#catchingUp = new CatchingUp(clock.hostRateHz);
    this.start = start;
    this.passage = new Passage({ model, clock, seed, rootFrame, offline, startMode, resumes, takes, store, draw });
    this.feed = new LaneFeed(sessionId, epoch, clock, reference.blockSteps);
    this.header = {
      sessionId,
      epoch,
      model: reference.name,
      digest: reference.digest,
      engine: reference.engine,
      seed,
      rootFrame,
      rootStep: this.passage.rootStep,
      sampleRateHz: clock.hostRateHz,
      modelRateHz: clock.modelRateHz,
      offline,
      filterDelaySteps: this.passage.filterDelaySteps,
      emphasis: reference.emphasis,
      sound: reference.sound,
    };
    this.record = recording ? new EpochRecord(this.header) : undefined;
  }

  /** Where the playhead is: the end of what was delivered. */
  get playheadFrame(): SongFrame {
    return this.passage.inputs.deliveredFrame;
  }

  /** The song frame up to which audio is wanted now. */
  get targetFrame(): SongFrame {
    return this.start.offline ? this.playheadFrame : this.playheadFrame + this.lookaheadFrames;
  }

  /** How far ahead of the playhead is rendered now: less while the lane is not what was predicted. */
  get lookaheadFrames(): number {
    if (this.playheadFrame >= this.#surprisedUntilFrame) return this.#lookaheadFrames;
    const slack = (surprisedLookaheadMillis * this.#options.clock.hostRateHz) / 1000;
    const reaction = this.passage.splices.marginFrames + 2 * this.blockFrames + slack;
    return Math.min(this.#lookaheadFrames, Math.ceil(reaction));
  }

  /** True while so much is delivered that is not rendered that the shim must wait. */
  get full(): boolean {
    const ahead = this.playheadFrame - this.passage.renderedFrame;
    return this.start.offline && ahead > limits.deliveredAheadSecondsMax * this.#options.clock.hostRateHz;
  }

  /** @throws Failure `invalid` when the block is not the next of this epoch. */
  deliver(block: BlockRequest): void {
    const { startFrame } = block;
    if (startFrame !== this.playheadFrame) {
      throw new Failure(
        'invalid',
        `A block starts at frame ${startFrame} where ${this.playheadFrame} is next: start an epoch at a discontinuity.`,
      );
    }
    this.playing = block.playing;
    this.guideAmount = valueAtEnd(block.lanes[parameterId.guideAmount]);
    this.loop = block.loop;
    const added = this.#appendLanes(block);
    this.feed.addDelivered(added);
    this.record?.addPoints(added);
    if (!block.playing) return;
    this.blockFrames = block.frameCount;
    // The next call wants as many frames again, all at once: a block longer than the lookahead needs a longer one.
    this.#lookaheadFrames = Math.max(this.#lookaheadFrames, 2 * block.frameCount);
    this.record?.addGuide(startFrame, block.guide);
    this.#options.soundFeed.addGuide(startFrame, block.frameCount, block.guide);
    this.passage.inputs.advance(block.frameCount, block.guide);
    this.keep = block.keep;
    this.passage.blockDelivered(block);
    if (this.passage.surprised) {
      const { hostRateHz } = this.#options.clock;
      this.#surprisedUntilFrame = this.playheadFrame + (limits.surpriseMillis * hostRateHz) / 1000;
    }
    this.passOnFinal();
  }

  /**
   * In realtime: what lies behind the playhead comes too late and is given up; the take goes on all the same, so that the
   * song stays the one it is. Only what is hopelessly behind begins anew at the playhead.
   */
  keepUp(): void {
    if (this.start.offline || !this.playing) return;
    const { hostRateHz } = this.#options.clock;
    const { passage, playheadFrame } = this;
    if (passage.blocked) {
      if (playheadFrame < this.#retryFrame) return;
      this.#retryFrame = playheadFrame + (blockedRetryMillis * hostRateHz) / 1000;
      passage.restartAt(playheadFrame);
      return;
    }
    this.#beginAnew();
    if (playheadFrame - passage.renderedFrame <= this.#lookaheadFrames) return;
    passage.skipTo(playheadFrame);
  }

  /** Begins anew what will not catch up, or not soon; ahead of the playhead, since at it all would be late at once. */
  #beginAnew(): void {
    const { passage, playheadFrame } = this;
    if (passage.restoring) return;
    const { hostRateHz } = this.#options.clock;
    const readyFrame = this.#options.clock.firstFrameAt(passage.drawnEnd);
    const isHopeless = this.#catchingUp.look(playheadFrame, readyFrame) === 'hopeless';
    if (!isHopeless && playheadFrame - readyFrame <= limits.catchUpSecondsMax * hostRateHz) return;
    this.#catchingUp.forget();
    const headStartFrames = isHopeless ? Math.ceil((limits.headStartMillis * hostRateHz) / 1000) : 0;
    passage.restartAt(playheadFrame + Math.max(2 * this.#lookaheadFrames, headStartFrames));
  }

  /** The next chunk that is ready and wanted; undefined: draws are needed, or nothing is wanted. */
  nextChunk(): ChunkResponse | undefined {
    for (;;) {
      const rendered = this.passage.nextChunk(this.targetFrame);
      this.passOnFinal();
      if (rendered === undefined) return undefined;
      const wanted = this.#wantedPart(rendered);
      if (wanted !== undefined) return wanted;
    }
  }

  /** Passes on what has become final. */
  passOnFinal(): void {
    const steps = this.passage.takeFinal();
    if (steps === undefined) return;
    this.feed.addEvaluated(steps);
    this.#options.soundFeed.addSteps(steps);
    this.record?.addSteps(steps);
    this.temperatureEvaluated = steps.temperature.at(-1) ?? this.temperatureEvaluated;
  }

  #appendLanes({ playing, coarse, frameCount, lanes }: BlockRequest): LanePoint[] {
    const { inputs } = this.passage;
    // A stopped transport only says where it stands and what its lanes hold there.
    if (!playing) return inputs.appendBlock(heldAtStart(lanes));
    return coarse ? inputs.appendCoarseBlock(frameCount, lanes) : inputs.appendBlock(lanes);
  }

  /** Frames before resumeFrame were received before the link was lost: they are drawn again, and not sent again. */
  #wantedPart(rendered: RenderedChunk): ChunkResponse | undefined {
    const { epoch, resumeFrame } = this.start;
    const { channelCount } = rendered;
    const skipped = Math.max(0, resumeFrame - rendered.startFrame);
    if (skipped * channelCount >= rendered.values.length) return undefined;
    return {
      type: 'chunk',
      epoch,
      startFrame: rendered.startFrame + skipped,
      values: rendered.values.subarray(skipped * channelCount),
      channelCount,
      gapFrameCount: rendered.gapFrameCount,
      revision: rendered.revision,
      preludeRoot: undefined,
    };
  }
}
