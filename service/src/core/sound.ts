import { binAmplitudes, silentBin } from './mu-law.js';

/**
 * What stands for the sound of a step: a bin of the quantizer (`mu-law`, docs/models.md), or of a model of codes, whose decoder makes
 * audio of them, an amplitude in sixteen bits (`pcm16`, value / 32767). The type of the array says which it is.
 */
export type SoundKind = 'mu-law' | 'pcm16';
export type SoundValues = Uint8Array | Int16Array;

export const pcm16Max = 32_767;

export function soundKindOf(values: SoundValues): SoundKind {
  return values instanceof Uint8Array ? 'mu-law' : 'pcm16';
}

/** Room for the sound of so many steps. */
export function soundValues(kind: SoundKind, length: number): SoundValues {
  return kind === 'mu-law' ? new Uint8Array(length) : new Int16Array(length);
}

/** What silence is. */
export function silentValue(kind: SoundKind): number {
  return kind === 'mu-law' ? silentBin : 0;
}

/** The amplitude that a value of this kind stands for, within ±1. */
export function amplitudeOf(kind: SoundKind, value: number): number {
  return kind === 'mu-law' ? (binAmplitudes[value] ?? 0) : value / pcm16Max;
}
