/** An Ardour session, described by what we want of it. All positions are song frames at the session's rate. */
export interface SessionPlan {
  readonly name: string;
  /** Where the session's folder is made; nothing may be there. */
  readonly folder: string;
  readonly sampleRateHz: number;
  readonly startFrame?: number;
  readonly endFrame: number;
  readonly tracks: readonly TrackPlan[];
}

export interface TrackPlan {
  readonly name: string;
  readonly plugins?: readonly PluginPlan[];
  /** Mono audio in a region at frame 0. */
  readonly audio?: Float32Array;
  /** The track whose plugin gets this one in its sidechain, by a Send. */
  readonly sendTo?: string;
  /** Tracks whose left outputs are this one's inputs, channel by channel: what it can record. */
  readonly listensTo?: readonly [left: string, right: string];
  /** Goes nowhere but to those that listen: it is in no export. */
  readonly offMix?: boolean;
}

export interface PluginPlan {
  /** The name under which the host lists it. */
  readonly name: string;
  /** Fixed values by parameter, in the parameter's own unit. */
  readonly parameters?: ReadonlyMap<Parameter, number>;
  readonly lanes?: ReadonlyMap<Parameter, readonly Drawn[]>;
  readonly sidechain?: boolean;
}

/** A point as a person draws it: the host joins points by straight lines. */
export interface Drawn {
  readonly frame: number;
  readonly value: number;
}

/**
 * Simmer's parameters as Ardour counts them: by their permanent ids up to 7; beyond, those that cannot be automated (Run, Render wait,
 * Start) have no number, so that Artist, id 12, is the ninth.
 */
export const parameters = {
  temperature: 0,
  guideAmount: 1,
  guideSource: 2,
  take: 3,
  mix: 4,
  renderWait: 7,
  artist: 9,
  genre: 10,
} as const;
export type Parameter = (typeof parameters)[keyof typeof parameters];
