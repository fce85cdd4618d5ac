import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repository } from '../../scripts/lib/folders.js';
import { runProcess } from '../../scripts/lib/process.mjs';
import { readWav } from '../../scripts/lib/wav-file.js';
import { temporaryFolder } from './service-process.js';

// The language of native-shim/crates/host/src/bin/simmer-host.rs, which documents it. Positions are song frames, values plain.

export type ToldMode = 'realtime' | 'prefetch' | 'offline';

export interface LanePoint {
  readonly frame: number;
  readonly value: number;
}

export interface HostLane {
  readonly points: readonly LanePoint[];
  readonly delivery?: 'points' | 'inside' | 'staircase' | 'steps';
}

export interface Segment {
  readonly kind: 'play' | 'stop' | 'bounce' | 'announced-offline' | 'prefetch';
  /** Letters, digits, - and _. */
  readonly name?: string;
  readonly fromFrame?: number;
  readonly frameCount: number;
  readonly blocks?: number | readonly number[] | { readonly random: number; readonly max?: number };
  readonly pace?: 'realtime' | 'fast' | { readonly aheadMillis: number };
  readonly thread?: 'setup' | 'another';
  readonly setupMode?: ToldMode;
  readonly callMode?: ToldMode;
  readonly setUpAgain?: boolean;
  readonly sampleRate?: number;
  readonly blockFramesMax?: number;
  readonly loop?: { readonly start: number; readonly end: number; readonly wrap: 'split' | 'inside' | 'none' };
  readonly transport?: 'normal' | 'null-context' | 'no-position' | 'stuck';
  readonly lane?: HostLane;
  readonly guideAmount?: HostLane;
  readonly guide?: {
    readonly kind: 'sine' | 'noise';
    readonly hz?: number;
    readonly amplitude?: number;
    readonly seed?: number;
    readonly bus?: 'sidechain' | 'input';
  };
  readonly parameters?: Readonly<Record<string, number>>;
  readonly automation?: readonly { readonly frame: number; readonly parameter: string; readonly value: number }[];
  readonly abuse?: {
    readonly nullInputsEvery?: number;
    readonly nullOutputsEvery?: number;
    readonly nullChannelsEvery?: number;
    readonly emptyBlockEvery?: number;
    readonly inPlace?: boolean;
    readonly dirtyOutput?: 'marked' | 'previous' | 'loud';
  };
  readonly loadState?: string;
  readonly saveState?: string;
  readonly pauseMillis?: number;
  readonly untilStatus?: string;
  readonly untilMillis?: number;
  readonly untilFile?: string;
}

export interface Scenario {
  readonly sampleRate?: number;
  readonly blockFramesMax?: number;
  readonly tempoBpm?: number;
  readonly loadState?: string;
  readonly saveState?: string;
  readonly parameters?: Readonly<Record<string, number>>;
  readonly signature?: readonly [number, number];
  readonly track?: { readonly name: string; readonly colour?: number };
  readonly runLoop?: boolean;
  /** Titles of parameters. */
  readonly touch?: readonly string[];
  readonly segments: readonly Segment[];
}

/** One call, as crates/host-kit/src/play/report.rs has it. */
export interface PlayedBlock {
  readonly songFrame?: number;
  readonly frameCount: number;
  readonly calledMicros: number;
  readonly tookMicros: number;
  readonly lateMicros: number;
  readonly failed: boolean;
  readonly withoutOutput: boolean;
  readonly status?: string;
  readonly missedFrames: number;
}

export interface PlayedSegment {
  readonly name: string;
  readonly sampleRate: number;
  readonly frameCount: number;
  readonly passages: readonly {
    readonly offset: number;
    readonly songFrame: number;
    readonly frameCount: number;
  }[];
  readonly setupMode: ToldMode;
  readonly callMode: ToldMode;
  readonly tookMillis: number;
  readonly longestCallMicros: number;
  readonly lateBlocks: number;
  readonly failedCalls: number;
  readonly status?: string;
  /** Since the instance was made. */
  readonly missedFrames: number;
  readonly blocks: readonly PlayedBlock[];
  readonly left: Float32Array;
  readonly right: Float32Array;
}

/** One step of a gesture of which the plugin told the host. */
export interface PlayedGesture {
  readonly parameter: string;
  readonly phase: 'begin' | 'perform' | 'end';
  readonly value?: number;
  readonly atMicros: number;
  readonly onSetupThread: boolean;
}

export interface PlayedInstance {
  readonly segments: readonly PlayedSegment[];
  readonly gestures: readonly PlayedGesture[];
  /** What was written in touch mode, by title. */
  readonly touched: Readonly<Record<string, readonly LanePoint[]>>;
  /** The file its state was saved in at the end, if that was asked for. */
  readonly state?: string;
}

export type PluginFormat = 'vst3' | 'clap';

