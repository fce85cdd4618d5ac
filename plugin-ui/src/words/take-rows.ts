import type { TakeSummary } from '../../../service/src/core/monitor.js';
import { seconds, songTime } from './words.js';

export interface TakeRowWords {
  readonly name: string;
  readonly seed: string;
  readonly length: string;
  readonly place: string;
  readonly temperature: string;
  readonly signs: readonly string[];
}

/** What distinguishes a take from the others. */
export function takeRowWords(
  take: TakeSummary,
  modelRateHz: number,
  placeOf: (seconds: number) => string,
): TakeRowWords {
  const [low, , high] = take.temperature;
  const length = Math.max(0, take.endStep - take.firstStep) / modelRateHz;
  const same = Math.abs(high - low) < 0.005;
  const signs = [
    ...(take.current ? ['playing'] : []),
    ...(take.kept ? ['kept'] : []),
    ...(take.drawn ? ['drawn here'] : []),
    ...(take.parent === null ? [] : ['branch']),
  ];
  return {
    name: takeName(take),
    seed: String(take.seed),
    length: length < 120 ? seconds(length) : songTime(length),
    place: placeOf(take.firstStep / modelRateHz),
    temperature: same ? low.toFixed(2) : `${low.toFixed(2)} – ${high.toFixed(2)}`,
    signs,
  };
}

export function takeName({ name, seed }: Pick<TakeSummary, 'name' | 'seed'>): string {
  return name.trim() === '' ? `Take ${seed}` : name;
}

/** What can be seen of takes: the newest first, what plays before all, the discarded ones nowhere. */
export function listedTakes(takes: readonly TakeSummary[]): TakeSummary[] {
  return takes
    .filter((take) => !take.discarded)
    .reverse()
    .sort((left, right) => Number(right.current) - Number(left.current));
}
