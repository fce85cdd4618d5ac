import { Fft } from '../../core/fft.js';
import { binAmplitudes, silentBin } from '../../core/mu-law.js';
import { naturalLogarithm } from '../../core/natural-logarithm.js';
import { spectrumBins } from './guide-file.js';
import { guidePastSteps } from './sizes.js';

/** Power under which nothing is heard: that of the bands that codes were learned from. */
const powerFloor = 0.3;

/** A triangle of a band's filter: its weights from bin `first` of the transform on. */
interface Filter {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * What a guide is in the bands that codes are made of (docs/models.md, "The guide of a SampleRNN under codes"). In double precision and a
 * fixed order, with the file's own cosine and a logarithm of our own: the same on every machine.
 */
export class GuideEar {
  readonly #window: Float32Array;
  readonly #filters: readonly Filter[];
  readonly #fft: Fft;
  readonly #real = new Float64Array(guidePastSteps);
  readonly #imaginary = new Float64Array(guidePastSteps);

  /** `file`: window [2048], cosine [2048] and filters [bands, 1025], checked. */
  constructor(file: Float32Array, bands: number) {
    const cosine = file.subarray(guidePastSteps, 2 * guidePastSteps);
    const half = guidePastSteps / 2;
    this.#window = file.subarray(0, guidePastSteps);
    this.#fft = new Fft(guidePastSteps, {
      cosines: Float64Array.from(cosine.subarray(0, half)),
      // −sin of an angle is the cosine a quarter of the circle on.
      sines: Float64Array.from(cosine.subarray(half / 2, half / 2 + half)),
    });
    this.#filters = Array.from({ length: bands }, (_, band) => {
      const at = 2 * guidePastSteps + band * spectrumBins;
      return filterOf(file.subarray(at, at + spectrumBins));
    });
  }

  /** The bands of the last 2048 bins of a guide; undefined while nothing of one was heard. */
  latent(past: Float32Array): Float32Array | undefined {
    if (past.every((bin) => bin === silentBin)) return undefined;
    for (let step = 0; step < guidePastSteps; step += 1) {
      this.#real[step] = (this.#window[step] ?? 0) * (binAmplitudes[past[step] ?? silentBin] ?? 0);
    }
    this.#imaginary.fill(0);
    this.#fft.transform(this.#real, this.#imaginary);
    return Float32Array.from(this.#filters, (filter) => naturalLogarithm(this.#powerOf(filter) + powerFloor));
  }

  #powerOf({ first, weights }: Filter): number {
    let power = 0;
    for (let index = 0; index < weights.length; index += 1) {
      const re = this.#real[first + index] ?? 0;
      const im = this.#imaginary[first + index] ?? 0;
      power += (weights[index] ?? 0) * (re * re + im * im);
    }
    return power;
  }
}

/** The part of a filter outside of which it is 0. */
function filterOf(weights: Float32Array): Filter {
  const first = Math.max(
    0,
    weights.findIndex((weight) => weight !== 0),
  );
  return {
    first,
    weights: Float64Array.from(weights.subarray(first, weights.findLastIndex((weight) => weight !== 0) + 1)),
  };
}
