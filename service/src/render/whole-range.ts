import { type Condition, conditionInputs } from '../core/condition.js';
import { Lane, type LanePoint } from '../core/lane.js';
import type { SongFrame } from '../core/units.js';
import type { Passage } from './passage.js';

/** What is delivered at a time: the same frames come out whatever this is. */
const deliveredFrames = 4096;

/** A lane that is rendered without a host, from where its passage begins. */
export interface WholeRange {
  readonly points: readonly LanePoint[];
  readonly fromFrame: SongFrame;
  readonly endFrame: SongFrame;
  /** 0 to 1. */
  readonly guideAmount: number;
  /** What a model with labels is asked for throughout; left out: its first artist and genre. */
  readonly condition?: Condition;
  /** Mono guide of [startFrame, startFrame + frameCount); undefined is silence. */
  readonly guide: (startFrame: SongFrame, frameCount: number) => Float32Array | undefined;
}

/**
 * Renders all of it, in pieces of frames, interleaved, that follow on each other: what `simmer render` and a page's bounce both are.
 */
export async function* wholeRange(passage: Passage, range: WholeRange): AsyncGenerator<Float32Array> {
  const { points, fromFrame, endFrame, guideAmount } = range;
  const { inputs } = passage;
  inputs.appendPoints(lead(points, fromFrame));
  inputs.hold('guideAmount', fromFrame, guideAmount);
  if (range.condition !== undefined) {
    for (const input of conditionInputs) inputs.hold(input, fromFrame, range.condition[input]);
  }
  while (passage.renderedFrame < endFrame) {
    const delivered = inputs.deliveredFrame;
    if (passage.renderedFrame === delivered) {
      const frameCount = Math.min(deliveredFrames, endFrame - delivered);
      inputs.advance(frameCount, range.guide(delivered, frameCount));
    }
    const target = inputs.deliveredFrame;
    const chunk = passage.nextChunk(target);
    if (chunk === undefined) await passage.drawMore(target);
    else yield chunk.values;
  }
}

/**
 * The lane as a session would know it: a host that starts at `rootFrame` says its value there, before any point at that
 * very frame, and it also holds for the few steps before.
 */
function lead(points: readonly LanePoint[], rootFrame: number): LanePoint[] {
  const first = points.findIndex((point) => point.frame >= rootFrame);
  const before = Lane.from(first === -1 ? points : points.slice(0, first));
  const ahead = first === -1 ? [] : points.slice(first);
  if (before.last === undefined) return ahead;
  const [next] = ahead;
  if (next?.interpolation === 'linear') before.append(next);
  return [{ frame: rootFrame, value: before.valueAt(rootFrame), interpolation: 'hold' }, ...ahead];
}
