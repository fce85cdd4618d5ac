import type { LanePoint } from '../../service/src/core/lane.js';
import { Clock } from '../../service/src/core/units.js';
import { TinyModel, tinyModel } from '../../service/src/model/tiny-model.js';
import { Passage } from '../../service/src/render/passage.js';
import type { DrawBlocks } from '../../service/src/render/passage-options.js';
import { playable } from '../../service/src/render/playable-model.js';
import type { FinalSteps } from '../../service/src/render/take-steps.js';
import { MemoryStore } from '../../service/src/store/memory-store.js';
import type { SegmentStore } from '../../service/src/store/segment-store.js';
import { TakeBook } from '../../service/src/take/take-book.js';
import { blockLanes, LaneDelivery } from './delivery.js';

export interface TinyRender {
  readonly rateHz: number;
  readonly seed?: number;
  readonly rootFrame: number;
  readonly frameCount: number;
  readonly lane: readonly LanePoint[];
  readonly guide?: Float32Array;
  readonly guideAmount?: number;
  /** Frames of the next block. */
  readonly nextBlockFrames: () => number;
  /** Called between any two things that are done; `true` delivers the next block before what is delivered is rendered. */
  readonly deliverEarly?: () => boolean;
  readonly draw?: DrawBlocks;
  readonly takes?: TakeBook;
  readonly store?: SegmentStore;
}

export interface TinyResult {
  readonly audio: Float32Array;
  readonly steps: FinalSteps[];
}

/** Renders an offline passage of the tiny model in this thread, delivered block by block as a host would. */
export async function renderTiny(options: TinyRender): Promise<TinyResult> {
  const { rateHz, rootFrame, frameCount, lane, nextBlockFrames, guide } = options;
  const engine = new TinyModel();
  const passage = new Passage({
    model: playable(tinyModel, 'onnx'),
    clock: new Clock(rateHz, tinyModel.manifest.sampleRateHz),
    seed: options.seed ?? 1,
    rootFrame,
    offline: true,
    startMode: 'continue',
    resumes: false,
    takes: options.takes ?? new TakeBook(),
    store: options.store ?? new MemoryStore(),
    draw: options.draw ?? ((inputs) => engine.draw(inputs)),
  });
  const delivery = new LaneDelivery(lane, rootFrame);
  const endFrame = rootFrame + frameCount;
  const audio = new Float32Array(frameCount);
  const steps: FinalSteps[] = [];
  while (passage.renderedFrame < endFrame) {
    const delivered = passage.inputs.deliveredFrame;
    if (delivered < endFrame && (passage.renderedFrame >= delivered || options.deliverEarly?.() === true)) {
      const count = Math.min(nextBlockFrames(), endFrame - delivered);
      const temperature = delivery.block(delivered, count);
      const guideAmount = { startFrame: delivered, valueAtStart: options.guideAmount ?? 1, points: [] };
      passage.inputs.appendBlock(blockLanes(delivered, { temperature, guideAmount }));
      const from = delivered - rootFrame;
      passage.inputs.advance(count, guide?.subarray(from, from + count));
    }
    const chunk = passage.nextChunk(passage.inputs.deliveredFrame);
    if (chunk === undefined) await passage.drawMore(passage.inputs.deliveredFrame);
    else {
      audio.set(chunk.values, chunk.startFrame - rootFrame);
      const final = passage.takeFinal();
      if (final !== undefined) steps.push(final);
    }
  }
  passage.finish();
  return { audio, steps };
}
