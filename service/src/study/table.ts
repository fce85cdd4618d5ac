import type { Measures } from './measures.js';
import type { StudyResult } from './run-study.js';

const measureColumns: readonly (readonly [keyof Measures, string, number])[] = [
  ['entropyMean', 'entropy_mean_bits', 4],
  ['entropySd', 'entropy_sd_bits', 4],
  ['novelty', 'novelty', 4],
  ['repetition', 'repetition', 4],
  ['repetitionSeconds', 'repetition_lag_seconds', 3],
  ['peak', 'peak', 4],
  ['rmsDbfs', 'rms_dbfs', 2],
  ['silentShare', 'silent_share', 4],
  ['dc', 'dc', 5],
  ['clicks', 'clicks', 0],
];

/** measures.csv (RFC 4180): a line for each take; of one that failed, why. */
export function measuresCsv(results: readonly StudyResult[]): string {
  const names = ['file', 'model', 'artist', 'genre', 'temperature', 'seed', 'item', 'take'];
  const header = [...names, ...measureColumns.map(([, title]) => title), 'failure'];
  const lines = results.map(({ take, outcome }) => {
    const { file, model, condition, temperature, seed, item, takeSeed } = take;
    const facts = [file, model.manifest.name, condition?.artist ?? '', condition?.genre ?? ''];
    const numbers = [temperature, seed, item, takeSeed];
    const measured = measureColumns.map(([key, , digits]) =>
      outcome instanceof Error ? '' : outcome.measures[key].toFixed(digits),
    );
    return [...facts, ...numbers, ...measured, outcome instanceof Error ? outcome.message : ''];
  });
  return [header, ...lines].map((line) => `${line.map(quoted).join(',')}\r\n`).join('');
}

function quoted(value: string | number): string {
  const text = String(value);
  // A cell that begins like a formula would be run by a spreadsheet.
  const safe = /^[=+@]|^-[^0-9.]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
