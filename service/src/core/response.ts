import { temperatureGrid } from './shaping.js';

/**
 * How draws answer the lane: the lane's T becomes a power of T, and 1 stays 1. Divisors of scores act by their ratio, so a
 * power keeps equal ratios of the lane equal. With an exponent above 1 a narrow lane is answered widely; 0 holds draws at 1.
 * To either side of 1 it may be another: what makes music repeat itself need not be as far from 1 as what makes it wander.
 */
export interface Exponents {
  /** 0 to 8, for T below 1. */
  readonly below: number;
  /** 0 to 8, for T above 1. */
  readonly above: number;
}

export interface Response {
  /** Of the draws of codes. */
  readonly codes: Exponents;
  /** Of the draws of the sound's values. */
  readonly sound: Exponents;
}

const unanswered: Exponents = { below: 1, above: 1 };

/** Every draw is at the lane's own temperature. */
export const plainResponse: Response = { codes: unanswered, sound: unanswered };

/** True where draws are at the lane's own temperature. */
export function isPlain({ below, above }: Exponents): boolean {
  return below === 1 && above === 1;
}

/**
 * The temperature of a draw under the lane's: T itself with the exponent 1, else T^exponent on the grid of 1/4096, so that no
 * machine's rounding of a power can be heard. `temperature` ≥ 0.
 */
export function respond(temperature: number, { below, above }: Exponents): number {
  const exponent = temperature < 1 ? below : above;
  return exponent === 1 ? temperature : Math.round(temperatureGrid * temperature ** exponent) / temperatureGrid;
}

/** The same of every step: the very array where both exponents are 1. */
export function respondAll(temperature: Float32Array, exponents: Exponents): Float32Array {
  if (isPlain(exponents)) return temperature;
  const answered = new Float32Array(temperature.length);
  // A lane rests for most of a song, and a power is dear.
  let [last, answer] = [Number.NaN, Number.NaN];
  for (let step = 0; step < answered.length; step += 1) {
    const value = temperature[step] ?? 0;
    if (value !== last) answer = respond(value, exponents);
    last = value;
    answered[step] = answer;
  }
  return answered;
}
