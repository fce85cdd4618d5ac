import type { ChunkResponse, StartEpochRequest } from '../core/events.js';
import { limits } from '../core/limits.js';
import type { SongFrame } from '../core/units.js';
import type { Epoch } from './epoch.js';

/** Makes the epoch of a start that the host has not made yet. */
export type PrepareEpoch = (start: StartEpochRequest) => Epoch;

/**
 * The beginning of the host's loop, rendered before the wrap: an epoch that is made ready beside the one that plays. It
 * becomes the next epoch if the transport wraps as expected, and is forgotten otherwise.
 */
export class Prelude {
  readonly epoch: Epoch;
  /** The temperature that is expected there stands in until the host delivers one. */
  private constructor(epoch: Epoch, temperature: number) {
    this.epoch = epoch;
    const { rootFrame } = epoch.start;
    epoch.passage.inputs.hold('temperature', rootFrame, temperature);
  }

  /** Where the current epoch's loop begins, if its end is near and the wrap is worth preparing. */
  static rootFor(epoch: Epoch, hostRateHz: number): SongFrame | undefined {
    const { loop, playing, playheadFrame, start } = epoch;
    if (start.offline || !playing || loop === undefined || loop.startFrame < 0) return undefined;
    const left = loop.endFrame - playheadFrame;
    const played = playheadFrame - loop.startFrame;
    if (played < 0 || left < 0 || left > limits.preludeSeconds * hostRateHz) return undefined;
    // What plays now may be the loop's beginning: until that is heard, another would be prepared with every block.
    const isHeard = start.rootFrame > loop.startFrame || played > 2 * epoch.lookaheadFrames;
    return isHeard || left <= epoch.lookaheadFrames ? loop.startFrame : undefined;
  }

  static prepare(current: Epoch, rootFrame: SongFrame, temperature: number, prepare: PrepareEpoch): Prelude {
    const { seed, startMode, epoch } = current.start;
    const start: StartEpochRequest = {
      type: 'start-epoch',
      epoch: epoch + 1,
      rootFrame,
      seed,
      offline: false,
      resumeFrame: rootFrame,
      startMode,
      resumes: false,
    };
    return new Prelude(prepare(start), temperature);
  }

  /** True when `start` is the epoch that was prepared, and nothing has changed since that it was drawn from. */
  isThatOf(start: StartEpochRequest): boolean {
    const prepared = this.epoch.start;
    return (
      start.epoch === prepared.epoch &&
      start.rootFrame === prepared.rootFrame &&
      start.resumeFrame === prepared.resumeFrame &&
      start.seed === prepared.seed &&
      start.startMode === prepared.startMode &&
      !start.offline &&
      this.epoch.passage.stillHolds
    );
  }

  /** The next chunk of it that is ready. */
  nextChunk(): ChunkResponse | undefined {
    const chunk = this.epoch.nextChunk();
    return chunk === undefined ? undefined : { ...chunk, preludeRoot: this.epoch.start.rootFrame };
  }
}
