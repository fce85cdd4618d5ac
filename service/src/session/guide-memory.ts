import type { SongFrame } from '../core/units.js';

/** Guide that is remembered of one instance: five minutes at 48 kHz are 29 MB. Beyond it the oldest is forgotten. */
const framesMax = 5 * 60 * 48_000;
const pageFrames = 16_384;
const fullScale = 32_767;

/** The guide as it was heard last, by song frame, in sixteen bits: for what is rendered where it was heard, without the host. */
export class GuideMemory {
  /** By index of the page, the one written last at the end. */
  readonly #pages = new Map<number, Int16Array>();

  /** Takes in a block; undefined is silence, which is remembered where there was something. */
  add(startFrame: SongFrame, frameCount: number, mono: Float32Array | undefined): void {
    for (let index = 0; index < frameCount; ) {
      const frame = startFrame + index;
      const page = Math.floor(frame / pageFrames);
      const offset = frame - page * pageFrames;
      const count = Math.min(frameCount - index, pageFrames - offset);
      const values = mono === undefined ? this.#pages.get(page) : this.#touch(page);
      for (let at = 0; values !== undefined && at < count; at += 1) {
        const value = mono?.[index + at] ?? 0;
        values[offset + at] = Number.isFinite(value) ? Math.round(fullScale * Math.min(1, Math.max(-1, value))) : 0;
      }
      index += count;
    }
  }

  /** Whether anything is remembered of [from, to). */
  knows(from: SongFrame, to: SongFrame): boolean {
    for (let page = Math.floor(from / pageFrames); page * pageFrames < to; page += 1) {
      if (this.#pages.has(page)) return true;
    }
    return false;
  }

  /** Mono of [startFrame, startFrame + frameCount); undefined: silence throughout. */
  frames(startFrame: SongFrame, frameCount: number): Float32Array | undefined {
    if (!this.knows(startFrame, startFrame + frameCount)) return undefined;
    return Float32Array.from({ length: frameCount }, (_, index) => {
      const frame = startFrame + index;
      const page = Math.floor(frame / pageFrames);
      return (this.#pages.get(page)?.[frame - page * pageFrames] ?? 0) / fullScale;
    });
  }

  #touch(page: number): Int16Array {
    const values = this.#pages.get(page) ?? new Int16Array(pageFrames);
    this.#pages.delete(page);
    this.#pages.set(page, values);
    for (const oldest of this.#pages.keys()) {
      if (this.#pages.size * pageFrames <= framesMax) break;
      this.#pages.delete(oldest);
    }
    return values;
  }
}
