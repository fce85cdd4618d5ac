import type { Emphasis } from '../core/emphasis.js';
import type { LanePoint } from '../core/lane.js';
import { formatLaneCsv } from '../core/lane-csv.js';
import { limits } from '../core/limits.js';
import { isOfCodes, type SoundKind, type SoundValues } from '../core/sound.js';
import type { SongFrame, Step } from '../core/units.js';

/** What is known of an epoch when it begins. */
export interface EpochHeader {
  readonly sessionId: string;
  readonly epoch: number;
  readonly model: string;
  readonly digest: string;
  /** What drew from the model: others draw other bits. */
  readonly engine: string;
  readonly seed: number;
  readonly rootFrame: SongFrame;
  readonly rootStep: Step;
  readonly sampleRateHz: number;
  readonly modelRateHz: number;
  readonly offline: boolean;
  readonly filterDelaySteps: number;
  /** How the draws become sound. */
  readonly emphasis: Emphasis;
  readonly sound: SoundKind;
}

const soundWords: Readonly<Record<SoundKind, string>> = {
  'mu-law': 'the bin drawn at each step (mu-law, 256)',
  pcm16: 'the amplitude of each step, int16 little-endian, 32767 is full scale',
  'pcm16-stereo': 'the amplitudes of each step, left and right, int16 little-endian, 32767 is full scale',
};

/** Steps as they were drawn, in the order of the song. */
export interface RecordedSteps {
  readonly first: Step;
  readonly temperature: Float32Array;
  readonly entropy: Float32Array;
  readonly sound: SoundValues;
}

/** Files of a finished record by name. */
export type RecordFiles = ReadonlyMap<string, string | Uint8Array>;

/** Everything that one epoch's audio was made of, kept in memory while it runs, up to limits.recordSecondsMax. */
export class EpochRecord {
  readonly #header: EpochHeader;
  readonly #points: LanePoint[] = [];
  readonly #steps: RecordedSteps[] = [];
  readonly #guide: { startFrame: SongFrame; mono: Float32Array }[] = [];
  #stepCount = 0;
  #truncated = false;

  constructor(header: EpochHeader) {
    this.#header = header;
  }

  /** True when nothing was drawn: there is nothing to write. */
  get empty(): boolean {
    return this.#stepCount === 0;
  }

  addPoints(points: readonly LanePoint[]): void {
    if (!this.#truncated) this.#points.push(...points);
  }

  /** Appends steps. A jump in `first` begins a new segment: the epoch was restarted there. */
  addSteps(steps: RecordedSteps): void {
    if (this.#truncated || steps.sound.length === 0) return;
    if (this.#stepCount + steps.sound.length > limits.recordSecondsMax * this.#header.modelRateHz) {
      this.#truncated = true;
      return;
    }
    this.#steps.push(steps);
    this.#stepCount += steps.sound.length;
  }

  addGuide(startFrame: SongFrame, mono: Float32Array | undefined): void {
    if (mono === undefined || this.#truncated) return;
    this.#guide.push({ startFrame, mono });
  }

  /** The files that describe the epoch; docs/protocol.md names the units, epoch.json says what each array starts at. */
  files(): RecordFiles {
    const { sampleRateHz } = this.#header;
    const files = new Map<string, string | Uint8Array>();
    files.set('epoch.json', `${JSON.stringify(this.#description(), undefined, 2)}\n`);
    files.set('delivered-lane.csv', formatLaneCsv(this.#points, sampleRateHz));
    const lines = this.#points.map((point) => `${point.frame},${point.value},${point.interpolation}\n`);
    files.set('delivered-points.csv', `frame,temperature,interpolation\n${lines.join('')}`);
    files.set('temperature.f32', floatBytes(this.#steps.map((steps) => steps.temperature)));
    files.set('entropy.f32', floatBytes(this.#steps.map((steps) => steps.entropy)));
    files.set(this.#soundFile, Buffer.concat(this.#steps.map(({ sound }) => bytesOf(sound))));
    const guide = this.#guideFrames();
    if (guide !== undefined) files.set('guide.f32', floatBytes([guide]));
    return files;
  }

  #description() {
    return {
      ...this.#header,
      steps: this.#stepCount,
      segments: this.#segments(),
      recordSecondsMax: limits.recordSecondsMax,
      truncated: this.#truncated,
      units: {
        'temperature.f32':
          'temperature of each step, float32 little-endian, from the first step of the first segment on',
        'entropy.f32': 'bits of the distribution each step was drawn from',
        [this.#soundFile]: soundWords[this.#header.sound],
        'delivered-points.csv': 'the lane as delivered, by song frame',
        'delivered-lane.csv': 'the same by seconds; what simmer render reads',
        'guide.f32': 'mono guide by song frame from rootFrame on; absent: silent',
      },
    };
  }

  get #soundFile(): string {
    return isOfCodes(this.#header.sound) ? 'sound.i16' : 'drawn.u8';
  }

  /** Runs of steps without a hole. */
  #segments(): { firstStep: Step; steps: number }[] {
    const segments: { firstStep: Step; steps: number }[] = [];
    for (const { first, sound } of this.#steps) {
      const last = segments.at(-1);
      if (last !== undefined && last.firstStep + last.steps === first) last.steps += sound.length;
      else segments.push({ firstStep: first, steps: sound.length });
    }
    return segments;
  }

  #guideFrames(): Float32Array | undefined {
    const last = this.#guide.at(-1);
    if (last === undefined) return undefined;
    const frames = new Float32Array(last.startFrame + last.mono.length - this.#header.rootFrame);
    for (const { startFrame, mono } of this.#guide) frames.set(mono, startFrame - this.#header.rootFrame);
    return frames;
  }
}

function bytesOf(values: SoundValues): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}

function floatBytes(parts: readonly Float32Array[]): Uint8Array {
  return Buffer.concat(parts.map((part) => new Uint8Array(part.buffer, part.byteOffset, part.byteLength)));
}