export interface HostOptions {
  readonly runtimeDir: string;
  /** CLAP has a host of its own, of one instance, which plays and stops. */
  readonly format?: PluginFormat;
  /** A bundle or a binary; otherwise the plugin that cargo built beside the host. */
  readonly plugin?: string;
  /** How many instances play each scenario at once. */
  readonly instances?: number;
  /** Where the host writes; relative states are there. */
  readonly folder?: string;
  readonly timeoutMillis?: number;
}

/** The host ended with another status than 0, by a signal, or not in time. */
export class HostError extends Error {
  /** 1: the plugin broke its contract; 2: anything else; null: ended by a signal. */
  readonly code: number | null;

  constructor(message: string, code: number | null) {
    super(message);
    this.code = code;
  }
}

const profile = 'debug';

export function hostFolder(): string {
  return join(process.env.CARGO_TARGET_DIR ?? join(repository, 'native-shim', 'target'), profile);
}

/** The test host as cargo built it. @throws Error when it is not built */
export function findBuiltHost(format: PluginFormat = 'vst3'): string {
  const name = format === 'vst3' ? 'simmer-host' : 'simmer-clap-host';
  const program = join(hostFolder(), process.platform === 'win32' ? `${name}.exe` : name);
  if (existsSync(program)) return program;
  throw new Error(`${program} is missing: run \`cargo build -p ${name}\` in native-shim.`);
}

/** Carries out a scenario, or several at once, in a process of its own. Resolves to the instances in their order. */
export async function runHost(
  scenario: Scenario | readonly Scenario[],
  {
    runtimeDir,
    format = 'vst3',
    plugin,
    instances = 1,
    folder = temporaryFolder(),
    timeoutMillis = 300_000,
  }: HostOptions,
): Promise<PlayedInstance[]> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify('segments' in scenario ? scenario : { instances: scenario }));
  const args = [file, '--out', folder];
  if (format === 'vst3') args.push('--instances', `${instances}`);
  if (plugin !== undefined) args.push('--plugin', plugin);
  const ended = await runProcess(findBuiltHost(format), args, {
    env: { ...process.env, SIMMER_RUNTIME_DIR: runtimeDir },
    timeoutMillis,
  });
  if (ended.code !== 0) {
    const how = ended.timedOut ? `did not end in ${timeoutMillis} ms` : (ended.signal ?? `exit ${ended.code}`);
    throw new HostError(`the ${format} host (${how}): ${ended.lines.slice(-8).join(' | ')}`, ended.code);
  }
  const report = JSON.parse(readFileSync(join(folder, 'report.json'), 'utf8')) as {
    instances: (Omit<PlayedInstance, 'segments'> & {
      segments: (Omit<PlayedSegment, 'left' | 'right'> & { audio: string })[];
    })[];
  };
  return report.instances.map((instance) => ({
    ...instance,
    segments: instance.segments.map((segment) => {
      const [left, right] = readWav(join(folder, segment.audio)).channels;
      if (left === undefined || right === undefined || left.length !== segment.frameCount)
        throw new Error(`${segment.audio} is not what the report says`);
      return { ...segment, left, right };
    }),
  }));
}

/** As `runHost`, for one scenario in one instance. */
export async function runOne(scenario: Scenario, options: HostOptions): Promise<PlayedInstance> {
  const [instance] = await runHost(scenario, options);
  if (instance === undefined) throw new Error('simmer-host reported no instance');
  return instance;
}

/** Frames by which a cut or a gap softens what is around it (simmer-core's DECLICK_FRAMES). */
const fadeFrames = 64;

export interface WholePassage {
  readonly songFrame: number;
  readonly audio: Float32Array;
}

/**
 * What was heard of the song where nothing was missing, in order of hearing: without the calls in which frames were missed,
 * and without what fades after those, after a wrap, and at the segment's beginning if frames were missed before.
 */
export function wholePassages(segment: PlayedSegment, missedBefore = 0): WholePassage[] {
  const whole: WholePassage[] = [];
  for (const passage of segment.passages) {
    const passageEnd = passage.offset + passage.frameCount;
    let from = passage.offset === 0 && missedBefore === 0 ? 0 : passage.offset + fadeFrames;
    let missed = missedBefore;
    let offset = 0;
    const end = (at: number) => {
      const to = Math.min(at, passageEnd);
      if (to <= from) return;
      const songFrame = passage.songFrame + from - passage.offset;
      whole.push({ songFrame, audio: segment.left.subarray(from, to) });
    };
    for (const block of segment.blocks) {
      const next = offset + block.frameCount;
      if (block.missedFrames > missed || block.withoutOutput) {
        end(offset);
        from = Math.max(from, next + fadeFrames);
      }
      missed = block.missedFrames;
      offset = next;
    }
    end(passageEnd);
  }
  return whole;
}
