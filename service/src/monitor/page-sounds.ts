import type { LanePoints } from '../core/monitor.js';
import type { SongFrame, Step } from '../core/units.js';

/** Stretches of steps [from, end) that are really there; everything else of an answer is filled up. */
export type PresentSteps = readonly (readonly [from: Step, end: Step])[];

/** The lane that a take was delivered, and the one its draws used. */
export interface TakeLane {
  readonly delivered: LanePoints;
  readonly evaluated: LanePoints;
}

/** Where the page's server gets the sound of takes from: a port, which the composition fills. */
export interface PageSounds {
  /** Sixteen-bit amplitudes of [from, end), of a stereo model left and right of each; undefined: there is no such session or take. */
  steps(
    session: string,
    take: string,
    from: Step,
    end: Step,
  ): Promise<{ readonly values: Int16Array; readonly present: PresentSteps } | undefined>;
  /** Pairs of peaks, of stereo those of its mean; undefined: there is no such session or take. */
  peaks(
    session: string,
    take: string,
    level: number,
    from: Step,
    end: Step,
  ): Promise<{ readonly pairs: Int8Array; readonly present: PresentSteps } | undefined>;
  /** The lane of [from, to) in song frames; undefined: there is no such session or take. */
  lane(session: string, take: string, from: SongFrame, to: SongFrame): TakeLane | undefined;
}

export const noSounds: PageSounds = {
  steps: () => Promise.resolve(undefined),
  peaks: () => Promise.resolve(undefined),
  lane: () => undefined,
};
