import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { KernelModel } from '../../../service/src/model/kernel-model.js';
import { kernelModule } from '../../../service/src/model/kernel-module.js';
import { OnnxModel } from '../../../service/src/model/onnx-model.js';
import { readModel, type VerifiedModel } from '../../../service/src/model/verified-model.js';
import { kernelShape, randomNetwork, startState, writeKernelWeights } from '../../../test/support/kernel-weights.js';
import { repository } from '../folders.js';
import { runProcess } from '../process.mjs';
import { type Contestant, microsPerStep } from './engine-speed.js';
import { lessIsBetter, moreIsBetter, type Row } from './row.js';

/** Voices that the kernel is measured with in one call. */
const voiceCounts = [1, 4, 8];

/** The Python that has PyTorch, where there is one. */
export function trainingPython(): string | undefined {
  const inVenv = process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python';
  const known = [process.env.SIMMER_TRAINING_PYTHON, join(repository, 'training', '.venv', inVenv)];
  return known.find((path) => path !== undefined && existsSync(path));
}

/** The same weights in eager PyTorch, one thread, as a factor of real time. */
export async function eagerFactor(python: string, modelFolder: string): Promise<number> {
  const { code, lines } = await runProcess(
    python,
    ['-m', 'simmer_training.eager_speed', '--weights', join(modelFolder, 'weights.pt')],
    { cwd: join(repository, 'training'), timeoutMillis: 300_000 },
  );
  const last = lines.at(-1) ?? '';
  if (code !== 0) throw new Error(`PyTorch could not be measured: ${last}`);
  return (JSON.parse(last) as { realTimeFactor: number }).realTimeFactor;
}

/** The default model on each of its engines, on one thread of this process; the graph's figures come first. */
async function defaultModelRows(model: VerifiedModel, eager: Row['peer']): Promise<Row[]> {
  const { manifest, graph, kernel, initialState } = model;
  if (graph.kind !== 'onnx' || kernel === undefined) throw new Error(`${manifest.name} lacks its graph or its kernel.`);
  const module = await kernelModule();
  const onnx = await OnnxModel.load(graph.bytes, manifest, 'cpu');
  const int8 = await KernelModel.load(module, kernel.int8, manifest);
  const float32 = await KernelModel.load(module, kernel.float32, manifest);
  const contestant = (engine: Contestant['engine'], voices: number): Contestant => ({
    engine,
    state: initialState,
    voices,
  });
  const [onnxMicros = Number.NaN, floatMicros = Number.NaN, ...int8Micros] = await microsPerStep([
    contestant(onnx, 1),
    contestant(float32, 1),
    ...voiceCounts.map((voices) => contestant(int8, voices)),
  ]);
  for (const engine of [onnx, int8, float32]) await engine.close();
  const factor = (micros: number) => 1e6 / manifest.sampleRateHz / micros;
  const peer = (value: number) => ({ name: 'ONNX Runtime, float32', value });
  const of = (what: string) => `the default model on ${what}, one core`;
  return [
    moreIsBetter(of('ONNX Runtime'), factor(onnxMicros), '× real time', eager),
    moreIsBetter(of('the kernel, float32'), factor(floatMicros), '× real time', peer(factor(onnxMicros))),
    moreIsBetter(
      of('the kernel, 8 bits'),
      factor(int8Micros[0] ?? Number.NaN),
      '× real time',
      peer(factor(onnxMicros)),
    ),
    ...voiceCounts.map((voices, index) =>
      lessIsBetter(
        `${of('the kernel, 8 bits')}, ${voicesOf(voices)}`,
        int8Micros[index] ?? Number.NaN,
        'µs per step and voice',
        peer(onnxMicros),
      ),
    ),
  ];
}

/** The kernel with random weights of other sizes: its speed does not depend on what the weights are. */
async function sizeRows(width: number, hidden: number): Promise<Row[]> {
  const module = await kernelModule();
  const network = randomNetwork(width, hidden, 1);
  const state = startState(network);
  const contestants: (Contestant & { readonly name: string })[] = [];
  for (const [name, precision] of [
    ['8 bits', 8],
    ['float32', 32],
  ] as const) {
    const { file } = writeKernelWeights(network, precision);
    const engine = await KernelModel.load(module, file, kernelShape(network));
    for (const voices of voiceCounts) contestants.push({ name, engine, state, voices });
  }
  const micros = await microsPerStep(contestants);
  const one = (kind: string) =>
    micros[contestants.findIndex(({ name, voices }) => name === kind && voices === 1)] ?? NaN;
  return contestants.map(({ name, voices }, index) =>
    lessIsBetter(
      `the kernel, ${name}, ${width}/${hidden}, random weights, ${voicesOf(voices)}`,
      micros[index] ?? Number.NaN,
      'µs per step and voice',
      voices === 1 ? undefined : { name: 'one voice alone', value: one(name) },
    ),
  );
}

function voicesOf(count: number): string {
  return count === 1 ? 'one voice' : `${count} voices together`;
}

export async function modelRows(modelFolder: string, skip: (why: string) => void): Promise<Row[]> {
  const python = trainingPython();
  if (python === undefined) {
    skip('Eager PyTorch was not measured: there is no training/.venv (npm test -- training makes it).');
  }
  const eager =
    python === undefined
      ? undefined
      : { name: 'the same weights in eager PyTorch', value: await eagerFactor(python, modelFolder) };
  return [
    ...(await defaultModelRows(await readModel(modelFolder), eager)),
    ...(await sizeRows(256, 128)),
    ...(await sizeRows(512, 256)),
  ];
}
