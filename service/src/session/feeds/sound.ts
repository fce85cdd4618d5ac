import type { Emphasis } from '../../core/emphasis.js';
import { meanAmplitudeOf, type SoundKind } from '../../core/sound.js';
import type { Clock, SongFrame } from '../../core/units.js';
import type { FinalSteps } from '../../render/take-steps.js';
import type { SoundStretch } from '../observe.js';
import { HeardAmplitudes } from './heard-amplitudes.js';
import { PeakRun } from './peak-run.js';

/** Gathers the peaks of what one instance has just heard, of its take and of its guide, until they are taken. Stereo is shown as its mean. */
export class SoundFeed {
  readonly #session: string;
  readonly #clock: Clock;
  readonly #emphasis: Emphasis;
  readonly #sound: SoundKind;
  readonly #guide = new PeakRun();
  #guideWasHeard = false;
  #take = '';
  #heard = new PeakRun();
  #amplitudes: HeardAmplitudes;
  /** Of takes that were left since the last call. */
  #left: SoundStretch[] = [];

  constructor(session: string, clock: Clock, emphasis: Emphasis, sound: SoundKind) {
    this.#sound = sound;
    this.#session = session;
    this.#clock = clock;
    this.#emphasis = emphasis;
    this.#amplitudes = this.#newAmplitudes();
  }

  /** Takes in steps that have become final. */
  addSteps({ take, first, sound }: FinalSteps): void {
    if (take === undefined) return;
    if (take.id !== this.#take) {
      this.#left.push(...this.#takePeaks());
      this.#take = take.id;
      this.#heard = new PeakRun();
    }
    if (!this.#heard.follows(first)) this.#amplitudes = this.#newAmplitudes();
    for (const [index, bin] of sound.entries()) {
      const amplitude = this.#amplitudes.next(bin);
      this.#heard.add(first + index, amplitude, amplitude);
    }
  }

  /** Takes in a block's guide, mono at the host's rate. Undefined is silence, which is sent once there has been a guide. */
  addGuide(startFrame: SongFrame, frameCount: number, mono: Float32Array | undefined): void {
    this.#guideWasHeard ||= mono !== undefined;
    if (!this.#guideWasHeard) return;
    const { hostRateHz, modelRateHz } = this.#clock;
    for (let index = 0; index < frameCount; index += 1) {
      const step = Math.floor(((startFrame + index) * modelRateHz) / hostRateHz);
      const value = mono?.[index] ?? 0;
      if (step >= 0) this.#guide.add(step, value, value);
    }
  }

  /** What is new since the last call. */
  take(): SoundStretch[] {
    const left = this.#left;
    this.#left = [];
    const guide = this.#guide.take().map((peaks) => ({ type: 'guide' as const, session: this.#session, ...peaks }));
    return [...left, ...this.#takePeaks(), ...guide];
  }

  #newAmplitudes(): HeardAmplitudes {
    return new HeardAmplitudes(this.#emphasis, (value) => meanAmplitudeOf(this.#sound, value));
  }

  #takePeaks(): SoundStretch[] {
    return this.#heard
      .take()
      .map((peaks) => ({ type: 'peaks' as const, session: this.#session, take: this.#take, ...peaks }));
  }
}
