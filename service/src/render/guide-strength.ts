/** How a model wants to be guided: from its manifest. */
export interface GuideFade {
  readonly temperatureLow: number;
  readonly temperatureHigh: number;
  readonly gamma: number;
  /** The level a guide is brought to: RMS of the training audio where it sounds. */
  readonly levelDbfs: number;
}

/**
 * λ(T) = amount · clip((T_hi − T)/(T_hi − T_lo), 0, 1)^γ · gate, rounded to float32. Exactly 0 from T_hi on, and
 * wherever amount or gate is 0.
 */
export function guideStrength(fade: GuideFade, temperature: number, amount: number, gate: number): number {
  if (amount <= 0 || gate <= 0 || temperature >= fade.temperatureHigh) return 0;
  const reach = (fade.temperatureHigh - temperature) / (fade.temperatureHigh - fade.temperatureLow);
  return Math.fround(amount * Math.min(1, reach) ** fade.gamma * gate);
}
