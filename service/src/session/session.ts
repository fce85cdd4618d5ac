import { noLabels } from '../core/condition.js';
import type { BlockRequest, OpenRequest, SessionRequest, SessionResponse, StartEpochRequest } from '../core/events.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { SessionSnapshot } from '../core/monitor.js';
import { channelCountOf } from '../core/sound.js';
import { Clock } from '../core/units.js';
import type { DrawInputs, DrawnBlocks } from '../model/engine.js';
import type { EngineName } from '../model/engine-name.js';
import { labelsOf } from '../model/manifest.js';
import type { EnginePool, PoolDraw } from '../model/pool/engine-pool.js';
import type { VerifiedModel } from '../model/verified-model.js';
import type { RecordFolder } from '../record/record-folder.js';
import { missing, type PlayableModel, playable } from '../render/playable-model.js';
import type { SegmentStore } from '../store/segment-store.js';
import { type ChosenModel, TakeBook } from '../take/take-book.js';
import type { ModelReference } from '../take/take-record.js';
import { Epoch } from './epoch.js';
import { SoundFeed } from './feeds/sound.js';
import { GapList } from './gap-list.js';
import { GuideMemory } from './guide-memory.js';
import { type HostState, InstanceState } from './instance-state.js';
import type { LaneStretch, SoundStretch } from './observe.js';
import { ParameterEdits } from './parameter-edits.js';
import { Prelude } from './prelude.js';
import { sessionSnapshot } from './snapshot.js';
import { Statistics } from './statistics.js';
import { TakeKeeping } from './takes/keeping.js';
import { RecipeKeeper } from './takes/recipe-keeper.js';
import { TakeRendering } from './takes/rendering.js';
import { TakeSound } from './takes/sound.js';
import { TakeSummaries } from './takes/summaries.js';

/** A bounce may wait this long behind playback of other instances before it is as urgent as they are. */
const offlineDeadlineMillis = 100;
/** What a page asked for waits longer still. */
const bounceDeadlineMillis = 1000;
/** How often whoever observes is sent what is new of lane and sound. */
const feedMillis = 100;

/** What a session plays: a model and an engine that are here, or what is stored of takes by others, and what people are to know. */
export type SessionModel =
  | { readonly kind: 'here'; readonly verified: VerifiedModel; readonly engine: EngineName }
  | { readonly kind: 'missing'; readonly reference: ModelReference; readonly message: string };

export interface SessionOptions {
  readonly id: string;
  readonly open: OpenRequest;
  readonly model: SessionModel;
  readonly store: SegmentStore;
  /** The takes that the song remembers; undefined: they cannot be read, and are left as they are. */
  readonly takes: TakeBook | undefined;
  readonly encodeTakes: (takes: TakeBook) => Uint8Array;
  readonly pool: Pick<EnginePool, 'draw'>;
  readonly lookaheadMillis: number;
  readonly records: RecordFolder | undefined;
  /** Sends one response; settles when more may be sent. */
  readonly send: (response: SessionResponse) => Promise<void>;
  readonly onLane: (stretch: LaneStretch) => void;
  readonly onSound: (stretch: SoundStretch) => void;
  /** Called when reading may go on after `full`. */
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
  readonly #model: PlayableModel;
  readonly #takes: TakeBook;
  readonly #keeper: RecipeKeeper | undefined;
  readonly #statistics = new Statistics();
  readonly #instance = new InstanceState();
  /** The takes, for people to look at, and what they do with them. */
  readonly summaries: TakeSummaries;
  readonly keeping: TakeKeeping;
  readonly sound: TakeSound;
  /** What pages have rendered beside the host. */
  readonly rendering: TakeRendering;
  readonly #guide = new GuideMemory();
  /** Where audio was not there in time. */
  readonly gaps = new GapList();
  readonly #soundFeed: SoundFeed;
  /** What pages do to the parameters. */
  readonly edits: ParameterEdits;
  #epoch: Epoch | undefined;
  #prelude: Prelude | undefined;
  #wake: () => void = () => {};
  #sentSinceProgress = false;
  #reopening = false;
  #isEngineSaid = false;
  /** Round trip of the link; 0: not measured. */
  linkMillis = 0;

