import { valueAtEnd } from '../../service/src/core/input-lanes.js';
import type { LanePoint } from '../../service/src/core/lane.js';
import { Lane, type LaneBlock } from '../../service/src/core/lane.js';
import { parameterId } from '../../service/src/core/parameters.js';
import type { SongFrame } from '../../service/src/core/units.js';
import type { DrawInputs } from '../../service/src/model/engine.js';
import type { EngineName } from '../../service/src/model/engine-name.js';
import { playable } from '../../service/src/render/playable-model.js';
import { Session, type SessionModel } from '../../service/src/session/session.js';
import type { SegmentStore } from '../../service/src/store/segment-store.js';
import type { TakeBook } from '../../service/src/take/take-book.js';
import { decodeTakes } from '../../service/src/wire/decode-takes.js';
import { encodeTakes } from '../../service/src/wire/encode-takes.js';
import { blockLanes, LaneDelivery } from './delivery.js';
import { oneAFrame } from './one-a-frame.js';
import { playedModel } from './played-model.js';
import { type Heard, SimulatedShim } from './simulated-shim.js';

export interface HostOptions {
  readonly store: SegmentStore;
  /** The song's saved recipe; empty: a new song. */
  readonly recipe?: Uint8Array;
  readonly rateHz?: number;
  readonly lookaheadMillis?: number;
  /** How many turns of the event loop a session gets between two blocks: few make chunks late. */
  readonly turns?: () => number;
  /** The model is not on this machine. */
  readonly withoutModel?: boolean;
  /** What is played, where it is not `playedModel` on its usual engine. */
  readonly model?: SessionModel;
  /** How many turns a draw of so many blocks takes. */
  readonly drawTurns?: (blocks: number) => number;
}

export interface Stretch {
  readonly from: SongFrame;
  readonly frameCount: number;
  readonly lane: readonly LanePoint[];
  readonly nextBlockFrames: () => number;
  readonly seed?: number;
  readonly startMode?: 'continue' | 'fresh' | 'exactly';
  /** The transport rolled on to `from`. */
  readonly resumes?: boolean;
  readonly keep?: boolean;
  readonly loop?: { readonly startFrame: SongFrame; readonly endFrame: SongFrame };
  readonly guide?: { readonly amount: readonly LanePoint[]; readonly at: (frame: SongFrame) => number };
}

interface Delivery {
  readonly lane: LaneDelivery;
  readonly amount: LaneDelivery;
}

const noGuide: readonly LanePoint[] = [{ frame: 0, value: 0, interpolation: 'hold' }];

const here: SessionModel = { kind: 'here', verified: playedModel.verified, engine: playedModel.engine };
const missingModel: SessionModel = {
  kind: 'missing',
  reference: playable(playedModel.verified, playedModel.engine).reference,
  message: `${playedModel.verified.manifest.name} (${playedModel.verified.digest.slice(0, 12)}) is not here`,
};

/** One engine stands for every other: one that is another draws other bits, here by other uniforms. */
function asDrawnBy(engine: EngineName, inputs: DrawInputs): DrawInputs {
  return engine === playedModel.engine ? inputs : { ...inputs, uniform: inputs.uniform.map((value) => 1 - value) };
}

/**
 * A host and its plugin in this thread, without a clock or a socket: plays and bounces stretches of one song. What it gives is a value
 * a frame, also of a stereo model (one-a-frame.ts).
 */
export class SimulatedHost {
  readonly session: Session;
  readonly takes: TakeBook;
  recipe: Uint8Array;
  /** Sound that was drawn, in blocks of 4 ms: those of a SampleRNN at 16 kHz. */
  drawnBlocks = 0;
  readonly store: SegmentStore;
  /** What ended the session, if it ended by itself. */
  ended: unknown;
  readonly #shim = new SimulatedShim();
  readonly #options: HostOptions;
  readonly #end = new AbortController();
  readonly #running: Promise<void>;
  readonly #engine = playedModel.open();
  readonly rateHz: number;
  #bounced: { values: Float32Array; from: SongFrame; end: SongFrame } | undefined;

