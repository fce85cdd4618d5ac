import { Deemphasis } from '../../service/src/core/emphasis.js';
import { Resampler } from '../../service/src/core/resampler.js';
import { amplitudeOf, soundKindOf } from '../../service/src/core/sound.js';
import type { EpochRecord } from './record.js';

/** What can be said of audio by looking at it. */
export interface AudioFacts {
  readonly frames: number;
  readonly peak: number;
  readonly rms: number;
  readonly nonFinite: number;
  /** Share of windows of 20 ms whose RMS is below −60 dB of full scale. */
  readonly silentShare: number;
  /** Longest run of frames that are exactly 0: what a hole would be. */
  readonly longestZeroRun: number;
}

const silenceRms = 10 ** (-60 / 20);

export function examine(values: Float32Array, sampleRateHz: number): AudioFacts {
  let peak = 0;
  let squares = 0;
  let nonFinite = 0;
  let zeroRun = 0;
  let longestZeroRun = 0;
  for (const value of values) {
    if (!Number.isFinite(value)) nonFinite += 1;
    peak = Math.max(peak, Math.abs(value));
    squares += value * value;
    zeroRun = value === 0 ? zeroRun + 1 : 0;
    longestZeroRun = Math.max(longestZeroRun, zeroRun);
  }
  const windowFrames = Math.round(sampleRateHz / 50);
  let windows = 0;
  let silent = 0;
  for (let start = 0; start + windowFrames <= values.length; start += windowFrames) {
    windows += 1;
    if (rms(values.subarray(start, start + windowFrames)) < silenceRms) silent += 1;
  }
  const rmsOfAll = Math.sqrt(squares / Math.max(1, values.length));
  return {
    frames: values.length,
    peak,
    rms: rmsOfAll,
    nonFinite,
    silentShare: silent / Math.max(1, windows),
    longestZeroRun,
  };
}

export function rms(values: Float32Array): number {
  let squares = 0;
  for (const value of values) squares += value * value;
  return Math.sqrt(squares / Math.max(1, values.length));
}

/**
 * The audio that a record's draws are, at the host's rate, in mono (of a stereo model its left channel): nothing is drawn again. A host's file that equals it has no
 * hole, nothing late and nothing of another place in it.
 */
export function audioOfDraws(record: EpochRecord, startFrame: number, endFrame: number): Float32Array {
  const { rootStep, drawn, modelRateHz, sampleRateHz, emphasis } = record;
  const resampler = new Resampler(modelRateHz, sampleRateHz);
  const deemphasis = new Deemphasis(emphasis);
  const emphasised = new Float32Array(deemphasis.pastSteps + drawn.length + deemphasis.pastSteps);
  const kind = soundKindOf(drawn);
  emphasised.set(
    Float32Array.from(drawn, (value) => amplitudeOf(kind, value, 0)),
    deemphasis.pastSteps,
  );
  // What rings on after the last draw is heard, too.
  const amplitudes = new Float32Array(drawn.length + deemphasis.pastSteps);
  deemphasis.fill(amplitudes, emphasised);
  const amplitude = (step: number) => amplitudes[step - rootStep] ?? 0;
  return Float32Array.from({ length: endFrame - startFrame }, (_, index) =>
    Math.min(1, Math.max(-1, resampler.at(startFrame + index, amplitude))),
  );
}

/** Where two stretches of audio differ: how many frames, and the first of them. */
export function differences(left: Float32Array, right: Float32Array): { count: number; first: number | undefined } {
  let count = Math.abs(left.length - right.length);
  let first: number | undefined = count > 0 ? Math.min(left.length, right.length) : undefined;
  for (let frame = Math.min(left.length, right.length) - 1; frame >= 0; frame -= 1) {
    if (left[frame] === right[frame]) continue;
    count += 1;
    first = frame;
  }
  return { count, first };
}
