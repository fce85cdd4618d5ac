import { setTimeout as sleep } from 'node:timers/promises';
import { chunkValues, type RenderClient } from './render-client.js';

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

/** Plays as a host does: a block every block's time by the wall clock, taking what is there and counting what is not. */
export async function play(client: RenderClient, options: Playback): Promise<Played> {
  const { epoch, rootFrame, frameCount, blockFrames, sampleRateHz, temperatureAt } = options;
  const audio = new Float32Array(frameCount).fill(Number.NaN);
  let gapFrames = 0;
  let underrunFrames = 0;
  const receiving = (async () => {
    for (;;) {
      const { chunk } = await client.next();
      if (!chunk) continue;
      if (chunk.epoch !== epoch) return;
      gapFrames += chunk.gapFrameCount ?? 0;
      const from = Number(chunk.startFrame) - rootFrame;
      const values = chunkValues(chunk);
      if (from < frameCount) audio.set(values.subarray(0, frameCount - from), from);
    }
  })();
  client.send({ startEpoch: { epoch, rootFrame, resumeFrame: rootFrame, seed: 1, exact: false } });
  const started = performance.now();
  for (let frame = 0; frame < frameCount; frame += blockFrames) {
    const due = started + (frame * 1000) / sampleRateHz;
    await sleep(Math.max(0, due - performance.now()));
    const startFrame = rootFrame + frame;
    client.send({
      block: {
        epoch,
        startFrame,
        frameCount: blockFrames,
        playing: true,
        temperatureAtStart: temperatureAt(startFrame),
        temperature: [{ offsetFrames: blockFrames, value: temperatureAt(startFrame + blockFrames), interpolation: 1 }],
      },
    });
    for (let index = frame; index < Math.min(frame + blockFrames, frameCount); index += 1) {
      if (Number.isNaN(audio[index])) underrunFrames += 1;
    }
  }
  // One frame of another epoch: when it comes, all of this one has come.
  client.send({ startEpoch: { epoch: epoch + 1, rootFrame: 0, seed: 1, exact: true } });
  client.send({ block: { epoch: epoch + 1, startFrame: 0, frameCount: 1, playing: true, temperatureAtStart: 1 } });
  await receiving;
  return { audio, underrunFrames, gapFrames };
}
