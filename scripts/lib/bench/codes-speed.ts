import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { uniformOfStep } from '../../../service/src/core/philox.js';
import { CodesModel } from '../../../service/src/model/codes/model.js';
import { noLimit } from '../../../service/src/model/engine-name.js';
import { floatTensor, GraphSession, intTensor } from '../../../service/src/model/onnx/graph.js';
import { readModel } from '../../../service/src/model/verified-model.js';
import { repository } from '../folders.js';
import { trainingPython } from './python-peers.js';
import { moreIsBetter, type Row } from './row.js';

const warmUpRows = 40;
const measuredRows = 260;

/** A model of codes on one thread of this process, and the same weights in eager PyTorch. */
export async function codesRows(folder: string, skip: (why: string) => void): Promise<Row[]> {
  const { manifest, graph, initialState } = await readModel(folder);
  if (graph.kind !== 'codes' || manifest.family !== 'vq-prior') throw new Error(`${folder} is no model of codes.`);
  const { blockSteps, sampleRateHz, decoder, codes } = manifest;
  const seconds = (measuredRows * blockSteps) / sampleRateHz;
  const engine = await CodesModel.load({
    manifest,
    files: graph.files,
    provider: 'cpu',
    tailFloor: manifest.tailGuard.floor,
    limit: noLimit,
  });
  let state = initialState;
  const draw = async (firstRow: number, rows: number) => {
    const steps = rows * blockSteps;
    const started = performance.now();
    const drawn = await engine.draw({
      state,
      temperature: new Float32Array(steps).fill(1),
      uniform: Float32Array.from({ length: steps }, (_, step) => uniformOfStep(1, firstRow * blockSteps + step)),
      guideStrength: new Float32Array(steps),
      guideBin: new Float32Array(steps).fill(128),
    });
    state = drawn.states.slice(-initialState.length);
    return (performance.now() - started) / 1000;
  };
  await draw(0, warmUpRows);
  const bothSeconds = await draw(warmUpRows, measuredRows);
  await engine.close();

  const decoding = await GraphSession.load(decoder.graph, graph.files.decoder, 'cpu');
  let decoderState: Float32Array = new Float32Array(decoder.stateFloats);
  let decoderSeconds = 0;
  for (let row = -warmUpRows; row < measuredRows; row += 1) {
    const chosen = Int32Array.from({ length: codes.levels }, (_, level) => (row * row + 7 * level) % codes.size);
    const started = performance.now();
    const outputs = await decoding.run({ codes: intTensor(chosen), state: floatTensor(decoderState) });
    decoderState = decoding.floats(outputs, 'next_state', decoder.stateFloats);
    if (row >= 0) decoderSeconds += (performance.now() - started) / 1000;
  }
  await decoding.close();

  const eager = eagerSpeed(folder);
  if (eager === undefined)
    skip('Eager PyTorch was not measured on codes: there is no training/.venv (npm test -- training makes it).');
  const peer = (part: keyof Eager) => eager && { name: 'the same weights in eager PyTorch', value: eager[part] };
  const row = (what: string, spent: number, part: keyof Eager) =>
    moreIsBetter(`${manifest.name}, ${what}, one core`, seconds / spent, '× real time', peer(part));
  return [
    row('prior and decoder', bothSeconds, 'both'),
    row('prior', bothSeconds - decoderSeconds, 'prior'),
    row('decoder', decoderSeconds, 'decoder'),
  ];
}

/** Seconds of audio per second. */
interface Eager {
  readonly prior: number;
  readonly decoder: number;
  readonly both: number;
}

function eagerSpeed(folder: string): Eager | undefined {
  const python = trainingPython();
  if (python === undefined) return undefined;
  const args = ['-m', 'simmer_training.vq.eager_speed', '--model', folder];
  const { status, stdout, stderr } = spawnSync(python, args, { cwd: join(repository, 'training'), encoding: 'utf8' });
  if (status !== 0) throw new Error(`Eager PyTorch could not be measured: ${stderr}`);
  return JSON.parse(stdout) as Eager;
}
