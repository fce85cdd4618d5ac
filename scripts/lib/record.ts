/** Reads what `simmer serve --record` and `simmer render --record` wrote: a folder per epoch. */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Emphasis } from '../../service/src/core/emphasis.js';
import type { Interpolation, LanePoint } from '../../service/src/core/lane.js';
import type { SoundKind, SoundValues } from '../../service/src/core/sound.js';

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
  readonly offline: boolean;
  readonly filterDelaySteps: number;
  readonly emphasis: Emphasis;
  readonly sound: SoundKind;
  readonly steps: number;
  readonly truncated: boolean;
  /** Runs of steps without a hole; one, where nothing went wrong. */
  readonly segments: readonly { readonly firstStep: number; readonly steps: number }[];
  readonly delivered: readonly LanePoint[];
  readonly temperature: Float32Array;
  readonly entropy: Float32Array;
  /** service/src/core/sound.ts says what stands for the sound of a step. */
  readonly drawn: SoundValues;
  /** Mono by song frame from rootFrame on; undefined: silent. */
  readonly guide: Float32Array | undefined;
}

/** All finished epochs below a folder, the one that ended first first. */
export function readRecords(folder: string): EpochRecord[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => !name.startsWith('.') && existsSync(join(folder, name, 'epoch.json')))
    .map((name) => ({ path: join(folder, name), written: statSync(join(folder, name, 'epoch.json')).mtimeMs }))
    .sort((left, right) => left.written - right.written)
    .map(({ path }) => readRecord(path));
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
    drawn: readSound(folder, description.sound),
    guide: existsSync(guide) ? readFloats(guide) : undefined,
  };
}

/** The last offline epoch that draws the song to `endFrame` (a host that fell was run again). @throws Error when none does */
export function offlineEpoch(folder: string, endFrame: number): EpochRecord {
  const records = readRecords(folder);
  const reaches = ({ rootStep, steps, sampleRateHz, modelRateHz }: EpochRecord) =>
    (rootStep + steps) * sampleRateHz >= (endFrame - 1) * modelRateHz;
  const record = records.findLast((candidate) => candidate.offline && reaches(candidate));
  if (record !== undefined) return record;
  const seen = records.map(
    ({ epoch, offline, rootFrame, steps }) =>
      `${epoch}: ${offline ? 'offline' : 'live'} from ${rootFrame}, ${steps} steps`,
  );
  throw new Error(`No offline epoch reaches frame ${endFrame} (${seen.join('; ') || 'no epoch was recorded'}).`);
}

/** The place of a recorded step in the lane, in song frames. */
export function frameOfIndex({ rootStep, sampleRateHz, modelRateHz }: EpochRecord, index: number): number {
  return ((rootStep + index) * sampleRateHz) / modelRateHz;
}

function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}

function readSound(folder: string, kind: SoundKind): SoundValues {
  if (kind === 'mu-law') return new Uint8Array(readFileSync(join(folder, 'drawn.u8')));
  const bytes = readFileSync(join(folder, 'sound.i16'));
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  return kind === 'pcm16' ? new Int16Array(buffer) : new Int32Array(buffer);
}

function readPoints(path: string): LanePoint[] {
  const [, ...lines] = readFileSync(path, 'utf8').trim().split('\n');
  return lines.map((line) => {
    const [frame, value, interpolation] = line.split(',');
    return { frame: Number(frame), value: Number(value), interpolation: interpolation as Interpolation };
  });
}
