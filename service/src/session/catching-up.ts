import { limits } from '../core/limits.js';
import type { SongFrame } from '../core/units.js';

/** What is to be done about playback that is behind its playhead. */
export type Outlook = 'in-time' | 'catching-up' | 'hopeless';

/**
 * Whether rendering that has fallen behind will catch up soon, judged by how fast it has come nearer. On a machine that has
 * too much to do it never would: beginning anew ahead of the playhead is then heard sooner, and leaves time to others.
 */
export class CatchingUp {
  readonly #windowFrames: number;
  readonly #framesMax: number;
  #since: { readonly playheadFrame: SongFrame; readonly readyFrame: SongFrame } | undefined;

  constructor(hostRateHz: number) {
    this.#windowFrames = (limits.catchUpWindowMillis * hostRateHz) / 1000;
    this.#framesMax = limits.catchUpSecondsMax * hostRateHz;
  }

  /** `readyFrame`: frames before it can be rendered. */
  look(playheadFrame: SongFrame, readyFrame: SongFrame): Outlook {
    const behind = playheadFrame - readyFrame;
    if (behind <= 0) {
      this.#since = undefined;
      return 'in-time';
    }
    this.#since ??= { playheadFrame, readyFrame };
    const played = playheadFrame - this.#since.playheadFrame;
    if (played < this.#windowFrames) return 'catching-up';
    const gained = readyFrame - this.#since.readyFrame - played;
    this.#since = { playheadFrame, readyFrame };
    const framesLeft = gained > 0 ? (behind * played) / gained : Number.POSITIVE_INFINITY;
    return framesLeft > this.#framesMax ? 'hopeless' : 'catching-up';
  }

  /** What comes is another passage. */
  forget(): void {
    this.#since = undefined;
  }
}
