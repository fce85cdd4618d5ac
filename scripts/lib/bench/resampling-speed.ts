import { Resampler } from '../../../service/src/core/resampler.js';
import { median, moreIsBetter, type Row } from './row.js';

const framesAtOnce = 8192;
const rounds = 9;
const fillsPerRound = 20;

/** How fast stored draws become a host's frames, and a host's guide a model's steps, on one core. */
export function resamplingRows(): Row[] {
  return [
    [16_000, 44_100],
    [16_000, 48_000],
    [22_050, 192_000],
    [48_000, 16_000],
  ].map(([from = 0, to = 0]) => {
    const { filled, oneByOne } = millionsPerSecond(from, to);
    return moreIsBetter(`resampled from ${from / 1000} to ${to / 1000} kHz`, (filled * 1e6) / to, '× real time', {
      name: 'one by one',
      value: (oneByOne * 1e6) / to,
    });
  });
}

function millionsPerSecond(from: number, to: number): { filled: number; oneByOne: number } {
  const resampler = new Resampler(from, to);
  const start = 1_000_000;
  const firstInput = resampler.newestInput(start) - resampler.tapCount + 1;
  const inputs = Float32Array.from(
    { length: resampler.newestInput(start + framesAtOnce) - firstInput + 1 },
    (_, index) => Math.sin(index * index),
  );
  const out = new Float32Array(framesAtOnce);
  const read = (input: number) => inputs[input - firstInput] ?? 0;
  return {
    filled: speed(() => resampler.fill(start, out, inputs, firstInput)),
    oneByOne: speed(() => {
      for (let index = 0; index < framesAtOnce; index += 1) out[index] = resampler.at(start + index, read);
    }),
  };
}

function speed(run: () => void): number {
  const speeds: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    const started = performance.now();
    for (let fill = 0; fill < fillsPerRound; fill += 1) run();
    // The first round warms up.
    if (round > 0) speeds.push((framesAtOnce * fillsPerRound) / (performance.now() - started) / 1000);
  }
  return median(speeds);
}
