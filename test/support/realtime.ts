import { setTimeout as sleep } from 'node:timers/promises';
import { chunkValues, type RenderClient, temperatureLane } from './render-client.js';

export interface Playback {
  readonly epoch: number;
  readonly rootFrame: number;
  readonly frameCount: number;
  readonly blockFrames: number;
  readonly sampleRateHz: number;
  /** Temperature at a song frame. */
  readonly temperatureAt: (frame: number) => number;
}

export interface Played {
  /** By song frame from rootFrame on; NaN where nothing came. */
  readonly audio: Float32Array;
  /** Frames whose process call came before they did. */
  readonly underrunFrames: number;
  readonly gapFrames: number;
}

/** Plays as a host does: a block every block's time by the wall clock. Counts what was not there in time, and takes it then. */
export async function play(client: RenderClient, options: Playback): Promise<Played> {
  const { epoch, rootFrame, frameCount, blockFrames, sampleRateHz, temperatureAt } = options;
  const audio = new Float32Array(frameCount).fill(Number.NaN);
  let gapFrames = 0;
  let underrunFrames = 0;
  const receiving = (async () => {
    for (let reached = 0; reached < frameCount; ) {
      const { chunk } = await client.next();
      if (!chunk || chunk.epoch !== epoch) continue;
      gapFrames += chunk.gapFrameCount ?? 0;
      const from = Number(chunk.startFrame) - rootFrame;
      reached = from + (chunk.frameCount ?? 0);
      if (from < frameCount) audio.set(chunkValues(chunk).subarray(0, frameCount - from), from);
    }
  })();
  client.send({ startEpoch: { epoch, rootFrame, resumeFrame: rootFrame, seed: 1, offline: false } });
  const started = performance.now();
  for (let frame = 0; frame < frameCount; frame += blockFrames) {
    const due = started + (frame * 1000) / sampleRateHz;
    await sleep(Math.max(0, due - performance.now()));
    const startFrame = rootFrame + frame;
    const end = { offsetFrames: blockFrames, value: temperatureAt(startFrame + blockFrames), interpolation: 1 };
    client.send({
      block: {
        epoch,
        startFrame,
        frameCount: blockFrames,
        playing: true,
        lanes: [temperatureLane(temperatureAt(startFrame), [end])],
      },
    });
    for (let index = frame; index < Math.min(frame + blockFrames, frameCount); index += 1) {
      if (Number.isNaN(audio[index])) underrunFrames += 1;
    }
  }
  // A busy machine may still be drawing what was due: what is late is counted above, and compared all the same.
  await receiving;
  return { audio, underrunFrames, gapFrames };
}
