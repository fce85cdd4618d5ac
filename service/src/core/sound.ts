import { binAmplitudes, silentBin } from './mu-law.js';

/**
 * What stands for the sound of a step: one number, whatever it is of, so that as many numbers are as many steps.
 *
 *     mu-law        a bin of the quantizer (docs/models.md)
 *     pcm16         of a model of codes, whose decoder makes audio of them: an amplitude in sixteen bits, value / 32767
 *     pcm16-stereo  of such a model in stereo: two of them in 32 bits, the left one in the lower half. In little-endian order
 *                   these are the bytes of interleaved pcm16
 *
 * The type of the array says which it is.
 */
export type SoundKind = 'mu-law' | 'pcm16' | 'pcm16-stereo';
export type SoundValues = Uint8Array | Int16Array | Int32Array;

export const pcm16Max = 32_767;

export function soundKindOf(values: SoundValues): SoundKind {
  if (values instanceof Uint8Array) return 'mu-law';
  return values instanceof Int16Array ? 'pcm16' : 'pcm16-stereo';
}

/** Room for the sound of so many steps. */
export function soundValues(kind: SoundKind, length: number): SoundValues {
  if (kind === 'mu-law') return new Uint8Array(length);
  return kind === 'pcm16' ? new Int16Array(length) : new Int32Array(length);
}

/** How many channels a step has: 1, or 2, left and right. */
export function channelCountOf(kind: SoundKind): number {
  return kind === 'pcm16-stereo' ? 2 : 1;
}

/** True for models of codes, which conditions shape as well. */
export function isOfCodes(kind: SoundKind): boolean {
  return kind !== 'mu-law';
}

/** What silence is. */
export function silentValue(kind: SoundKind): number {
  return kind === 'mu-law' ? silentBin : 0;
}

/** The amplitude of a channel that a value of this kind stands for, within ±1. Mono stands for every channel. */
export function amplitudeOf(kind: SoundKind, value: number, channel: number): number {
  if (kind === 'mu-law') return binAmplitudes[value] ?? 0;
  if (kind === 'pcm16') return value / pcm16Max;
  return (channel === 0 ? (value << 16) >> 16 : value >> 16) / pcm16Max;
}

/** The mean amplitude of all channels: what is shown of a step, and measured. */
export function meanAmplitudeOf(kind: SoundKind, value: number): number {
  if (kind !== 'pcm16-stereo') return amplitudeOf(kind, value, 0);
  return (amplitudeOf(kind, value, 0) + amplitudeOf(kind, value, 1)) / 2;
}

/** An amplitude in sixteen bits; what lies beyond ±1 is cut off. */
export function pcm16Of(amplitude: number): number {
  return Math.round(pcm16Max * Math.min(1, Math.max(-1, amplitude)));
}

/** Two amplitudes in sixteen bits as one value of `pcm16-stereo`. */
export function stereoValue(left: number, right: number): number {
  return (right << 16) | (left & 0xffff);
}
