import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { experimentFolder } from '../../service/src/cli/experiments.js';
import type { Experiment } from '../../service/src/core/experiment.js';
import { mixToMono, parseWav } from '../../service/src/core/wav.js';
import type { Drawn } from './ardour/plan.js';

/** The lane of an experiment as a person draws it: a host joins points by lines, so a jump is two points a frame apart. */
export function drawnLane({ lane }: Experiment, sampleRateHz: number): Drawn[] {
  const drawn: Drawn[] = [];
  for (const [seconds, value, interpolation] of lane) {
    const frame = Math.round(seconds * sampleRateHz);
    const last = drawn.at(-1);
    if (interpolation === 'hold' && last !== undefined && last.value !== value && last.frame < frame - 1) {
      drawn.push({ frame: frame - 1, value: last.value });
    }
    // Two points at one place: the later one counts, the earlier one is where the line before it ends.
    if (last?.frame === frame) drawn[drawn.length - 1] = { frame: frame - 1, value: last.value };
    drawn.push({ frame, value });
  }
  return drawn;
}

/** The guide of an experiment, as long as the experiment; undefined where it has none. @throws Error at another rate */
export function guideAudio({ guide, seconds }: Experiment, sampleRateHz: number): Float32Array | undefined {
  if (guide === undefined) return undefined;
  const wav = parseWav(readFileSync(join(experimentFolder(), guide.file)));
  if (wav.sampleRateHz !== sampleRateHz) throw new Error(`${guide.file} is not at ${sampleRateHz} Hz.`);
  const mono = mixToMono(wav.values, wav.channelCount);
  const frames = Math.round(seconds * sampleRateHz);
  return Float32Array.from({ length: frames }, (_, frame) =>
    guide.loop ? (mono[frame % mono.length] ?? 0) : (mono[frame] ?? 0),
  );
}
