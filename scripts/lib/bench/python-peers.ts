import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repository } from '../folders.js';
import { runProcess } from '../process.mjs';

/** Widths of a network: of its recurrent tiers, and of the sample tier. */
export interface NetworkSize {
  readonly width: number;
  readonly hidden: number;
}

/** A network's graph for ONNX Runtime: as it is, and with its matrices in 8 bits. */
export interface Graphs {
  readonly float32: Uint8Array;
  readonly eightBits: Uint8Array;
}

export interface DefaultPeers {
  /** Its weights in eager PyTorch, one thread, as a factor of real time. */
  readonly eagerFactor: number;
  /** Its graph with its matrices in 8 bits. */
  readonly eightBits: Uint8Array;
}

/** What the Python of training/ makes for comparison. */
export interface PythonPeers {
  /** Of the default model; undefined where it is under codes: there are no such peers of it. */
  readonly ofDefault: DefaultPeers | undefined;
  /** Graphs of random weights, one of each size that was asked for. */
  readonly ofSize: (size: NetworkSize) => Graphs | undefined;
}

/** The Python that has PyTorch, where there is one. */
export function trainingPython(): string | undefined {
  const inVenv = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
  const known = [process.env.SIMMER_TRAINING_PYTHON, join(repository, 'training', '.venv', inVenv)];
  return known.find((path) => path !== undefined && existsSync(path));
}

/**
 * Has everything made that is compared with; it lies in a folder that is gone afterwards. `modelFolder` is that of the default
 * model, where it is not under codes.
 */
export async function askPython(
  python: string,
  modelFolder: string | undefined,
  sizes: readonly NetworkSize[],
): Promise<PythonPeers> {
  const folder = await mkdtemp(join(tmpdir(), 'simmer-bench-'));
  try {
    const ofDefault = modelFolder === undefined ? undefined : await defaultPeers(python, modelFolder, folder);
    const names = sizes.map(({ width, hidden }) => `${width}/${hidden}`);
    await runPython(python, 'quantized_graph', ['--out', folder, '--random', ...names]);
    const graphs = new Map<string, Graphs>();
    for (const [index, { width, hidden }] of sizes.entries()) {
      const stem = join(folder, `model-${width}-${hidden}`);
      graphs.set(names[index] ?? '', {
        float32: await readFile(`${stem}.onnx`),
        eightBits: await readFile(`${stem}-8bit.onnx`),
      });
    }
    return { ofDefault, ofSize: ({ width, hidden }) => graphs.get(`${width}/${hidden}`) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function defaultPeers(python: string, modelFolder: string, folder: string): Promise<DefaultPeers> {
  const weights = ['--weights', join(modelFolder, 'weights.pt')];
  const last = await runPython(python, 'eager_speed', weights);
  const { realTimeFactor } = JSON.parse(last) as { realTimeFactor: number };
  const out = join(folder, 'default.onnx');
  await runPython(python, 'quantized_graph', [...weights, '--out', out]);
  return { eagerFactor: realTimeFactor, eightBits: await readFile(out) };
}

/** Runs a module of training/ and returns its last line. */
async function runPython(python: string, module: string, args: readonly string[]): Promise<string> {
  const { code, lines } = await runProcess(python, ['-m', `simmer_training.${module}`, ...args], {
    cwd: join(repository, 'training'),
    timeoutMillis: 300_000,
  });
  const last = lines.at(-1) ?? '';
  if (code !== 0) throw new Error(`${module} failed: ${last}`);
  return last;
}
