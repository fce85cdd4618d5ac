/** 131 seconds at 16 kHz: a multiple of the steps of a pair on every level, so that the pyramid of a loop is a loop. */
const loopSteps = 2 ** 21;
const rateHz = 16_000;
const levelsMax = 6;

/** Steps of the model per second, of all invented takes. */
export const exampleRateHz = rateHz;

export interface ExampleSound {
  /** Sixteen-bit amplitudes. */
  steps(from: number, to: number): Int16Array;
  /** Two int8 for each 64·4^level steps. */
  peaks(level: number, from: number, to: number): Int8Array;
}

/** Plucked chords that get less sure of themselves where the lane is hot. */
export function exampleSound(seed: number, temperatureAt: (seconds: number) => number): ExampleSound {
  const amplitudes = play(seed, temperatureAt);
  const pyramid: Int8Array[] = [];
  for (let level = 0; level <= levelsMax; level += 1) pyramid.push(peaksOf(amplitudes, 64 * 4 ** level));
  return {
    steps: (from, to) =>
      Int16Array.from({ length: to - from }, (_, at) =>
        from + at < 0 ? 0 : Math.round(32_767 * (amplitudes[(from + at) % loopSteps] ?? 0)),
      ),
    peaks(level, from, to) {
      const steps = 64 * 4 ** level;
      const table = pyramid[level] ?? new Int8Array();
      const pairs = new Int8Array(((to - from) / steps) * 2);
      for (let pair = 0; pair < pairs.length / 2; pair += 1) {
        const at = (from / steps + pair) % (loopSteps / steps);
        pairs[2 * pair] = table[2 * at] ?? 0;
        pairs[2 * pair + 1] = table[2 * at + 1] ?? 0;
      }
      return pairs;
    },
  };
}

function peaksOf(amplitudes: Float32Array, steps: number): Int8Array {
  const pairs = new Int8Array((loopSteps / steps) * 2);
  for (let pair = 0; pair < pairs.length / 2; pair += 1) {
    let low = 1;
    let high = -1;
    for (let at = pair * steps; at < (pair + 1) * steps; at += 1) {
      const value = amplitudes[at] ?? 0;
      low = Math.min(low, value);
      high = Math.max(high, value);
    }
    pairs[2 * pair] = Math.round(low * 127);
    pairs[2 * pair + 1] = Math.round(high * 127);
  }
  return pairs;
}

const chords = [
  [110, 164.81, 220, 261.63, 329.63],
  [87.31, 130.81, 174.61, 220, 261.63],
  [130.81, 196, 261.63, 329.63, 392],
  [98, 146.83, 196, 246.94, 293.66],
];

function play(seed: number, temperatureAt: (seconds: number) => number): Float32Array {
  const amplitudes = new Float32Array(loopSteps);
  const random = randomFrom(seed);
  const beat = Math.round(rateHz * 0.25);
  for (let start = 0, index = 0; start < loopSteps; start += beat, index += 1) {
    const heat = Math.min(1, Math.max(0, (temperatureAt(start / rateHz) - 0.6) / 0.8));
    if (random() < 0.12 + 0.1 * heat) continue;
    const chord = chords[Math.floor(index / 16) % chords.length] ?? [];
    const wild = random() < heat * 0.7;
    const hertz =
      (chord[Math.floor(random() * chord.length)] ?? 220) * (wild ? 2 ** (Math.floor(random() * 12) / 12) : 1);
    const loud = (index % 8 === 0 ? 0.5 : 0.28) * (0.7 + 0.5 * random());
    pluck(amplitudes, start, hertz, loud, heat);
  }
  for (let at = 0; at < loopSteps; at += 1) {
    const heat = at % 256 === 0 ? temperatureAt(at / rateHz) : Number.NaN;
    if (!Number.isNaN(heat)) noise = 0.002 + 0.05 * Math.max(0, heat - 0.9);
    amplitudes[at] = Math.max(-1, Math.min(1, (amplitudes[at] ?? 0) + noise * (random() - 0.5)));
  }
  return amplitudes;
}

let noise = 0;

function pluck(into: Float32Array, start: number, hertz: number, loud: number, heat: number): void {
  const length = Math.min(into.length - start, Math.round(rateHz * (1.1 - 0.5 * heat)));
  const turn = (2 * Math.PI * hertz) / rateHz;
  for (let at = 0; at < length; at += 1) {
    const decay = Math.exp((-3.2 * at) / length) * Math.min(1, at / 40) * (1 - at / length);
    const phase = turn * at + heat * 1.5 * Math.sin(turn * 1.41 * at) * decay;
    const tone = Math.sin(phase) + 0.45 * Math.sin(2 * phase) * decay + 0.25 * Math.sin(3 * phase) * decay * decay;
    into[start + at] = (into[start + at] ?? 0) + loud * decay * tone;
  }
}

/** Mulberry32: small, and the same everywhere. */
function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
