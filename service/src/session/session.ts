import type { BlockRequest, OpenRequest, SessionRequest, SessionResponse, StartEpochRequest } from '../core/events.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { SessionSnapshot } from '../core/monitor.js';
import { Clock } from '../core/units.js';
import type { DrawInputs, DrawnBlocks } from '../model/engine.js';
import type { EnginePool } from '../model/engine-pool.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { RecordFolder } from '../record/record-folder.js';
import { Epoch } from './epoch.js';
import type { LaneStretch } from './observe.js';
import { Statistics } from './statistics.js';

/** A bounce may wait this long behind playback of other instances before it is as urgent as they are. */
const exactDeadlineMillis = 100;
/** How often new lane is told to whoever observes. */
const laneFeedMillis = 100;

export interface SessionOptions {
  readonly id: string;
  readonly open: OpenRequest;
  readonly model: VerifiedModel;
  readonly pool: Pick<EnginePool, 'draw'>;
  readonly lookaheadMillis: number;
  readonly records: RecordFolder | undefined;
  /** Sends one response; settles when more may be sent. */
  readonly send: (response: SessionResponse) => Promise<void>;
  readonly onLane: (stretch: LaneStretch) => void;
  /** Told when reading may go on after `full`. */
  readonly onRoom: () => void;
}

/**
 * One plugin instance: takes in what its shim says (`handle`, at once) and renders what is wanted (`run`, one thing at a
 * time). Requests never wait for rendering; a draw that is over when its epoch is not current any more is dropped.
 */
