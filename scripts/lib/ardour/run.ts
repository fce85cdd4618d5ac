import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { luaFolder } from '../folders.js';
import { readWav, type WavFile } from '../wav-file.js';
import type { ArdourHome } from './home.js';
import { type Patience, patiently, runLua } from './lua.js';
import type { SessionPlan } from './plan.js';

export interface ExportOptions extends Patience {
  readonly blockFrames?: number;
  /** Where the WAV is written. */
  readonly output: string;
  readonly timeoutMillis: number;
  /** Told how much is written, 0 to 1. */
  readonly onProgress?: (share: number) => void;
}

/** Exports the session's range and returns how long the export itself took. */
export function exportSession(home: ArdourHome, plan: SessionPlan, options: ExportOptions): Promise<number> {
  return patiently(options, () => exportOnce(home, plan, options));
}

async function exportOnce(home: ArdourHome, plan: SessionPlan, options: ExportOptions): Promise<number> {
  const { blockFrames = 1024, output, timeoutMillis, onProgress } = options;
  const { startFrame = 0, endFrame, sampleRateHz } = plan;
  mkdirSync(dirname(output), { recursive: true });
  rmSync(output, { force: true });
  const range = [dirname(output), basename(output, '.wav'), `${startFrame}`, `${endFrame}`];
  const args = [plan.folder, plan.name, `${sampleRateHz}`, `${blockFrames}`, home.exportPreset, ...range];
  const times = { began: 0, ended: 0 };
  const wholeBytes = (endFrame - startFrame) * 8;
  const watching = setInterval(() => {
    const bytes = statSync(output, { throwIfNoEntry: false })?.size ?? 0;
    if (times.began > 0 && times.ended === 0) onProgress?.(Math.min(1, bytes / wholeBytes));
  }, 500);
  try {
    await runLua(home, join(luaFolder, 'export.lua'), args, {
      until: 'exported',
      timeoutMillis,
      onSaid: ([word]) => {
        if (word === 'exporting') times.began = performance.now();
        if (word === 'exported') times.ended = performance.now();
      },
    });
  } finally {
    clearInterval(watching);
  }
  onProgress?.(1);
  return (times.ended - times.began) / 1000;
}

/** Bounces a range of a track inside the session, by Ardour's own means, and returns the audio. */
export async function bounceTrack(
  home: ArdourHome,
  plan: SessionPlan,
  options: { readonly track: string; readonly timeoutMillis: number },
): Promise<WavFile> {
  const { startFrame = 0, endFrame, sampleRateHz } = plan;
  const args = [plan.folder, plan.name, `${sampleRateHz}`, options.track, `${startFrame}`, `${endFrame}`];
  const files = ['L', 'R'].map((channel) =>
    join(plan.folder, 'interchange', plan.name, 'audiofiles', `bounced%${channel}.wav`),
  );
  await patiently({}, () => {
    // With these names taken Ardour would find others.
    for (const file of files) rmSync(file, { force: true });
    return runLua(home, join(luaFolder, 'bounce.lua'), args, {
      until: 'bounced',
      timeoutMillis: options.timeoutMillis,
    });
  });
  const [left, right] = files.map(readWav);
  if (left?.channels[0] === undefined || right?.channels[0] === undefined) throw new Error('The bounce left no audio.');
  return { ...left, channels: [left.channels[0], right.channels[0]] };
}

/** A stretch of playback: from where, and for how long. */
export interface Passage {
  readonly fromFrame: number;
  readonly millis: number;
}

/** Plays passage after passage in realtime, seeking from one to the next while the transport rolls. */
export async function playSession(
  home: ArdourHome,
  plan: SessionPlan,
  options: {
    readonly passages: readonly Passage[];
    readonly blockFrames?: number;
    /** A passage begins: `rolling` and its place; it ends: `at` and where the playhead is then. */
    readonly onSaid?: (words: readonly string[]) => void;
  },
): Promise<void> {
  const { passages, blockFrames = 1024, onSaid = () => {} } = options;
  const playMillis = passages.reduce((sum, { millis }) => sum + millis, 0);
  const seeks = passages.flatMap(({ fromFrame, millis }) => [`${fromFrame}`, `${millis}`]);
  const args = [plan.folder, plan.name, `${plan.sampleRateHz}`, `${blockFrames}`, ...seeks];
  let rolled = false;
  const listen = (words: readonly string[]) => {
    rolled = true;
    onSaid(words);
  };
  const roll = () =>
    runLua(home, join(luaFolder, 'roll.lua'), args, {
      until: 'played',
      timeoutMillis: playMillis + 45_000,
      onSaid: listen,
    }).catch((thrown: unknown) => {
      // Once it has played, playing it again would be another playback.
      if (rolled) throw new Error(`Playback broke off: ${String(thrown)}`, { cause: thrown });
      throw thrown;
    });
  await patiently({}, roll);
}

/** Paces of the dummy engine: with half of it a model has twice the time. */
const drivers = { normal: { name: 'Normal Speed', pace: 1 }, half: { name: 'Half Speed', pace: 0.5 } } as const;

export interface RecordOptions {
  /** The track that records. */
  readonly track: string;
  readonly untilFrame: number;
  readonly blockFrames: number;
  readonly speed: keyof typeof drivers;
}

/** Plays from frame 0, recording on a track that listens to others, and saves the session. */
export async function recordPlayback(
  home: ArdourHome,
  plan: SessionPlan,
  { track, untilFrame, blockFrames, speed }: RecordOptions,
): Promise<WavFile> {
  const { name: driver, pace } = drivers[speed];
  const args = [plan.folder, plan.name, `${plan.sampleRateHz}`, `${blockFrames}`, driver, track, `${untilFrame}`];
  let rolled = false;
  await patiently({}, () =>
    runLua(home, join(luaFolder, 'record.lua'), args, {
      until: 'recorded',
      timeoutMillis: (untilFrame / plan.sampleRateHz / pace) * 1000 + 45_000,
      onSaid: () => {
        rolled = true;
      },
    }).catch((thrown: unknown) => {
      // Once it has played, playing it again would be another playback.
      if (rolled) throw new Error(`Playback broke off: ${String(thrown)}`, { cause: thrown });
      throw thrown;
    }),
  );
  const files = join(plan.folder, 'interchange', plan.name, 'audiofiles');
  const recorded = readdirSync(files).filter((file) => file.includes(`${track}-`));
  const [left, right] = ['%L.wav', '%R.wav'].map((end) => recorded.filter((file) => file.endsWith(end)));
  const [leftFile, rightFile] = [left?.[0], right?.[0]];
  if (recorded.length !== 2 || leftFile === undefined || rightFile === undefined)
    throw new Error(`The track ${track} recorded ${recorded.join(', ') || 'nothing'} and not one take in stereo.`);
  const [l, r] = [readWav(join(files, leftFile)), readWav(join(files, rightFile))];
  return { ...l, channels: [...l.channels, ...r.channels] };
}