  constructor(options: HostOptions) {
    this.#options = options;
    this.store = options.store;
    this.recipe = options.recipe ?? new Uint8Array(0);
    this.rateHz = options.rateHz ?? 48_000;
    const takes = decodeTakes(this.recipe);
    if (takes === undefined) throw new Error('the recipe cannot be read');
    this.takes = takes;
    this.session = new Session({
      id: 'simulated',
      open: {
        type: 'open',
        instanceId: '1'.repeat(32),
        hostName: 'simulated',
        sampleRateHz: this.rateHz,
        model: playedModel.verified.manifest.name,
        takes: this.recipe,
      },
      model: options.model ?? (options.withoutModel ? missingModel : here),
      pool: {
        draw: async (_, engine, inputs) => {
          // In 4 ms of sound, whatever the model draws at once: a row of codes is six of them.
          const blocks = inputs.temperature.length / playedModel.verified.manifest.sampleRateHz / 0.004;
          await this.#turn(options.drawTurns?.(blocks) ?? 0);
          this.drawnBlocks += blocks;
          const drawn = await (await this.#engine).draw(asDrawnBy(engine, inputs));
          return { drawn, runMillis: 1 };
        },
      },
      store: options.store,
      takes,
      encodeTakes,
      lookaheadMillis: options.lookaheadMillis ?? 150,
      records: undefined,
      send: (response) => {
        if (response.type === 'takes') this.recipe = response.recipe;
        if (response.type !== 'chunk') return Promise.resolve();
        if (this.#bounced === undefined) this.#shim.receive(response);
        else if (response.epoch === this.#shim.epoch) {
          const values = oneAFrame(response.values, response.channelCount, response.startFrame);
          this.#bounced.values.set(values, response.startFrame - this.#bounced.from);
          this.#bounced.end = response.startFrame + values.length;
        }
        return Promise.resolve();
      },
      onLane: () => {},
      onSound: () => {},
      onRoom: () => {},
    });
    this.#running = this.session.run(this.#end.signal);
    this.#running.catch((thrown: unknown) => {
      this.ended = thrown;
    });
  }

  /** Plays as in realtime; what is heard, frame by frame. */
  async play(stretch: Stretch): Promise<Heard[]> {
    // It is compiled in other threads, which know nothing of turns: what is heard shall not hang on how long they take.
    await this.#engine;
    this.#bounced = undefined;
    this.#start(stretch, false);
    const heard: Heard[] = [];
    await this.#blocks(stretch, async (frame, count, message) => {
      this.#shim.takeIn(frame);
      this.session.handle({ ...message, revision: this.#shim.revision });
      heard.push(...this.#shim.play(frame, count));
      await this.#turn(this.#options.turns?.() ?? 200);
    });
    return heard;
  }

  /** Bounces: waits for every block. `coarse`: one value per block, that of its end. */
  async bounce(stretch: Stretch, coarse = false): Promise<Float32Array> {
    const bounced = {
      values: new Float32Array(stretch.frameCount),
      from: stretch.from,
      end: Math.max(0, stretch.from),
    };
    this.#bounced = bounced;
    this.#start(stretch, true);
    const lane = Lane.from(stretch.lane);
    await this.#blocks(stretch, async (frame, count, message) => {
      const said = message.lanes;
      const oneValue = (block: LaneBlock, value: number): LaneBlock => {
        return { ...block, points: [{ frame, value, interpolation: 'linear' }] };
      };
      const temperature = oneValue(said[parameterId.temperature], lane.valueAt(frame + count));
      const amount = said[parameterId.guideAmount];
      const guideAmount = oneValue(amount, valueAtEnd(amount));
      const oneValueEach = { ...message, coarse: true, lanes: blockLanes(frame, { temperature, guideAmount }) };
      this.session.handle(coarse ? oneValueEach : message);
      while (bounced.end < frame + count && this.ended === undefined) await this.#turn(1);
      if (this.ended !== undefined) throw this.ended;
    });
    return bounced.values;
  }

  /** Ends the session as closing the song does, and returns the recipe that is saved. */
  async close(): Promise<Uint8Array> {
    this.#end.abort();
    await this.#running.catch(() => {});
    return this.recipe;
  }

  #start(stretch: Stretch, offline: boolean): void {
    this.#shim.start(stretch.from);
    this.session.handle({
      type: 'start-epoch',
      epoch: this.#shim.epoch,
      rootFrame: stretch.from,
      resumeFrame: stretch.from,
      seed: stretch.seed ?? 1,
      offline,
      startMode: stretch.startMode ?? 'continue',
      resumes: stretch.resumes ?? false,
    });
  }

  async #blocks(
    stretch: Stretch,
    each: (frame: SongFrame, count: number, message: ReturnType<SimulatedHost['blockMessage']>) => Promise<void>,
  ): Promise<void> {
    const delivery = {
      lane: new LaneDelivery(stretch.lane, stretch.from),
      amount: new LaneDelivery(stretch.guide?.amount ?? noGuide, stretch.from),
    };
    const end = stretch.from + stretch.frameCount;
    for (let frame = stretch.from; frame < end; ) {
      const count = Math.min(stretch.nextBlockFrames(), end - frame);
      await each(frame, count, this.blockMessage(stretch, delivery, frame, count));
      frame += count;
    }
  }

  blockMessage(stretch: Stretch, delivery: Delivery, frame: SongFrame, frameCount: number) {
    const { guide, loop, keep } = stretch;
    return {
      type: 'block' as const,
      epoch: this.#shim.epoch,
      startFrame: frame,
      frameCount,
      playing: true,
      lanes: blockLanes(frame, {
        temperature: delivery.lane.block(frame, frameCount),
        guideAmount: delivery.amount.block(frame, frameCount),
      }),
      guide: guide && Float32Array.from({ length: frameCount }, (_, index) => guide.at(frame + index)),
      coarse: false,
      keep: keep ?? false,
      revision: 0,
      loop,
      musicalTime: undefined,
      replacedValueCount: 0,
    };
  }

  async #turn(count: number): Promise<void> {
    for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  }
}
