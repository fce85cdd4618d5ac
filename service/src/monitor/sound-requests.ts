import type { MonitorLimits } from './limits.js';
import type { PageSounds, PresentSteps } from './page-sounds.js';

/** An answer of bytes, with where of it something is. */
export interface SoundAnswer {
  readonly body: Buffer;
  readonly present: string;
}

type SoundLimits = Pick<MonitorLimits, 'soundStepsMax' | 'peakPairsMax' | 'peakLevelMax'>;

const place = /^\/takes\/([^/]{1,64})\/([0-9a-f]{16})\/(steps|peaks)$/;
/** Steps of the finest pair of peaks; a level more is four times as many. */
const pairSteps = 64;

/**
 * Answers what a page asks of takes' sound: /takes/SESSION/TAKE/steps?from&to and /takes/SESSION/TAKE/peaks?level&from&to.
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
  if (kind === 'steps') {
    if (to - from > limits.soundStepsMax) return undefined;
    const found = await sounds.steps(session, take, from, to);
    return found && { body: bytesOf(found.values), present: presentWords(found.present) };
  }
  const level = wholeNumber(query, 'level');
  if (level === undefined || level > limits.peakLevelMax) return undefined;
  const span = pairSteps * 4 ** level;
  if (from % span !== 0 || to % span !== 0 || (to - from) / span > limits.peakPairsMax) return undefined;
  const found = await sounds.peaks(session, take, level, from, to);
  if (found === undefined) return undefined;
  return { body: bytesOf(found.pairs), present: presentWords(found.present) };
}

/** Whatever Node runs on is little-endian. */
function bytesOf({ buffer, byteOffset, byteLength }: Int8Array | Int16Array): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}

function wholeNumber(query: URLSearchParams, name: string): number | undefined {
  const values = query.getAll(name);
  return values.length === 1 && /^\d{1,12}$/.test(values[0] ?? '') ? Number(values[0]) : undefined;
}

const presentWords = (present: PresentSteps) => present.map(([from, end]) => `${from}-${end}`).join(',');
