import type { BlockEngine, BlockShape } from '../../../service/src/model/engine.js';
import { KernelModel } from '../../../service/src/model/kernel/model.js';
import { kernelModule } from '../../../service/src/model/kernel/module.js';
import { OnnxModel } from '../../../service/src/model/onnx/model.js';
import { readModel, type VerifiedModel } from '../../../service/src/model/verified-model.js';
import { codedStart, randomCoded } from '../../../test/support/coded-weights.js';
import { engineOf } from '../../../test/support/engines.js';
import { goldenCodedSizes } from '../../../test/support/kernel-golden.js';
import { kernelShape, randomNetwork, startState, writeKernelWeights } from '../../../test/support/kernel-weights.js';
import { blockP99Micros, type Contestant, microsPerStep } from './engine-speed.js';
import { askPython, type DefaultPeers, type Graphs, type NetworkSize, trainingPython } from './python-peers.js';
import { lessIsBetter, moreIsBetter, type Row } from './row.js';

/** Voices that the kernel is measured with in one call. */
const voiceCounts = [1, 4, 8];
/** Networks of random weights: speed does not depend on what the weights are. */
const sizes: readonly NetworkSize[] = [
  { width: 256, hidden: 128 },
  { width: 512, hidden: 256 },
];

const onnxFloat32 = 'ONNX Runtime, float32';
const onnxInt8 = 'ONNX Runtime, 8 bits';
const kernelFloat32 = 'the kernel, float32';
const kernelInt8 = 'the kernel, 8 bits';

interface Named extends Contestant {
  readonly name: string;
}

/** Every model on every engine, on one thread of this process. */
export async function modelRows(modelFolder: string, skip: (why: string) => void): Promise<Row[]> {
  const python = trainingPython();
  if (python === undefined) {
    skip(
      'Eager PyTorch and graphs in 8 bits were not measured: there is no training/.venv (npm test -- training makes it).',
    );
  }
  const model = await readModel(modelFolder);
  const peersOf = model.rows === undefined ? modelFolder : undefined;
  const peers = python === undefined ? undefined : await askPython(python, peersOf, sizes);
  const rows = await defaultModelRows(model, peers?.ofDefault);
  for (const size of sizes) rows.push(...(await sizeRows(size, peers?.ofSize(size))));
  rows.push(await codedRow());
  return rows;
}

/** What a network costs under codes, with the prior of a trained model, beside the same without. */
async function codedRow(): Promise<Row> {
  const { width, hidden } = goldenCodedSizes;
  const plain = randomNetwork(width, hidden, 1);
  const file = writeKernelWeights(plain, 8).file;
  const without = await KernelModel.load(await kernelModule(), file, kernelShape(plain));
  const under = await randomCoded(goldenCodedSizes, 8);
  const [coded = Number.NaN, alone = Number.NaN] = await microsPerStep([
    { engine: under, state: codedStart(goldenCodedSizes), voices: 1 },
    { engine: without, state: startState(plain), voices: 1 },
  ]);
  const what = `${width}/${hidden} under codes, random weights on ${kernelInt8}`;
  return lessIsBetter(what, coded, 'µs per step', { name: 'the same without codes', value: alone });
}

async function defaultModelRows(model: VerifiedModel, peers: DefaultPeers | undefined): Promise<Row[]> {
  const { manifest, kernel, initialState: state } = model;
  const contestants: Named[] = [{ name: onnxFloat32, engine: await engineOf(model, 'onnx', 0), state, voices: 1 }];
  if (peers !== undefined)
    contestants.push(...(await onnxContestants({ eightBits: peers.eightBits }, manifest, state)));
  contestants.push(...inVoices(kernelInt8, await engineOf(model, 'int8', 0), state));
  const hasFloat32 = kernel?.float32 !== undefined;
  if (hasFloat32) contestants.push(...inVoices(kernelFloat32, await engineOf(model, 'float32', 0), state));
  const late = await p99Rows(contestants);
  const micros = await measure(contestants);
  const factor = (name: string) => 1e6 / manifest.sampleRateHz / micros(name, 1);
  const realTime = (name: string, peer: Row['peer']) =>
    moreIsBetter(`the default model on ${name}, one core`, factor(name), '× real time', peer);
  const against = (name: string) => ({ name, value: factor(name) });
  const eager = peers && { name: 'the same weights in eager PyTorch', value: peers.eagerFactor };
  return [
    realTime(onnxFloat32, eager),
    ...(hasFloat32 ? [realTime(kernelFloat32, against(onnxFloat32))] : []),
    realTime(kernelInt8, against(onnxFloat32)),
    ...(peers === undefined ? [] : [realTime(kernelInt8, against(onnxInt8))]),
    ...late,
    ...stepRows('the default model', contestants, micros),
  ];
}

