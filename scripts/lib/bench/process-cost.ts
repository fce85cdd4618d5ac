import { join } from 'node:path';
import { repository } from '../folders.js';
import { runProcess } from '../process.mjs';
import { lessIsBetter, type Row } from './row.js';

interface ProcessCost {
  readonly frames: number;
  readonly sampleRate: number;
  readonly cpuNanos: { readonly median: number; readonly p999: number };
}

/** What process() of 64 frames costs the audio thread, in a host of our own with audio flowing, against its budget. */
export async function processRows(): Promise<Row[]> {
  const { code, lines } = await runProcess(
    'cargo',
    ['run', '--release', '--locked', '--quiet', '-p', 'simmer-host', '--bin', 'process-cost'],
    { cwd: join(repository, 'native-shim'), timeoutMillis: 900_000 },
  );
  const report = lines.find((line) => line.startsWith('{'));
  if (code !== 0 || report === undefined) throw new Error(`process-cost failed: ${lines.slice(-3).join(' | ')}`);
  const { frames, sampleRate, cpuNanos } = JSON.parse(report) as ProcessCost;
  const budget = { name: `the block's budget`, value: (frames / sampleRate) * 1e6 };
  return [
    lessIsBetter(`process() of ${frames} frames, median`, cpuNanos.median / 1000, 'µs', budget),
    lessIsBetter(`process() of ${frames} frames, 99.9th percentile`, cpuNanos.p999 / 1000, 'µs', budget),
  ];
}
