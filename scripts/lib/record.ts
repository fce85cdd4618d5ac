/** Reads what `simmer serve --record` and `simmer render --record` wrote: a folder per epoch. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Interpolation, LanePoint } from '../../service/src/core/lane.js';

export interface EpochRecord {
  readonly folder: string;
  readonly sessionId: string;
  readonly epoch: number;
  readonly model: string;
  readonly digest: string;
  readonly seed: number;
  readonly rootFrame: number;
  readonly rootStep: number;
  readonly sampleRateHz: number;
  readonly modelRateHz: number;
  readonly exact: boolean;
  readonly filterDelaySteps: number;
  readonly steps: number;
  readonly truncated: boolean;
  /** Runs of steps without a hole; one, where nothing went wrong. */
  readonly segments: readonly { readonly firstStep: number; readonly steps: number }[];
  readonly delivered: readonly LanePoint[];
  readonly temperature: Float32Array;
  readonly entropy: Float32Array;
  readonly drawn: Uint8Array;
  /** Mono by song frame from rootFrame on; undefined: silent. */
  readonly guide: Float32Array | undefined;
}

/** All finished epochs below a folder, oldest first. */
export function readRecords(folder: string): EpochRecord[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && existsSync(join(folder, name, 'epoch.json')))
    .sort()
    .map((name) => readRecord(join(folder, name)));
}

export function readRecord(folder: string): EpochRecord {
  const description = JSON.parse(readFileSync(join(folder, 'epoch.json'), 'utf8')) as Omit<
    EpochRecord,
    'folder' | 'delivered' | 'temperature' | 'entropy' | 'drawn' | 'guide'
  >;
  const guide = join(folder, 'guide.f32');
  return {
    ...description,
    folder,
    delivered: readPoints(join(folder, 'delivered-points.csv')),
    temperature: readFloats(join(folder, 'temperature.f32')),
    entropy: readFloats(join(folder, 'entropy.f32')),
    drawn: new Uint8Array(readFileSync(join(folder, 'drawn.u8'))),
    guide: existsSync(guide) ? readFloats(guide) : undefined,
  };
}

/** The one exact epoch that draws the song from `rootFrame` to `endFrame`. @throws Error when there is none, or more */
export function exactEpoch(folder: string, endFrame: number): EpochRecord {
  const records = readRecords(folder);
  const wanted = records.filter(
    ({ exact, rootStep, steps, sampleRateHz, modelRateHz }) =>
      exact && (rootStep + steps) * sampleRateHz >= (endFrame - 1) * modelRateHz,
  );
  const [record] = wanted;
  if (record !== undefined && wanted.length === 1) return record;
  const seen = records.map(
    ({ epoch, exact, rootFrame, steps }) => `${epoch}: ${exact ? 'exact' : 'live'} from ${rootFrame}, ${steps} steps`,
  );
  throw new Error(
    `${wanted.length} exact epochs reach frame ${endFrame} (${seen.join('; ') || 'no epoch was recorded'}).`,
  );
}

/** The place of a recorded step in the lane, in song frames. */
export function frameOfIndex({ rootStep, sampleRateHz, modelRateHz }: EpochRecord, index: number): number {
  return ((rootStep + index) * sampleRateHz) / modelRateHz;
}

function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function readPoints(path: string): LanePoint[] {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [frame, value, interpolation] = line.split(',');
    return { frame: Number(frame), value: Number(value), interpolation: interpolation as Interpolation };
  });
}
