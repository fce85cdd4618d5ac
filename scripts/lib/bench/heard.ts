/** What of a chunk says where it belongs. Song frames. */
export interface ChunkHead {
  readonly startFrame: number;
  readonly endFrame: number;
  readonly revision: number;
}

/**
 * Follows the plugin's rules for revisions (docs/protocol.md, "Playback") without keeping any audio: which revision is
 * heard, and where there is audio.
 */
export class Heard {
  /** The newest revision that was accepted. */
  revision = 0;
  refusedCount = 0;
  /** Frames that were not there when their block was played. */
  missingFrames = 0;
  #refused = -1;
  /** Where there is audio, in order. */
  #stretches: { from: number; end: number }[] = [];
  readonly #waiting: ChunkHead[] = [];
  readonly #onAccepted: (spliceFrame: number) => void;

  constructor(onAccepted: (spliceFrame: number) => void = () => {}) {
    this.#onAccepted = onAccepted;
  }

  /** The frame after the last one there is audio for. */
  get endFrame(): number {
    return this.#stretches.at(-1)?.end ?? Number.NEGATIVE_INFINITY;
  }

  /** An epoch begins. */
  restart(): void {
    this.revision = 0;
    this.#refused = -1;
    this.#stretches = [];
    this.#waiting.length = 0;
  }

  receive(chunk: ChunkHead): void {
    this.#waiting.push(chunk);
  }

  /** A block is played: takes in what has come, and counts what of the block is not there. */
  play(startFrame: number, frameCount: number): void {
    this.takeIn(startFrame);
    const endFrame = startFrame + frameCount;
    let there = 0;
    for (const { from, end } of this.#stretches) {
      there += Math.max(0, Math.min(end, endFrame) - Math.max(from, startFrame));
    }
    this.missingFrames += frameCount - there;
    this.#stretches = this.#stretches.filter(({ end }) => end > endFrame);
  }

  /** Takes in what has come, before a block that begins at `startFrame`. */
  takeIn(startFrame: number): void {
    for (const chunk of this.#waiting.splice(0)) {
      if (chunk.revision < this.revision || chunk.revision === this.#refused) continue;
      if (chunk.revision > this.revision) {
        // Late, and it would replace what was played: where it replaces nothing it is welcome all the same.
        if (chunk.startFrame < startFrame && chunk.startFrame < this.endFrame) {
          this.#refused = chunk.revision;
          this.refusedCount += 1;
          continue;
        }
        this.revision = chunk.revision;
        this.#cutAt(chunk.startFrame);
        this.#onAccepted(chunk.startFrame);
      }
      const last = this.#stretches.at(-1);
      if (last?.end === chunk.startFrame) last.end = chunk.endFrame;
      else this.#stretches.push({ from: chunk.startFrame, end: chunk.endFrame });
    }
  }

  #cutAt(frame: number): void {
    this.#stretches = this.#stretches
      .filter(({ from }) => from < frame)
      .map(({ from, end }) => ({ from, end: Math.min(end, frame) }));
  }
}