/** What a block costs at worst, since a block that is late is heard. */
async function p99Rows(contestants: readonly Named[]): Promise<Row[]> {
  const p99Of = async (name: string) => {
    const found = contestants.find((contestant) => contestant.name === name && contestant.voices === 1);
    return found === undefined ? Number.NaN : blockP99Micros(found);
  };
  const peer = { name: onnxFloat32, value: await p99Of(onnxFloat32) };
  const what = 'one block of the default model on the kernel, 8 bits, 99th percentile';
  return [lessIsBetter(what, await p99Of(kernelInt8), 'µs', peer)];
}

async function sizeRows({ width, hidden }: NetworkSize, graphs: Graphs | undefined): Promise<Row[]> {
  const network = randomNetwork(width, hidden, 1);
  const shape = kernelShape(network);
  const state = startState(network);
  const weights = { int8: writeKernelWeights(network, 8).file, float32: writeKernelWeights(network, 32).file };
  const contestants = [
    ...(await onnxContestants({ float32: graphs?.float32, eightBits: graphs?.eightBits }, shape, state)),
    ...(await kernelContestants(weights, shape, state)),
  ];
  return stepRows(`${width}/${hidden}, random weights`, contestants, await measure(contestants));
}

/** ONNX Runtime draws one voice at a time. */
async function onnxContestants(
  graphs: { readonly [Precision in keyof Graphs]?: Uint8Array | undefined },
  shape: BlockShape,
  state: Float32Array,
): Promise<Named[]> {
  const contestants: Named[] = [];
  for (const [name, graph] of [
    [onnxFloat32, graphs.float32],
    [onnxInt8, graphs.eightBits],
  ] as const) {
    if (graph === undefined) continue;
    contestants.push({ name, engine: await OnnxModel.load(graph, shape, 'cpu', 0), state, voices: 1 });
  }
  return contestants;
}

async function kernelContestants(
  weights: { readonly int8: Uint8Array; readonly float32: Uint8Array },
  shape: BlockShape,
  state: Float32Array,
): Promise<Named[]> {
  const module = await kernelModule();
  const contestants: Named[] = [];
  for (const [name, file] of [
    [kernelInt8, weights.int8],
    [kernelFloat32, weights.float32],
  ] as const) {
    const engine = await KernelModel.load(module, file, shape);
    contestants.push(...inVoices(name, engine, state));
  }
  return contestants;
}

/** An engine with each number of voices that it is measured with. */
function inVoices(name: string, engine: BlockEngine, state: Float32Array): Named[] {
  return voiceCounts.map((voices) => ({ name, engine, state, voices }));
}

type Micros = (name: string, voices: number) => number;

/** Measures them all against one another, and ends them. */
async function measure(contestants: readonly Named[]): Promise<Micros> {
  const micros = await microsPerStep(contestants);
  for (const engine of new Set(contestants.map(({ engine }) => engine))) await engine.close();
  return (wanted, count) =>
    micros[contestants.findIndex(({ name, voices }) => name === wanted && voices === count)] ?? Number.NaN;
}

/** One row for each way the kernel draws, held against ONNX Runtime in float32 where that was measured. */
function stepRows(model: string, contestants: readonly Named[], micros: Micros): Row[] {
  const hasOnnx = contestants.some(({ name }) => name === onnxFloat32);
  return contestants
    .filter(({ name }) => name !== onnxFloat32)
    .map(({ name, voices }) => {
      const together = voices === 1 ? 'one voice' : `${voices} voices together`;
      const peer = hasOnnx ? { name: onnxFloat32, value: micros(onnxFloat32, 1) } : undefined;
      return lessIsBetter(`${model} on ${name}, ${together}`, micros(name, voices), 'µs per step and voice', peer);
    });
}
