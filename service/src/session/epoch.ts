import type { BlockRequest, ChunkResponse, StartEpochRequest } from '../core/events.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { Clock, SongFrame } from '../core/units.js';
import type { VerifiedModel } from '../model/verified-model.js';
import { type EpochHeader, EpochRecord } from '../record/epoch-record.js';
import { type DrawBlocks, Passage, type RenderedChunk } from '../render/passage.js';
import { LaneFeed } from './lane-feed.js';

export interface EpochOptions {
  readonly sessionId: string;
  readonly start: StartEpochRequest;
  readonly model: VerifiedModel;
  readonly clock: Clock;
  readonly lookaheadFrames: number;
  readonly draw: DrawBlocks;
  readonly recording: boolean;
}

/** A contiguous passage of the song as the shim and the service agree on it: what was delivered, and what is wanted. */
export class Epoch {
  readonly start: StartEpochRequest;
  readonly passage: Passage;
  readonly feed: LaneFeed;
  readonly header: EpochHeader;
  readonly record: EpochRecord | undefined;
  playing = false;
  guideAmount = 0;
  /** The temperature of the last step that became final; NaN: none yet. */
  temperatureEvaluated = Number.NaN;
  readonly #options: EpochOptions;
  #lookaheadFrames: number;

  constructor(options: EpochOptions) {
    const { sessionId, start, model, clock, draw, recording } = options;
    const { rootFrame, seed, exact, epoch } = start;
    this.#options = options;
    this.#lookaheadFrames = options.lookaheadFrames;
    this.start = start;
    this.passage = new Passage({ model, clock, seed, rootFrame, exact, draw });
    this.feed = new LaneFeed(sessionId, epoch, clock, model.manifest.blockSteps);
    this.header = {
      sessionId,
      epoch,
      model: model.manifest.name,
      digest: model.digest,
      seed,
      rootFrame,
      rootStep: this.passage.rootStep,
      sampleRateHz: clock.hostRateHz,
      modelRateHz: clock.modelRateHz,
      exact,
      filterDelaySteps: this.passage.filterDelaySteps,
    };
    this.record = recording ? new EpochRecord(this.header) : undefined;
  }

  /** Where the playhead is: the end of what was delivered. */
  get playheadFrame(): SongFrame {
    return this.passage.score.deliveredFrame;
  }

  /** The song frame up to which audio is wanted now. */
  get targetFrame(): SongFrame {
    return this.start.exact ? this.playheadFrame : this.playheadFrame + this.#lookaheadFrames;
  }

  /** True while so much is delivered that is not rendered that the shim must wait. */
  get full(): boolean {
    const ahead = this.playheadFrame - this.passage.renderedFrame;
    return this.start.exact && ahead > limits.deliveredAheadSecondsMax * this.#options.clock.hostRateHz;
  }

  /** @throws Failure `invalid` when the block is not the next of this epoch. */
  deliver(block: BlockRequest): void {
    if (block.lane.startFrame !== this.playheadFrame) {
      throw new Failure(
        'invalid',
        `A block starts at frame ${block.lane.startFrame} where ${this.playheadFrame} is next: start an epoch at a discontinuity.`,
      );
    }
    this.playing = block.playing;
    this.guideAmount = block.guideAmount;
    // A stopped transport only says where it stands and what its lane holds there.
    const lane = block.playing ? block.lane : { ...block.lane, points: [] };
    const added = this.passage.score.appendBlock(lane);
    this.feed.addDelivered(added);
    this.record?.addPoints(added);
    if (!block.playing) return;
    // The next call wants as many frames again, all at once: a block longer than the lookahead needs a longer one.
    this.#lookaheadFrames = Math.max(this.#lookaheadFrames, 2 * block.frameCount);
    this.record?.addGuide(block.lane.startFrame, block.guide);
    this.passage.score.advance(block.frameCount, { amount: block.guideAmount, mono: block.guide });
  }

  /**
   * In realtime, starts again at the playhead when rendering is behind it by more than the lookahead: what is late is
   * of no use to anyone, and catching up would be late as well.
   */
  restartIfBehind(): void {
    const behind = this.playheadFrame - this.passage.renderedFrame;
    if (!this.start.exact && behind > this.#lookaheadFrames) this.passage.restartAt(this.playheadFrame);
  }

  /** The next chunk that is ready and wanted; undefined: draws are needed, or nothing is wanted. */
  nextChunk(): ChunkResponse | undefined {
    for (;;) {
      const rendered = this.passage.nextChunk(this.targetFrame);
      if (rendered === undefined) return undefined;
      this.feed.addEvaluated(rendered.steps);
      this.record?.addSteps(rendered.steps);
      this.temperatureEvaluated = rendered.steps.temperature.at(-1) ?? this.temperatureEvaluated;
      const wanted = this.#wantedPart(rendered);
      if (wanted !== undefined) return wanted;
    }
  }

  /** Frames before resumeFrame were received before the link was lost: they are drawn again, and not sent again. */
  #wantedPart(rendered: RenderedChunk): ChunkResponse | undefined {
    const { epoch, resumeFrame } = this.start;
    const skipped = Math.max(0, resumeFrame - rendered.startFrame);
    if (skipped >= rendered.values.length) return undefined;
    return {
      type: 'chunk',
      epoch,
      startFrame: rendered.startFrame + skipped,
      values: rendered.values.subarray(skipped),
      gapFrameCount: rendered.gapFrameCount,
    };
  }
}