  constructor(options: SessionOptions) {
    this.id = options.id;
    this.#options = options;
    const { model, takes, store, encodeTakes, open } = options;
    this.#model = model.kind === 'here' ? playable(model.verified, model.engine) : missing(model.reference);
    this.#clock = new Clock(open.sampleRateHz, this.#model.reference.rateHz);
    this.#takes = takes ?? new TakeBook();
    this.summaries = new TakeSummaries(this.#takes);
    this.keeping = new TakeKeeping(this.#takes, takes !== undefined);
    this.sound = new TakeSound(
      this.#takes,
      store,
      (record, from, end) => this.#epoch?.passage.newest(record, from, end),
      this.#clock,
    );
    this.rendering = new TakeRendering({
      ...{ model: this.#model, clock: this.#clock, takes: this.#takes, store, guide: this.#guide },
      draw: async (inputs) => (await this.#drawBy(inputs, performance.now() + bounceDeadlineMillis)).drawn,
    });
    this.#soundFeed = new SoundFeed(this.id, this.#clock, this.#model.reference.emphasis, this.#model.reference.sound);
    this.edits = new ParameterEdits((edit) => void options.send(edit).catch(() => {}));
    const send = (recipe: Uint8Array) => void options.send({ type: 'takes', recipe }).catch(() => {});
    if (takes !== undefined) {
      this.#keeper = new RecipeKeeper({ takes, owner: open.instanceId, store, encode: encodeTakes, send });
    }
  }

  /** The rate of the host's frames, Hz. */
  get hostRateHz(): number {
    return this.#clock.hostRateHz;
  }

  /** Track, tempo, loop and inputs as the host said last. */
  get hostState(): HostState {
    return this.#instance.current;
  }

  get lookaheadFrames(): number {
    return Math.round((this.#options.lookaheadMillis * this.#clock.hostRateHz) / 1000);
  }

  /** For people: which model is missing; empty: none. */
  get missingModel(): string {
    const { model } = this.#options;
    return model.kind === 'missing' ? model.message : '';
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
        this.gaps.add(request.missed);
        break;
      case 'instance':
        this.#instance.update(request);
        this.edits.applied(request.appliedSequence);
        break;
    }
    this.#wake();
  }

  /**
   * Goes over to another model: the recipe says so, and the stream ends, whereupon the plugin opens it anew with that recipe.
   * @throws Failure `usage` while the host exports, and where the song cannot be changed.
   */
  chooseModel(model: ChosenModel): void {
    const { digest, name } = this.#model.reference;
    if (this.#epoch?.start.offline === true && this.#epoch.playing) {
      throw new Failure('usage', 'The host is exporting. Choose another model when it has finished.');
    }
    if (digest === model.digest && name === model.name && this.#options.model.kind === 'here') return;
    this.keeping.choose(model);
    this.#keeper?.updateNow();
    this.#reopening = true;
    this.#wake();
  }

  /** Answers `open`, then renders until the signal aborts or the stream is to be opened anew. Rejects with what ends it. */
  async run(signal: AbortSignal): Promise<void> {
    const { name, digest, rateHz, sound } = this.#model.reference;
    const { lookaheadFrames, missingModel } = this;
    await this.#options.send({
      type: 'opened',
      model: name,
      modelDigest: digest,
      modelRateHz: rateHz,
      channelCount: channelCountOf(sound),
      lookaheadFrames,
      missingModel,
      temperature: this.#options.model.kind === 'here' ? this.#options.model.verified.manifest.temperature : undefined,
      labels: this.#options.model.kind === 'here' ? labelsOf(this.#options.model.verified.manifest) : noLabels,
    });
    const progress = setInterval(() => this.#sendProgress(), limits.progressMillis);
    const feed = setInterval(() => this.#feedObservers(), feedMillis);
    const takes = setInterval(() => this.#keeper?.update(), limits.takesMillis);
    const wake = () => this.#wake();
    signal.addEventListener('abort', wake);
    try {
      while (!signal.aborted && !this.#reopening) await this.#advance(signal);
    } finally {
      clearInterval(progress);
      clearInterval(feed);
      clearInterval(takes);
      signal.removeEventListener('abort', wake);
      this.#endEpoch();
    }
  }

  snapshot(): SessionSnapshot {
    const { id, hostState, linkMillis, lookaheadFrames, missingModel } = this;
    return sessionSnapshot({
      ...{ id, hostState, linkMillis, lookaheadFrames, missingModel },
      hostName: this.#options.open.hostName,
      model: this.#model.reference.name,
      clock: this.#clock,
      epoch: this.#epoch,
      statistics: this.#statistics,
      takeCount: this.#takes.records.length,
    });
  }

  #startEpoch(start: StartEpochRequest): void {
    const current = this.#epoch?.start.epoch ?? 0;
    if (start.epoch <= current)
      throw new Failure('invalid', `Epoch ${start.epoch} follows on ${current}: it must rise.`);
    this.#checkResumed(start);
    this.#endEpoch();
    const prelude = this.#prelude;
    this.#prelude = undefined;
    this.#epoch = prelude?.isThatOf(start) === true ? prelude.epoch : this.#makeEpoch(start);
    this.#options.onRoom();
  }

  /** What an export has of another stream may be of another engine: the song must say that it is not. */
  #checkResumed({ offline, rootFrame, resumeFrame }: StartEpochRequest): void {
    if (!offline || resumeFrame <= Math.max(0, rootFrame) || this.#takes.isDrawnBy(this.#model.reference)) return;
    throw new Failure(
      'invalid',
      `The song does not say by which engine its export was drawn up to frame ${resumeFrame}: export it again.`,
    );
  }

  #makeEpoch(start: StartEpochRequest): Epoch {
    const { store, records } = this.#options;
    const epoch: Epoch = new Epoch({
      sessionId: this.id,
      start,
      model: this.#model,
      clock: this.#clock,
      lookaheadFrames: this.lookaheadFrames,
      takes: this.#takes,
      store,
      draw: (inputs) => this.#draw(inputs, epoch),
      soundFeed: this.#soundFeed,
      recording: records !== undefined,
    });
    return epoch;
  }

  #deliver(block: BlockRequest): void {
    const epoch = this.#epoch;
    if (epoch === undefined || block.epoch !== epoch.start.epoch) {
      throw new Failure('invalid', `A block belongs to epoch ${block.epoch}, which is not the current one.`);
    }
    this.#statistics.countBlock(block);
    this.#instance.updateFromBlock(block);
    if (block.playing) this.#sayEngine();
    if (block.playing) this.#guide.add(block.startFrame, block.frameCount, block.guide);
    epoch.deliver(block);
  }

  /** Tells the plugin by what the song is drawn, before the first frame: a service that takes over goes on with that. */
  #sayEngine(): void {
    if (this.#isEngineSaid || this.#options.model.kind === 'missing') return;
    this.#isEngineSaid = true;
    this.#takes.playBy(this.#model.reference);
    this.#keeper?.updateNow();
  }

  /** Does the next thing there is to do: sends a chunk, draws some blocks, or waits for a request. */
  async #advance(signal: AbortSignal): Promise<void> {
    const epoch = this.#epoch;
    epoch?.keepUp();
    const chunk = epoch?.nextChunk() ?? this.#prelude?.nextChunk();
    if (chunk !== undefined) {
      this.#statistics.gapFrameCount += chunk.gapFrameCount;
      this.#sentSinceProgress = true;
      if (!this.full) this.#options.onRoom();
      await this.#options.send(chunk);
    } else if (epoch?.passage.needsDraws(epoch.targetFrame)) {
      await epoch.passage.drawMore(epoch.targetFrame);
    } else if (this.#preparePrelude(epoch)) {
      await this.#prelude?.epoch.passage.drawMore(this.#prelude.epoch.targetFrame);
    } else {
      if (!this.full) this.#options.onRoom();
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        if (signal.aborted) resolve();
      });
    }
  }

  /** Makes the beginning of the loop ready where the wrap is near. True: there is something to draw for it. */
  #preparePrelude(epoch: Epoch | undefined): boolean {
    if (epoch === undefined) return false;
    const rootFrame = Prelude.rootFor(epoch, this.#clock.hostRateHz);
    const prepared = this.#prelude?.epoch.start;
    const fits = prepared?.epoch === epoch.start.epoch + 1 && prepared.rootFrame === rootFrame;
    if (!fits || this.#prelude?.epoch.passage.stillHolds !== true) this.#prelude = undefined;
    if (rootFrame === undefined) return false;
    const { deliveredTemperature } = epoch.passage.inputs;
    this.#prelude ??= Prelude.prepare(epoch, rootFrame, deliveredTemperature, (start) => this.#makeEpoch(start));
    return this.#prelude.epoch.passage.needsDraws(this.#prelude.epoch.targetFrame);
  }

  async #draw(inputs: DrawInputs, epoch: Epoch): Promise<DrawnBlocks> {
    const { drawn, runMillis } = await this.#drawBy(inputs, this.#deadlineMillis(epoch));
    this.#statistics.countDraw(drawn.sound.length / this.#clock.modelRateHz, runMillis);
    return drawn;
  }

  #drawBy(inputs: DrawInputs, deadlineMillis: number): Promise<PoolDraw> {
    const { model, pool } = this.#options;
    if (model.kind === 'missing') throw new Failure('internal', 'There is no model to draw from.');
    return pool.draw(model.verified, model.engine, inputs, deadlineMillis, this.id);
  }

  /** When a draw is needed, on the clock of performance.now(): as the playhead reaches what is not rendered. */
  #deadlineMillis(epoch: Epoch): number {
    const now = performance.now();
    if (epoch.start.offline) return now + offlineDeadlineMillis;
    const current = this.#epoch;
    const toWrap =
      epoch === current || current === undefined ? 0 : (current.loop?.endFrame ?? 0) - current.playheadFrame;
    const slackFrames = epoch.passage.renderedFrame - epoch.playheadFrame + Math.max(0, toWrap);
    return now + (slackFrames * 1000) / this.#clock.hostRateHz;
  }

