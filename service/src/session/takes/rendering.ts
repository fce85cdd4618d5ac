import { Failure } from '../../core/failure.js';
import type { LanePoint } from '../../core/lane.js';
import { limits } from '../../core/limits.js';
import { Clock, type SongFrame } from '../../core/units.js';
import { Passage } from '../../render/passage.js';
import type { DrawBlocks } from '../../render/passage-options.js';
import { missing, type PlayableModel } from '../../render/playable-model.js';
import { wholeRange } from '../../render/whole-range.js';
import { MemoryStore } from '../../store/memory-store.js';
import type { SegmentStore } from '../../store/segment-store.js';
import { TakeBook } from '../../take/take-book.js';
import { drawsAlike, type ModelReference, type TakeRecord } from '../../take/take-record.js';
import type { GuideMemory } from '../guide-memory.js';

/** A lane that was drawn on the page. */
export interface DrawnLane {
  readonly points: readonly LanePoint[];
  readonly seed: number;
  /** Of the guide as it was heard there, 0 to 1. */
  readonly guideAmount: number;
}

/** Song frames [from, to). */
export interface FrameRange {
  readonly from: SongFrame;
  readonly to: SongFrame;
}

/** What is to be rendered, checked: reading `frames` to its end renders it. */
export interface Rendering {
  readonly seed: number;
  readonly model: ModelReference;
  /** Pieces of frames; the model's channels are interleaved. */
  readonly frames: AsyncGenerator<Float32Array>;
}

export interface TakeRenderingOptions {
  readonly model: PlayableModel;
  readonly clock: Clock;
  readonly takes: TakeBook;
  readonly store: SegmentStore;
  readonly guide: GuideMemory;
  readonly draw: DrawBlocks;
}

/** Renders for one instance what its host does not ask for: a take again, or a lane that only a page knows. */
export class TakeRendering {
  readonly #options: TakeRenderingOptions;

  constructor(options: TakeRenderingOptions) {
    this.#options = options;
  }

  /** Whether a guide was heard within a range. */
  knowsGuide({ from, to }: FrameRange): boolean {
    return this.#options.guide.knows(from, to);
  }

  /** A stretch of a take as it was heard. @throws Failure `usage` */
  take(id: string, range: FrameRange): Rendering {
    const { takes, model, clock, store, draw } = this.#options;
    const record = takes.byId(id);
    if (record === undefined) throw new Failure('usage', 'This take is no longer there.');
    const { origin } = record;
    const isHere = drawsAlike(origin.model, model.reference);
    const own = isHere ? model : missing(origin.model);
    const ownClock = isHere ? clock : new Clock(clock.hostRateHz, origin.model.rateHz);
    checkRange(range, clock);
    checkWithin(range, record, ownClock);
    const passage = new Passage({
      ...{ model: own, clock: ownClock, store, draw, seed: origin.seed, rootFrame: range.from },
      ...{ offline: true, startMode: 'exactly', resumes: false, takes: new TakeBook(), follow: record },
    });
    const frames = wholeRange(passage, {
      ...{ fromFrame: range.from, endFrame: range.to, guideAmount: 0, guide: () => undefined },
      points: [{ frame: range.from, value: 1, interpolation: 'hold' }],
    });
    return { seed: origin.seed, model: origin.model, frames };
  }

  /** A drawn lane, and nothing of it is remembered. @throws Failure `usage` */
  lane(lane: DrawnLane, range: FrameRange): Rendering {
    return this.#lane(lane, range, new MemoryStore(), new TakeBook());
  }

  /** A drawn lane, which becomes a take of this instance when it is whole; `done` is called with its id. @throws Failure `usage` */
  laneAsTake(lane: DrawnLane, range: FrameRange, name: string, done: (take: string) => void): Rendering {
    const { takes, store } = this.#options;
    const apart = new TakeBook();
    const rendering = this.#lane(lane, range, store, apart);
    return { ...rendering, frames: andThen(rendering.frames, () => done(adopt(takes, apart, name))) };
  }

  #lane({ points, seed, guideAmount }: DrawnLane, range: FrameRange, store: SegmentStore, takes: TakeBook): Rendering {
    const { model, clock, draw, guide } = this.#options;
    checkRange(range, clock);
    if (model.initialState === undefined) {
      throw new Failure('usage', 'The model of this song is not here, so nothing new can be drawn from it.');
    }
    const passage = new Passage({
      ...{
        model,
        clock,
        seed,
        rootFrame: range.from,
        offline: true,
        startMode: 'exactly',
        resumes: false,
        takes,
        store,
      },
      draw,
    });
    const rendered = wholeRange(passage, {
      ...{ points, fromFrame: range.from, endFrame: range.to, guideAmount },
      guide: (startFrame, frameCount) => (guideAmount > 0 ? guide.frames(startFrame, frameCount) : undefined),
    });
    return { seed, model: model.reference, frames: andThen(rendered, () => passage.finish()) };
  }
}

async function* andThen(frames: AsyncGenerator<Float32Array>, end: () => void): AsyncGenerator<Float32Array> {
  yield* frames;
  end();
}

/** Takes over the one take that was rendered apart. */
function adopt(takes: TakeBook, apart: TakeBook, name: string): string {
  const record = apart.records.at(-1);
  if (record === undefined) throw new Failure('internal', 'A lane was rendered, and no take is there.');
  record.drawn = true;
  record.name = name;
  takes.add(record);
  return record.id;
}

function checkRange({ from, to }: FrameRange, { hostRateHz }: Clock): void {
  if (from < 0) throw new Failure('usage', 'There is no audio before the song begins: choose a later stretch.');
  if (to <= from) throw new Failure('usage', 'The stretch ends before it begins.');
  if (to - from > limits.bounceSecondsMax * hostRateHz) {
    throw new Failure('usage', `A stretch is at most ${limits.bounceSecondsMax / 3600} hours long.`);
  }
}

function checkWithin({ from, to }: FrameRange, record: TakeRecord, clock: Clock): void {
  const [first, end] = [clock.firstFrameAt(record.origin.rootStep), clock.firstFrameAt(record.endStep)];
  if (from >= first && to <= end) return;
  const at = (frame: SongFrame) => `${(frame / clock.hostRateHz).toFixed(3)} s`;
  throw new Failure('usage', `This take was heard from ${at(first)} to ${at(end)}: choose a stretch within that.`);
}
