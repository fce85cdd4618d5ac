/** What the gallery shows; scripts/lib/gallery writes it into the page. Times are in seconds of the experiment. */
export interface Gallery {
  readonly exhibits: readonly Exhibit[];
  /** What is worth hearing side by side: by ids, all as long as one another. */
  readonly comparisons: readonly Comparison[];
}

export interface Comparison {
  readonly title: string;
  readonly text: string;
  readonly ids: readonly string[];
}

export interface Exhibit {
  readonly id: string;
  readonly title: string;
  readonly story: string;
  readonly model: string;
  /** Undefined where it could not be rendered: `missing` says why. */
  readonly sound: Sound | undefined;
  readonly missing: string | undefined;
}

export interface Sound {
  readonly take: number;
  readonly seconds: number;
  /** Addresses relative to the page. */
  readonly audio: string;
  /** Only the colours, time across, log frequency up from `lowestHz` to `highestHz`. */
  readonly spectrogram: string;
  readonly lowestHz: number;
  readonly highestHz: number;
  /** Loudest amplitude and RMS of equal parts of the time. */
  readonly peak: readonly number[];
  readonly rms: readonly number[];
  /** The lane as a line through [second, temperature]; a jump is two points at one second. */
  readonly lane: readonly (readonly [second: number, temperature: number])[];
  /** Temperatures worth playing on this model: they span the colours. */
  readonly useful: { readonly start: number; readonly end: number };
  readonly sections: readonly (readonly [second: number, name: string])[];
  readonly guide: Guide | undefined;
}

export interface Guide {
  readonly audio: string;
  /** Middles of the windows, and in each the likeness to the guide, −1 to 1. */
  readonly seconds: readonly number[];
  readonly likeness: readonly number[];
  /** The same of an experiment that differs by having no guide. */
  readonly without: { readonly id: string; readonly likeness: readonly number[] } | undefined;
}

/** The temperature at a second; at a jump, what it jumps to. */
export function temperatureAt(lane: Sound['lane'], second: number): number {
  const next = lane.findIndex(([at]) => at > second);
  const [from, low] = lane[next === -1 ? lane.length - 1 : Math.max(0, next - 1)] ?? [0, Number.NaN];
  const [to, high] = (next === -1 ? lane.at(-1) : lane[next]) ?? [from, low];
  return to > from && second > from ? low + ((high - low) * (second - from)) / (to - from) : low;
}

/** The value of the window whose middle is nearest. */
export function likenessAt({ seconds, likeness }: Guide, second: number): number {
  const next = seconds.findIndex((middle) => middle >= second);
  if (next <= 0) return likeness[next === 0 ? 0 : likeness.length - 1] ?? Number.NaN;
  const nearer = second - (seconds[next - 1] ?? 0) < (seconds[next] ?? 0) - second ? next - 1 : next;
  return likeness[nearer] ?? Number.NaN;
}
