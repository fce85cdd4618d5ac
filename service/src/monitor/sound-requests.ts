import type { MonitorLimits } from './limits.js';
import type { PageSounds, PresentSteps } from './page-sounds.js';

/** An answer, with where of it something is. */
export interface SoundAnswer {
  readonly body: Buffer;
  readonly contentType: string;
  /** Ranges of steps; undefined: everything asked for. */
  readonly present: string | undefined;
}

type SoundLimits = Pick<MonitorLimits, 'soundStepsMax' | 'peakPairsMax' | 'peakLevelMax'>;

const place = /^\/takes\/([^/]{1,64})\/([0-9a-f]{16})\/(steps|peaks|lane)$/;
/** Steps of the finest pair of peaks; a level more is four times as many. */
const pairSteps = 64;

/**
 * Answers what a page asks of takes: /takes/SESSION/TAKE/ and steps?from&to, peaks?level&from&to or, in song frames, lane?from&to.
 * Undefined: it is no such address, or there is nothing. A name in an address is only ever looked up.
 */
export async function answerSound(
  sounds: PageSounds,
  limits: SoundLimits,
  path: string,
  query: URLSearchParams,
): Promise<SoundAnswer | undefined> {
  const [, session = '', take = '', kind] = place.exec(path) ?? [];
  if (kind === undefined) return undefined;
  const [from, to] = [wholeNumber(query, 'from'), wholeNumber(query, 'to')];
  if (from === undefined || to === undefined || to <= from) return undefined;
  if (kind === 'lane') {
    const lane = sounds.lane(session, take, from, to);
    return lane && { body: Buffer.from(JSON.stringify(lane)), contentType: 'application/json', present: undefined };
  }
  if (kind === 'steps') {
    if (to - from > limits.soundStepsMax) return undefined;
    const found = await sounds.steps(session, take, from, to);
    return found && binary(found.values, found.present);
  }
  const level = wholeNumber(query, 'level');
  if (level === undefined || level > limits.peakLevelMax) return undefined;
  const span = pairSteps * 4 ** level;
  if (from % span !== 0 || to % span !== 0 || (to - from) / span > limits.peakPairsMax) return undefined;
  const found = await sounds.peaks(session, take, level, from, to);
  return found && binary(found.pairs, found.present);
}

/** Whatever Node runs on is little-endian. */
function binary({ buffer, byteOffset, byteLength }: Int8Array | Int16Array, present: PresentSteps): SoundAnswer {
  return {
    body: Buffer.from(buffer, byteOffset, byteLength),
    contentType: 'application/octet-stream',
    present: presentWords(present),
  };
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const values = query.getAll(name);
  return values.length === 1 && /^\d{1,12}$/.test(values[0] ?? '') ? Number(values[0]) : undefined;
}

const presentWords = (present: PresentSteps) => present.map(([from, end]) => `${from}-${end}`).join(',');
