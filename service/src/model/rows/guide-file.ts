import { guidePastSteps } from './sizes.js';

/** Bins of the transform that a band may be made of. */
export const spectrumBins = guidePastSteps / 2 + 1;
/** How far the file's cosine may be from the cosine: float32 rounds by 6·10^-8 at most. */
const cosineErrorMax = 1e-6;
/** A filter's largest weight: the emphasis is taken back in it, which is 10^3 at most. */
const weightMax = 1e6;

/** Values of a guide file: its window [2048], cosine [2048], and filters [bands, 1025]. */
export function guideFileFloats(bands: number): number {
  return 2 * guidePastSteps + bands * spectrumBins;
}

/** What is wrong with the finite values of a guide file; undefined: nothing. */
export function guideFileFault(values: Float32Array): string | undefined {
  if (values.subarray(0, guidePastSteps).some((value) => value < 0 || value > 1)) return 'holds a window beyond 0 to 1';
  for (const [index, value] of values.subarray(guidePastSteps, 2 * guidePastSteps).entries()) {
    const angle = (2 * Math.PI * index) / guidePastSteps;
    if (Math.abs(value - Math.cos(angle)) > cosineErrorMax) return 'holds a cosine that is none';
  }
  const isFilter = (value: number) => value >= 0 && value <= weightMax;
  return values.subarray(2 * guidePastSteps).every(isFilter) ? undefined : 'holds a filter beyond 0 to 10^6';
}
