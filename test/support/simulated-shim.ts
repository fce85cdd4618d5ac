import type { ChunkResponse } from '../../service/src/core/events.js';
import type { SongFrame } from '../../service/src/core/units.js';
import { oneAFrame } from './one-a-frame.js';

/** What one frame of playback was; one-a-frame.ts says what it is of stereo. */
export type Heard = number | 'gap';

/**
 * The plugin's rules for revisions and preludes (docs/protocol.md, "Playback"), in so few words that they can be seen to be
 * right: chunks wait until a block is played, a newer revision counts if it splices at that block's start or later, and
 * nothing of an older one is played beyond the splice.
 */
export class SimulatedShim {
  epoch = 0;
  /** The newest revision that was accepted, and the one that was refused last. */
  revision = 0;
  #refused = -1;
  #validEnd = 0;
  #frames = new Map<SongFrame, number>();
  #waiting: ChunkResponse[] = [];
  #prelude: { root: SongFrame; end: SongFrame; frames: Map<SongFrame, number> } | undefined;

  /** A chunk has come in. */
  receive(chunk: ChunkResponse): void {
    this.#waiting.push(chunk);
  }

  /** An epoch begins at `root`; true: with its prelude. */
  start(root: SongFrame): boolean {
    this.takeIn(Number.NEGATIVE_INFINITY);
    const prelude = this.#prelude?.root === root ? this.#prelude : undefined;
    this.epoch += 1 + (this.#prelude !== undefined && prelude === undefined ? 1 : 0);
    this.revision = 0;
    this.#refused = -1;
    this.#frames = prelude?.frames ?? new Map();
    this.#validEnd = prelude?.end ?? root;
    this.#prelude = undefined;
    this.#waiting = this.#waiting.filter((chunk) => chunk.epoch === this.epoch);
    return prelude !== undefined;
  }

  /** Looks at what has come, before a block that begins at `startFrame` is played. */
  takeIn(startFrame: SongFrame): void {
    for (const chunk of this.#waiting.splice(0)) {
      if (chunk.preludeRoot !== undefined && chunk.epoch === this.epoch + 1)
        this.#takePrelude(chunk, chunk.preludeRoot);
      else if (chunk.epoch === this.epoch) this.#take(chunk, startFrame);
    }
  }

  /** The frames of a block, as they are played. */
  play(startFrame: SongFrame, frameCount: number): Heard[] {
    return Array.from({ length: frameCount }, (_, index) => {
      const frame = startFrame + index;
      return frame < this.#validEnd ? (this.#frames.get(frame) ?? 'gap') : 'gap';
    });
  }

  #take(chunk: ChunkResponse, startFrame: SongFrame): void {
    // What was under way when it was refused.
    if (chunk.revision === this.#refused) return;
    if (chunk.revision < this.revision) throw new Error('a revision goes on behind a newer one');
    if (chunk.revision > this.revision) {
      // One that begins behind all there is replaces nothing, however late it comes.
      if (chunk.startFrame < startFrame && chunk.startFrame < this.#validEnd) {
        this.#refused = chunk.revision;
        return;
      }
      this.revision = chunk.revision;
    } else if (chunk.startFrame !== this.#validEnd + chunk.gapFrameCount) {
      throw new Error(`a chunk at ${chunk.startFrame} follows on ${this.#validEnd} without a newer revision`);
    }
    this.#validEnd = putIn(this.#frames, chunk);
  }

  #takePrelude(chunk: ChunkResponse, root: SongFrame): void {
    if (this.#prelude?.root !== root) this.#prelude = { root, end: root, frames: new Map() };
    this.#prelude.end = putIn(this.#prelude.frames, chunk);
  }
}

/** Puts in what is heard of a chunk, and returns the frame after its last. */
function putIn(frames: Map<SongFrame, number>, { startFrame, values, channelCount }: ChunkResponse): SongFrame {
  const heard = oneAFrame(values, channelCount, startFrame);
  for (const [index, value] of heard.entries()) frames.set(startFrame + index, value);
  return startFrame + heard.length;
}
