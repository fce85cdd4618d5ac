import type { SongFrame } from '../core/units.js';

/** What a bounced file says of itself. */
export interface BounceInfo {
  readonly sampleRateHz: number;
  /** 1, or 2: left and right. */
  readonly channelCount: number;
  readonly frameCount: number;
  /** Where the file begins in the song; not negative. */
  readonly startFrame: SongFrame;
  /** The host's track; '': it does not say. */
  readonly track: string;
  /** What the sound is, for people: the name of a take, say. */
  readonly title: string;
  readonly seed: number;
  readonly model: string;
  /** SHA-256 of the model's manifest, hex. */
  readonly modelDigest: string;
  readonly engine: string;
  /** Of the song at that place; undefined: the host does not say. */
  readonly tempoBpm: number | undefined;
  /** `Simmer 0.1.0`. */
  readonly originator: string;
  readonly madeAt: Date;
}

/** One line for people. */
export function describe({ title, track, seed, model, modelDigest, engine }: BounceInfo): string {
  const of = track === '' ? title : `${title} of ${track}`;
  return `${of}; take ${seed}, ${model} ${modelDigest.slice(0, 12)} on ${engine}`;
}

/** `YYYY-MM-DD` and `hh:mm:ss`, local time, as EBU Tech 3285 wants them. */
export function dateAndTime(at: Date): { date: string; time: string } {
  const two = (value: number) => String(value).padStart(2, '0');
  return {
    date: `${String(at.getFullYear()).padStart(4, '0')}-${two(at.getMonth() + 1)}-${two(at.getDate())}`,
    time: `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}`,
  };
}
