import { type FilterFigures, figuresOf, responseOf } from './filter-response.js';

const modelRatesHz = [16_000, 22_050, 24_000, 32_000, 44_100, 48_000];
const hostRatesHz = [22_050, 32_000, 44_100, 48_000, 88_200, 96_000, 176_400, 192_000];
/** What the guide is resampled to for a model at 16 kHz. */
const guideRateHz = 16_000;

/** Every pair of rates that the page about resampling speaks of: a model's to a host's, and a host's to a guide's. */
export const pairsOfRates: readonly (readonly [inputRateHz: number, outputRateHz: number])[] = [
  ...modelRatesHz.flatMap((modelRate) => hostRatesHz.map((hostRate) => [modelRate, hostRate] as const)),
  ...hostRatesHz.map((hostRate) => [hostRate, guideRateHz] as const),
];

export const tableHead = [
  '| from (Hz) | to (Hz) | ripple (dB) | −3 dB at (Hz) | images and aliases (dB) | delay (ms) |',
  '|---:|---:|---:|---:|---:|---:|',
];

/** The table of docs/resampling.md, as it is measured now. */
export function resamplingTable(): string[] {
  return pairsOfRates.map(([from, to]) => tableRow(figuresOf(responseOf(from, to))));
}

export function tableRow(figures: FilterFigures): string {
  const { inputRateHz, outputRateHz, rippleDb, halfPowerHz, leakDb, delayMillis } = figures;
  const cells = [
    inputRateHz,
    outputRateHz,
    rippleDb.toFixed(4),
    halfPowerHz.toFixed(0),
    Number.isFinite(leakDb) ? leakDb.toFixed(1).replace('-', '−') : 'none',
    delayMillis.toFixed(3),
  ];
  return `| ${cells.join(' | ')} |`;
}
