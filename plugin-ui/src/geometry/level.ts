/** The quietest level a meter shows, in decibels of full scale. */
export const meterFloorDb = -60;

/** Linear peak to decibels; silence and what is no number is minus infinity. */
export function toDecibels(peak: number): number {
  return peak > 0 ? 20 * Math.log10(peak) : Number.NEGATIVE_INFINITY;
}

/**
 * Height on a meter, 0 to 1. Gently bent, as on a mixing desk: the upper 20 dB, where music lives, get half of it.
 */
export function meterHeight(decibels: number): number {
  if (!(decibels > meterFloorDb)) return 0;
  const part = Math.min(1, (decibels - meterFloorDb) / -meterFloorDb);
  return part ** 1.7;
}

/** A reading shows the highest peak of so long: plugins report it four times a second, messages come ten times. */
const readingMillis = 1_000;

/** The highest peak of the last second, by the clock that messages are stamped with. */
export class PeakReading {
  private peaks: { readonly peak: number; readonly atMillis: number }[] = [];

  /** Takes in a message; the same one again counts once. Returns the reading, linear. */
  take(peak: number, atMillis: number): number {
    if (this.peaks.at(-1)?.atMillis !== atMillis) this.peaks.push({ peak, atMillis });
    this.peaks = this.peaks.filter((entry) => atMillis - entry.atMillis < readingMillis);
    return this.peaks.reduce((highest, entry) => Math.max(highest, entry.peak), 0);
  }
}

/** A needle rises at once and falls by so many decibels a second. */
const fallDbPerSecond = 26;

export function fallen(shownDb: number, peakDb: number, elapsedMillis: number): number {
  const floor = Math.max(peakDb, meterFloorDb);
  const dropped = shownDb - (fallDbPerSecond * Math.max(0, elapsedMillis)) / 1000;
  return Number.isFinite(dropped) ? Math.max(floor, dropped) : floor;
}