export class Session {
  readonly id: string;
  readonly #options: SessionOptions;
  readonly #clock: Clock;
  readonly #statistics = new Statistics();
  #epoch: Epoch | undefined;
  #wake: () => void = () => {};
  #sentSinceProgress = false;
  /** Round trip of the link; 0: not measured. */
  linkMillis = 0;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.#options = options;
    this.#clock = new Clock(options.open.sampleRateHz, options.model.manifest.sampleRateHz);
  }

  get lookaheadFrames(): number {
    return Math.round((this.#options.lookaheadMillis * this.#clock.hostRateHz) / 1000);
  }

  /** True while reading should wait. */
  get full(): boolean {
    return this.#epoch?.full ?? false;
  }

  /** @throws Failure `invalid` when the request breaks the protocol. */
  handle(request: Exclude<SessionRequest, { type: 'heartbeat' }>): void {
    switch (request.type) {
      case 'open':
        throw new Failure('invalid', 'open was sent twice.');
      case 'start-epoch':
        this.#startEpoch(request);
        break;
      case 'block':
        this.#deliver(request);
        break;
      case 'report':
        this.#statistics.countReport(request);
        break;
    }
    this.#wake();
  }

  /** Answers `open`, then renders until the signal aborts. Rejects with what ends the stream. */
  async run(signal: AbortSignal): Promise<void> {
    const { model } = this.#options;
    const { name, sampleRateHz } = model.manifest;
    const { lookaheadFrames } = this;
    await this.#options.send({
      type: 'opened',
      model: name,
      modelDigest: model.digest,
      modelRateHz: sampleRateHz,
      lookaheadFrames,
    });
    const progress = setInterval(() => this.#sendProgress(), limits.progressMillis);
    const feed = setInterval(() => this.#tellLane(), laneFeedMillis);
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted) await this.#advance(signal);
    } finally {
      clearInterval(progress);
      clearInterval(feed);
      signal.removeEventListener('abort', wake);
      this.#endEpoch();
    }
  }

  snapshot(): SessionSnapshot {
    const { open, model } = this.#options;
    const epoch = this.#epoch;
    const report = this.#statistics.report;
    const delivered = finite(epoch?.passage.score.deliveredTemperature);
    return {
      id: this.id,
      hostName: open.hostName,
      model: model.manifest.name,
      sampleRateHz: open.sampleRateHz,
      seed: epoch?.start.seed ?? 0,
      epoch: epoch?.start.epoch ?? 0,
      exact: epoch?.start.exact ?? false,
      playing: epoch?.playing ?? false,
      playheadFrame: epoch?.playheadFrame ?? 0,
      renderedFrame: epoch?.passage.renderedFrame ?? 0,
      temperatureDelivered: delivered,
      temperatureEvaluated: finite(epoch?.temperatureEvaluated, delivered),
      guideAmount: epoch?.guideAmount ?? 0,
      ...this.#statistics.takePeaks(),
      underrunCount: report?.underrunCount ?? 0,
      underrunFrameCount: report?.underrunFrameCount ?? 0,
      exactMissFrameCount: report?.exactMissFrameCount ?? 0,
      overflowCount: report?.overflowCount ?? 0,
      gapFrameCount: this.#statistics.gapFrameCount,
      replacedValueCount: this.#statistics.replacedValueCount,
      realTimeFactor: this.#statistics.realTimeFactor,
      linkMillis: this.linkMillis,
      takeCount: 0,
      following: false,
      kept: false,
      revisionCount: 0,
      refusedRevisionCount: 0,
      knobToSoundMillis: { median: 0, p99: 0, count: 0 },
      hostBlockMillis: 0,
      filterMillis: 0,
      lookaheadMillis: this.#options.lookaheadMillis,
      missingModel: '',
      restoring: false,
    };
  }

  #startEpoch(start: StartEpochRequest): void {
    const current = this.#epoch?.start.epoch ?? 0;
    if (start.epoch <= current)
      throw new Failure('invalid', `Epoch ${start.epoch} follows on ${current}: it must rise.`);
    this.#endEpoch();
    this.#epoch = new Epoch({
      sessionId: this.id,
      start,
      model: this.#options.model,
      clock: this.#clock,
      lookaheadFrames: this.lookaheadFrames,
      draw: (inputs) => this.#draw(inputs),
      recording: this.#options.records !== undefined,
    });
    this.#options.onRoom();
  }

  #deliver(block: BlockRequest): void {
    const epoch = this.#epoch;
    if (epoch === undefined || block.epoch !== epoch.start.epoch) {
      throw new Failure('invalid', `A block belongs to epoch ${block.epoch}, which is not the current one.`);
    }
    this.#statistics.countBlock(block);
    epoch.deliver(block);
  }

  /** Does the next thing there is to do: sends a chunk, draws some blocks, or waits for a request. */
  async #advance(signal: AbortSignal): Promise<void> {
    const epoch = this.#epoch;
    epoch?.restartIfBehind();
    const chunk = epoch?.nextChunk();
    if (chunk !== undefined) {
      this.#statistics.gapFrameCount += chunk.gapFrameCount;
      this.#sentSinceProgress = true;
      if (!this.full) this.#options.onRoom();
      await this.#options.send(chunk);
    } else if (epoch?.passage.needsDraws(epoch.targetFrame)) {
      await epoch.passage.drawMore(epoch.targetFrame);
    } else {
      if (!this.full) this.#options.onRoom();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (signal.aborted) resolve();
      });
    }
  }

  async #draw(inputs: DrawInputs): Promise<DrawnBlocks> {
    const { drawn, runMillis } = await this.#options.pool.draw(this.#options.model, inputs, this.#deadlineMillis());
    this.#statistics.countDraw(drawn.bins.length / this.#clock.modelRateHz, runMillis);
    return drawn;
  }

  /** When the next draw is needed, on the clock of performance.now(): as the playhead reaches what is not rendered. */
  #deadlineMillis(): number {
    const now = performance.now();
    const epoch = this.#epoch;
    if (epoch === undefined || epoch.start.exact) return now + exactDeadlineMillis;
    const slackFrames = epoch.passage.renderedFrame - epoch.playheadFrame;
    return now + (slackFrames * 1000) / this.#clock.hostRateHz;
  }

  #sendProgress(): void {
    const epoch = this.#epoch;
    const sent = this.#sentSinceProgress;
    this.#sentSinceProgress = false;
    if (sent || epoch === undefined || !epoch.start.exact) return;
    const { renderedFrame } = epoch.passage;
    const { targetFrame } = epoch;
    if (renderedFrame >= targetFrame) return;
    void this.#options.send({ type: 'progress', epoch: epoch.start.epoch, renderedFrame, targetFrame });
  }

  #tellLane(): void {
    const stretch = this.#epoch?.feed.take();
    if (stretch !== undefined) this.#options.onLane(stretch);
  }

  #endEpoch(): void {
    this.#tellLane();
    const epoch = this.#epoch;
    this.#epoch = undefined;
    if (epoch?.record !== undefined) this.#options.records?.save(epoch.header, epoch.record);
  }
}

/** Snapshots go to JSON, which knows no NaN. */
function finite(value: number | undefined, otherwise = 0): number {
  return value !== undefined && Number.isFinite(value) ? value : otherwise;
}
