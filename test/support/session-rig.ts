import type { BlockRequest, ChunkResponse, SessionResponse, StartEpochRequest } from '../../service/src/core/events.js';
import type { LaneBlock, LanePoint } from '../../service/src/core/lane.js';
import type { DrawInputs } from '../../service/src/model/engine.js';
import type { PoolDraw } from '../../service/src/model/pool/engine-pool.js';
import { TinyModel, tinyModel } from '../../service/src/model/tiny-model.js';
import type { LaneStretch, SoundStretch } from '../../service/src/session/observe.js';
import { Session } from '../../service/src/session/session.js';
import { MemoryStore } from '../../service/src/store/memory-store.js';
import { TakeBook } from '../../service/src/take/take-book.js';
import { encodeTakes } from '../../service/src/wire/encode-takes.js';
import { blockLanes } from './delivery.js';

/** A block that differs from a plain one: `value` and `points` are the temperature's. */
type BlockChange = Partial<BlockRequest> & { value?: number; points?: LanePoint[]; guideAmount?: LaneBlock };

/** A session without a socket: the tiny model draws in this thread, as soon or as late as the test wants. */
export class SessionRig {
  readonly session: Session;
  readonly store = new MemoryStore();
  readonly takes = new TakeBook();
  readonly sent: SessionResponse[] = [];
  readonly stretches: LaneStretch[] = [];
  readonly sounds: SoundStretch[] = [];
  readonly deadlines: number[] = [];
  /** Temperatures of every draw, in order. */
  readonly drawnTemperatures: number[][] = [];
  /** While true, draws wait. */
  stalled = false;
  #release: () => void = () => {};
  readonly #engine = new TinyModel();
  readonly #end = new AbortController();
  readonly #running: Promise<void>;

  constructor(lookaheadMillis = 150) {
    this.session = new Session({
      id: 'rig',
      open: {
        type: 'open',
        instanceId: '0'.repeat(32),
        hostName: 'rig',
        sampleRateHz: 48_000,
        model: 'tiny',
        takes: new Uint8Array(0),
      },
      model: { kind: 'here', verified: tinyModel, engine: 'onnx' },
      store: this.store,
      takes: this.takes,
      encodeTakes,
      pool: { draw: (_, _engine, inputs, deadlineMillis) => this.#draw(inputs, deadlineMillis) },
      lookaheadMillis,
      records: undefined,
      send: (response) => {
        this.sent.push(response);
        return Promise.resolve();
      },
      onLane: (stretch) => this.stretches.push(stretch),
      onSound: (stretch) => this.sounds.push(stretch),
      onRoom: () => {},
    });
    this.#running = this.session.run(this.#end.signal);
  }

  get chunks(): ChunkResponse[] {
    return this.sent.filter((response) => response.type === 'chunk');
  }

  start(change: Partial<StartEpochRequest> = {}): void {
    const rootFrame = change.rootFrame ?? 0;
    this.session.handle({
      type: 'start-epoch',
      epoch: 1,
      rootFrame,
      seed: 1,
      offline: false,
      resumeFrame: rootFrame,
      startMode: 'continue',
      resumes: false,
      ...change,
    });
  }

  block(startFrame: number, change: BlockChange = {}): void {
    const { value = 1, points = [], guideAmount, ...rest } = change;
    const temperature = { startFrame, valueAtStart: value, points };
    this.session.handle({
      type: 'block',
      epoch: 1,
      startFrame,
      frameCount: 256,
      playing: true,
      lanes: blockLanes(startFrame, { temperature, ...(guideAmount && { guideAmount }) }),
      guide: undefined,
      coarse: false,
      keep: false,
      revision: 0,
      loop: undefined,
      musicalTime: undefined,
      replacedValueCount: 0,
      ...rest,
    });
  }

  stall(): void {
    this.stalled = true;
  }

  release(): void {
    this.stalled = false;
    this.#release();
  }

  /** Waits until the session has nothing more to do. */
  async idle(): Promise<void> {
    for (let quiet = 0, last = -1; quiet < 3; ) {
      await new Promise((resolve) => setImmediate(resolve));
      const now = this.sent.length + this.drawnTemperatures.length;
      quiet = now === last ? quiet + 1 : 0;
      last = now;
    }
  }

  /** Settles once the session has ended by itself. */
  ended(): Promise<void> {
    return this.#running;
  }

  async end(): Promise<void> {
    this.release();
    this.#end.abort();
    await this.#running;
  }

  async #draw(inputs: DrawInputs, deadlineMillis: number): Promise<PoolDraw> {
    this.deadlines.push(deadlineMillis);
    this.drawnTemperatures.push([...inputs.temperature]);
    while (this.stalled) {
      await new Promise<void>((resolve) => {
        this.#release = resolve;
      });
    }
    return { drawn: await this.#engine.draw(inputs), runMillis: 1 };
  }
}
