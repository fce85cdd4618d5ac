import { temperatureGrid } from './shaping.js';

/**
 * How draws answer the lane: the lane's T becomes T^exponent of the draws, and 1 stays 1. Divisors of scores act by their ratio, so
 * a power keeps equal ratios of the lane equal. Above 1 a narrow lane is answered widely; 0 holds draws at 1.
 */
export interface Response {
  /** Exponent of the draws of codes, 0 to 8. */
  readonly codes: number;
  /** And of those of the sound's values. */
  readonly sound: number;
}

/** Every draw is at the lane's own temperature. */
export const plainResponse: Response = { codes: 1, sound: 1 };

/**
 * The temperature of a draw under the lane's: T itself with the exponent 1, else T^exponent on the grid of 1/4096, so that no
 * machine's rounding of a power can be heard. `temperature` ≥ 0.
 */
export function respond(temperature: number, exponent: number): number {
  return exponent === 1 ? temperature : Math.round(temperatureGrid * temperature ** exponent) / temperatureGrid;
}

/** The same of every step: the very array where the exponent is 1. */
export function respondAll(temperature: Float32Array, exponent: number): Float32Array {
  if (exponent === 1) return temperature;
  const answered = new Float32Array(temperature.length);
  // A lane rests for most of a song, and a power is dear.
  let [last, answer] = [Number.NaN, Number.NaN];
  for (let step = 0; step < answered.length; step += 1) {
    const value = temperature[step] ?? 0;
    if (value !== last) answer = respond(value, exponent);
    last = value;
    answered[step] = answer;
  }
  return answered;
}
