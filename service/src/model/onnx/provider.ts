import { env, listSupportedBackends } from 'onnxruntime-node';
import { Failure } from '../../core/failure.js';
import { CodesModel, type CodesOptions } from '../codes/model.js';
import type { BlockEngine, BlockShape, DrawInputs } from '../engine.js';
import type { Provider, ProviderWish } from '../provider-wish.js';
import { OnnxModel } from './model.js';
import { OnnxRowsModel, type RowsOptions } from './rows-model.js';

export interface ChosenModel {
  readonly model: BlockEngine;
  readonly provider: Provider;
  /** One sentence for people: why this one. */
  readonly reason: string;
}

/** Blocks drawn to measure a backend, after as many to warm it up. */
const measuredBlocks = 8;
/**
 * A backend must be this much faster than the CPU to be chosen for it. Another backend draws other bits, so the choice
 * must not tip over with the noise of a measurement from one start to the next.
 */
const advantageMin = 2;
/** Backends that `auto` tries. WebGPU is experimental, and launches a kernel per node of a loop's every iteration. */
const autoProviders: readonly Provider[] = ['cuda', 'dml', 'coreml'];

/** Loads an engine on a backend. */
type LoadOn = (provider: Provider) => Promise<BlockEngine>;

/** Loads a graph on the backend that was wished for, or else on the CPU, and says why. */
export function loadOnWish(
  graph: Uint8Array,
  shape: BlockShape,
  initialState: Float32Array,
  wish: ProviderWish,
  tailFloor: number,
): Promise<ChosenModel> {
  return chooseProvider((provider) => OnnxModel.load(graph, shape, provider, tailFloor), initialState, wish);
}

/** The same of a model of codes. */
export function loadCodesOnWish({
  wish,
  ...options
}: Omit<CodesOptions, 'provider'> & { readonly wish: ProviderWish }): Promise<ChosenModel> {
  const initialState = new Float32Array(options.manifest.stateFloats);
  return chooseProvider((provider) => CodesModel.load({ ...options, provider }), initialState, wish);
}

/** The same of a SampleRNN under codes. */
export function loadRowsOnWish(
  options: Omit<RowsOptions, 'provider'>,
  initialState: Float32Array,
  wish: ProviderWish,
): Promise<ChosenModel> {
  return chooseProvider((provider) => OnnxRowsModel.load({ ...options, provider }), initialState, wish);
}

async function chooseProvider(load: LoadOn, initialState: Float32Array, wish: ProviderWish): Promise<ChosenModel> {
  // A backend that is not there writes lines of its own to the terminal; what matters is in the reason.
  env.logLevel = 'fatal';
  const cpu = () => load('cpu');
  if (wish === 'cpu') return { model: await cpu(), provider: 'cpu', reason: 'cpu: asked for' };
  const there = supportedProviders();
  if (wish === 'auto') return chooseFastest(load, initialState, there);
  if (!there.includes(wish)) {
    return { model: await cpu(), provider: 'cpu', reason: `cpu: this build of ONNX Runtime has no ${wish}` };
  }
  try {
    const model = await load(wish);
    return { model, provider: wish, reason: `${wish}: asked for` };
  } catch (thrown) {
    return {
      model: await cpu(),
      provider: 'cpu',
      reason: `cpu: ${wish} cannot be used (${Failure.from(thrown).message})`,
    };
  }
}

async function chooseFastest(
  load: LoadOn,
  initialState: Float32Array,
  there: readonly Provider[],
): Promise<ChosenModel> {
  let best = await load('cpu');
  const others = autoProviders.filter((provider) => there.includes(provider));
  if (others.length === 0) return { model: best, provider: 'cpu', reason: 'cpu: there is no other' };
  const cpuMillis = await measureBlockMillis(best, initialState);
  let bestMillis = cpuMillis / advantageMin;
  let bestProvider: Provider = 'cpu';
  const findings = [`cpu ${cpuMillis.toFixed(1)} ms a block`];
  for (const provider of others) {
    try {
      const model = await load(provider);
      const millis = await measureBlockMillis(model, initialState);
      findings.push(`${provider} ${millis.toFixed(1)} ms`);
      const loser = millis < bestMillis ? best : model;
      if (loser === best) {
        best = model;
        bestMillis = millis;
        bestProvider = provider;
      }
      await loser.close();
    } catch {
      findings.push(`${provider} cannot be used here`);
    }
  }
  return { model: best, provider: bestProvider, reason: `${bestProvider}: ${findings.join(', ')}` };
}

function supportedProviders(): Provider[] {
  const known: readonly Provider[] = ['cpu', 'cuda', 'dml', 'coreml', 'webgpu'];
  const names = new Set(listSupportedBackends().map((backend) => backend.name));
  return known.filter((provider) => names.has(provider));
}

/** Wall-clock milliseconds of one block, warmed up. */
export async function measureBlockMillis(model: BlockEngine, initialState: Float32Array): Promise<number> {
  const inputs = plainInputs(model.shape, initialState, measuredBlocks);
  await model.draw(inputs);
  const started = performance.now();
  await model.draw(inputs);
  return (performance.now() - started) / measuredBlocks;
}

/** Inputs at T = 1, u = 1/2 and without a guide. */
export function plainInputs(shape: BlockShape, state: Float32Array, blocks: number): DrawInputs {
  const steps = blocks * shape.blockSteps;
  return {
    state,
    temperature: new Float32Array(steps).fill(1),
    uniform: new Float32Array(steps).fill(0.5),
    codeUniform: new Float32Array(steps).fill(0.5),
    guideStrength: new Float32Array(steps),
    guideBin: new Float32Array(steps).fill(128),
  };
}
