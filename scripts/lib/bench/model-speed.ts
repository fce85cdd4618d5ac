import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { uniformOfStep } from '../../../service/src/core/philox.js';
import { OnnxModel } from '../../../service/src/model/onnx-model.js';
import { readModel } from '../../../service/src/model/verified-model.js';
import { repository } from '../folders.js';
import { runProcess } from '../process.mjs';
import { median, moreIsBetter, type Row } from './row.js';

const secondsDrawn = 2;
const rounds = 5;

/** One voice of a model on one thread of this process, as a factor of real time: the median of several rounds. */
export async function engineFactor(modelFolder: string): Promise<number> {
  const { manifest, initialState, graph } = await readModel(modelFolder);
  if (graph.kind !== 'onnx') throw new Error(`${manifest.name} has no graph.`);
  const engine = await OnnxModel.load(graph.bytes, manifest, 'cpu');
  const { blockSteps, sampleRateHz } = manifest;
  const blocks = Math.round((secondsDrawn * sampleRateHz) / blockSteps);
  const factors: number[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    let state = initialState;
    const started = performance.now();
    for (let block = 0; block < blocks; block += 1) {
      const { states } = await engine.draw({
        state,
        temperature: new Float32Array(blockSteps).fill(1),
        uniform: Float32Array.from({ length: blockSteps }, (_, step) => uniformOfStep(1, block * blockSteps + step)),
        guideStrength: new Float32Array(blockSteps),
        guideBin: new Float32Array(blockSteps).fill(128),
      });
      state = states;
    }
    // The first round warms up.
    if (round > 0) factors.push((secondsDrawn * 1000) / (performance.now() - started));
  }
  await engine.close();
  return median(factors);
}

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

export async function modelRows(modelFolder: string, skip: (why: string) => void): Promise<Row[]> {
  const engine = await engineFactor(modelFolder);
  const name = 'one voice of the default model, one core';
  const python = trainingPython();
  if (python === undefined) {
    skip('Eager PyTorch was not measured: there is no training/.venv (npm test -- training makes it).');
    return [moreIsBetter(name, engine, '× real time')];
  }
  const eager = await eagerFactor(python, modelFolder);
  return [moreIsBetter(name, engine, '× real time', { name: 'the same weights in eager PyTorch', value: eager })];
}
