import type { LanePoint } from '../../service/src/core/lane.js';
import { LaneDelivery } from './delivery.js';
import { chunkValues, guideAmountLane, type RenderClient, type Request, temperatureLane } from './render-client.js';

export interface Bounce {
  readonly epoch?: number;
  readonly rootFrame?: number;
  readonly resumeFrame?: number;
  readonly frameCount: number;
  readonly seed?: number;
  readonly lane: readonly LanePoint[];
  /** Interleaved stereo. */
  readonly guide?: Float32Array;
  readonly guideAmount?: number;
  readonly nextBlockFrames: () => number;
  /** Called with the frames received so far, after each chunk. */
  readonly onFrames?: (receivedFrames: number) => void;
}

/**
 * Bounces as a host does offline: delivers a block, waits for its audio, delivers the next. Fills `into` (from rootFrame
 * on) and throws when chunks are not contiguous.
 */
export async function bounce(
  client: RenderClient,
  options: Bounce,
  into = new Float32Array(options.frameCount),
): Promise<Float32Array> {
  const { epoch = 1, rootFrame = 0, frameCount, seed = 1, nextBlockFrames } = options;
  const resumeFrame = options.resumeFrame ?? rootFrame;
  client.send({ startEpoch: { epoch, rootFrame, seed, offline: true, resumeFrame } });
  const delivery = new LaneDelivery(options.lane, rootFrame);
  const endFrame = rootFrame + frameCount;
  let received = resumeFrame;
  for (let delivered = rootFrame; delivered < endFrame; ) {
    const count = Math.min(nextBlockFrames(), endFrame - delivered);
    client.send({ block: blockMessage(options, delivery, epoch, delivered, count) });
    delivered += count;
    while (received < Math.min(delivered, endFrame)) {
      const { chunk } = await client.next();
      // What an epoch before this one had under way may still come.
      if (!chunk || (chunk.epoch ?? 0) < epoch) continue;
      if (Number(chunk.startFrame) !== received || chunk.epoch !== epoch) {
        throw new Error(`a chunk at ${chunk.startFrame} of epoch ${chunk.epoch} came where ${received} was next`);
      }
      into.set(chunkValues(chunk), received - rootFrame);
      received += chunk.frameCount ?? 0;
      options.onFrames?.(received - rootFrame);
    }
  }
  return into;
}

function blockMessage(
  options: Bounce,
  delivery: LaneDelivery,
  epoch: number,
  startFrame: number,
  frameCount: number,
): NonNullable<Request['block']> {
  const { valueAtStart, points } = delivery.block(startFrame, frameCount);
  const from = (startFrame - (options.rootFrame ?? 0)) * 2;
  const guide = options.guide?.slice(from, from + frameCount * 2);
  return {
    epoch,
    startFrame,
    frameCount,
    playing: true,
    lanes: [
      temperatureLane(
        valueAtStart,
        points.map((point) => ({
          offsetFrames: point.frame - startFrame,
          value: point.value,
          interpolation: point.interpolation === 'linear' ? 1 : 2,
        })),
      ),
      guideAmountLane(options.guideAmount ?? 0),
    ],
    ...(guide === undefined ? {} : { guide: new Uint8Array(guide.buffer) }),
  };
}
