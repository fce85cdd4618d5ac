import { pcm16Of, type SoundValues, stereoValue } from '../../core/sound.js';
import type { CodesManifest } from '../manifest.js';
import { floatTensor } from '../onnx/graph.js';

type AudioSizes = Pick<CodesManifest, 'channels' | 'blockSteps'>;

/** The shape of a row's audio, which a decoder gives and an encoder takes: mono has one axis; stereo is left, then right. */
export function audioShape({ channels, blockSteps }: AudioSizes): readonly number[] {
  return channels === 1 ? [blockSteps] : [channels, blockSteps];
}

/** How many values a row's audio has. */
export function audioFloats({ channels, blockSteps }: AudioSizes): number {
  return channels * blockSteps;
}

/** A row of audio for an encoder, of as many channels as it takes, or of one: a stereo encoder then hears that in both. */
export function audioTensor(sizes: AudioSizes, channels: readonly Float32Array[]) {
  const values = new Float32Array(audioFloats(sizes));
  for (let channel = 0; channel < sizes.channels; channel += 1) {
    values.set(channels[channel] ?? channels[0] ?? [], channel * sizes.blockSteps);
  }
  return floatTensor(values, audioShape(sizes));
}

/** Puts a row's audio as a decoder gives it into the sound of its steps. */
export function writeSound(audio: Float32Array, sound: SoundValues): void {
  const isStereo = sound instanceof Int32Array;
  for (let step = 0; step < sound.length; step += 1) {
    const left = pcm16Of(audio[step] ?? 0);
    sound[step] = isStereo ? stereoValue(left, pcm16Of(audio[sound.length + step] ?? 0)) : left;
  }
}
