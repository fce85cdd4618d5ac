import { readAudioFile } from '../audio-file/read-audio-file.js';
import { Failure } from '../core/failure.js';
import { limits } from '../core/limits.js';
import type { FileAudio } from '../core/pcm-values.js';
import { Resampler } from '../core/resampler.js';
import { mixToMono } from '../core/wav.js';

/** What adding channels may lose against their mean power; as `simmer train` has it. */
const cancelledDecibels = 10;

/** Guide audio of a file, at the rate that is rendered at. */
export interface GuideFile {
  /** Of the file, not of its repetitions. */
  readonly frameCount: number;
  /** `frameCount` frames from `firstFrame` on; frame 0 is the file's beginning. Beyond its end it is silent, or it repeats. */
  frames(firstFrame: number, frameCount: number): Float32Array;
}

/**
 * Reads an audio file (read-audio-file.ts) of any rate and number of channels as a mono guide. Resampled, it is where it was: the filter's delay is
 * taken off. A loop repeats on its own rate's grid, so it does not drift however often it does.
 * @throws Failure `invalid` or `usage` saying what is wrong with the file, which `name` names
 */
export async function openGuideFile(
  name: string,
  bytes: Uint8Array,
  sampleRateHz: number,
  loop: boolean,
  warn: (line: string) => void,
): Promise<GuideFile> {
  const audio = await readSound(name, bytes);
  return atRate(oneChannel(name, audio, warn), audio.sampleRateHz, sampleRateHz, loop);
}

/**
 * Reads an audio file whole, at a rate: both channels of a stereo file where two are wanted, else one.
 * @throws Failure as `openGuideFile`
 */
export async function readChannels(
  name: string,
  bytes: Uint8Array,
  sampleRateHz: number,
  channelCount: number,
  warn: (line: string) => void,
): Promise<Float32Array[]> {
  const audio = await readSound(name, bytes);
  const own =
    channelCount === 2 && audio.channelCount === 2
      ? [0, 1].map((channel) => audio.values.filter((_, index) => index % 2 === channel))
      : [oneChannel(name, audio, warn)];
  return own.map((values) => {
    const file = atRate(values, audio.sampleRateHz, sampleRateHz, false);
    return file.frames(0, file.frameCount);
  });
}

function atRate(values: Float32Array, fileRateHz: number, sampleRateHz: number, loop: boolean): GuideFile {
  const read = (first: number, count: number) => {
    const out = new Float32Array(count);
    for (let index = 0; index < count; index += 1)
      out[index] = values[loop ? modulo(first + index, values.length) : first + index] ?? 0;
    return out;
  };
  const frameCount = Math.floor((values.length * sampleRateHz) / fileRateHz);
  if (fileRateHz === sampleRateHz) return { frameCount, frames: read };
  const resampler = new Resampler(fileRateHz, sampleRateHz);
  return {
    frameCount,
    frames: (firstFrame, count) => {
      const out = new Float32Array(count);
      if (count === 0) return out;
      const { inputs, outputs } = resampler.wholeDelay;
      const place = firstFrame + outputs;
      const first = resampler.newestInput(place) - resampler.tapCount + 1;
      const last = resampler.newestInput(place + count - 1);
      resampler.fill(place, out, read(first + inputs, last + 1 - first), first);
      return out;
    },
  };
}

/**
 * The mean of all channels; of channels that cancel one another (one of them has its polarity turned, say), the loudest, which
 * is said.
 */
function oneChannel(name: string, { values, channelCount }: FileAudio, warn: (line: string) => void): Float32Array {
  const mixed = mixToMono(values, channelCount);
  if (channelCount === 1) return mixed;
  const powers = Array.from({ length: channelCount }, (_, channel) => powerOf(values, channel, channelCount));
  const mean = powers.reduce((sum, power) => sum + power, 0) / channelCount;
  if (powerOf(mixed, 0, 1) * 10 ** (cancelledDecibels / 10) >= mean) return mixed;
  // Channels that are independent lose 10 dB when there are ten of them: that is no cancelling.
  if (powerOf(mixed, 0, 1) * 2 * channelCount >= mean) return mixed;
  const loudest = powers.indexOf(Math.max(...powers));
  warn(`The channels of ${name} cancel one another: channel ${loudest + 1}, the loudest, is taken alone.`);
  return Float32Array.from(mixed, (_, frame) => values[frame * channelCount + loudest] ?? 0);
}

function powerOf(values: Float32Array, first: number, stride: number): number {
  let power = 0;
  for (let index = first; index < values.length; index += stride) power += (values[index] ?? 0) ** 2;
  return power;
}

/** A file that holds audio of a rate that can be taken in, all of it finite. */
async function readSound(name: string, bytes: Uint8Array): Promise<FileAudio> {
  const audio = await readAudioFile(bytes).catch((thrown: unknown) => {
    const { code, message } = Failure.from(thrown);
    throw new Failure(code, `${name}: ${message}`, thrown);
  });
  const { sampleRateHzMin, sampleRateHzMax } = limits;
  if (audio.sampleRateHz < sampleRateHzMin || audio.sampleRateHz > sampleRateHzMax) {
    const rates = `${sampleRateHzMin} to ${sampleRateHzMax} Hz`;
    throw new Failure('usage', `${name} is at ${audio.sampleRateHz} Hz: a guide must be at ${rates}.`);
  }
  if (audio.frameCount === 0) throw new Failure('usage', `${name} holds no audio: a guide needs some.`);
  if (!audio.values.every(Number.isFinite)) throw new Failure('usage', `${name} holds values that are not finite.`);
  return audio;
}

function modulo(value: number, by: number): number {
  const rest = value % by;
  return rest < 0 ? rest + by : rest;
}
