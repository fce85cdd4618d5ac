import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFolder, repository } from '../../scripts/lib/folders.js';
import { runProcess } from '../../scripts/lib/process.mjs';

export const sampleRateHz = 48_000;

/** Normalised values (0 to 1) as a host has them, of plain ones. Hosts made with JUCE keep them as float32. */
export const normalised = {
  temperature: (plain: number) => plain / 2,
  /** Whole numbers share the range evenly; the middle of a share is safe from rounding. */
  take: (plain: number) => (plain + 0.5) / 10_000,
  choice: (index: number, count: number) => (index + 0.5) / count,
} as const;

/** Longer than any wait of the plugin that docs/protocol.md allows: a host that takes this long hangs. */
const hangMillis = 150_000;

const folder = join(repository, 'scripts', 'second-host');
const plugin = join(bundleFolder, 'Simmer.vst3');

/** What a host said: one of `event`s. */
export interface Said {
  readonly event: string;
  readonly parameters?: readonly string[];
  readonly latencyFrames?: number;
  readonly frames?: number;
  readonly status?: string;
  readonly missedFrames?: number;
  /** Normalised. */
  readonly temperature?: number;
  /** Editors that are open. */
  readonly panels?: number;
}

export interface Ran {
  readonly said: readonly Said[];
  /** Everything else that was printed: what the plugin tells people, and what the host complains about. */
  readonly other: string;
}

/**
 * Runs a job in a host, a process of its own that ends with it.
 *
 * @throws Error with the last words when the host crashed, failed or hung
 */
export async function runHost(
  host: 'dawdreamer' | 'pedalboard',
  job: object,
  options: {
    readonly workFolder: string;
    readonly runtimeFolder: string;
    /** Of an X server; without one there are no windows. */
    readonly display?: string;
    readonly onSaid?: (said: Said) => void;
  },
): Promise<Ran> {
  const { workFolder, runtimeFolder, display, onSaid } = options;
  for (const needed of [plugin, join(folder, '.venv', 'bin', 'python')])
    if (!existsSync(needed)) throw new Error(`${needed} is missing: run \`npm run setup -- --for test second-host\`.`);
  const jobFile = join(workFolder, 'job.json');
  writeFileSync(jobFile, JSON.stringify({ plugin, sampleRateHz, ...job }));
  const said: Said[] = [];
  const other: string[] = [];
  const ended = await runProcess(join(folder, '.venv', 'bin', 'python'), [join(folder, `${host}_host.py`), jobFile], {
    env: { ...process.env, HOME: workFolder, SIMMER_RUNTIME_DIR: runtimeFolder, DISPLAY: display ?? '' },
    timeoutMillis: hangMillis,
    onLine: (line, from) => {
      if (from === 'stderr' || !line.startsWith('{"event"')) {
        other.push(line);
        return;
      }
      const told = JSON.parse(line) as Said;
      said.push(told);
      onSaid?.(told);
    },
  });
  if (ended.code === 0) return { said, other: other.join('\n') };
  const how = ended.timedOut ? `hung for ${hangMillis / 1000} s` : (ended.signal ?? `exit ${ended.code}`);
  throw new Error(`${host} failed (${how}): ${other.slice(-6).join(' | ')}`);
}

/** Reads what a host wrote: float32, the left channel and then the right one. */
export function readStereo(path: string): readonly [Float32Array, Float32Array] {
  const bytes = readFileSync(path);
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
  return [values.slice(0, values.length / 2), values.slice(values.length / 2)];
}

export function writeFloats(path: string, values: Float32Array): void {
  writeFileSync(path, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
}