  #sendProgress(): void {
    const epoch = this.#epoch;
    const sent = this.#sentSinceProgress;
    this.#sentSinceProgress = false;
    if (sent || epoch === undefined || !epoch.start.offline) return;
    const { renderedFrame } = epoch.passage;
    const { targetFrame } = epoch;
    if (renderedFrame >= targetFrame) return;
    void this.#options.send({ type: 'progress', epoch: epoch.start.epoch, renderedFrame, targetFrame });
  }

  #feedObservers(): void {
    if (this.#epoch !== undefined) this.#feedLane(this.#epoch);
    for (const stretch of this.#soundFeed.take()) this.#options.onSound(stretch);
  }

  #feedLane(epoch: Epoch): void {
    const stretch = epoch.feed.take();
    if (stretch !== undefined) this.#options.onLane(stretch);
  }

  #endEpoch(): void {
    const epoch = this.#epoch;
    this.#epoch = undefined;
    if (epoch === undefined) return;
    epoch.passOnFinal();
    epoch.passage.finish();
    this.#feedLane(epoch);
    const { revisionCount, refusedCount, reactionsMillis } = epoch.passage.splices;
    this.#statistics.countRevisions(revisionCount, refusedCount, reactionsMillis);
    this.#keeper?.updateNow();
    if (epoch.record !== undefined) this.#options.records?.save(epoch.header, epoch.record);
  }
}
