import { Tensor } from 'onnxruntime-node';
import {
  type BlockEngine,
  type BlockShape,
  blockCount,
  type DrawInputs,
  type DrawnBins,
  drawOneByOne,
  roomForBins,
} from '../engine.js';
import type { Provider } from '../provider-wish.js';
import { GuideEar } from '../rows/guide-ear.js';
import { type RowChance, RowVoice } from '../rows/row-voice.js';
import { blocksPerRow, codeCount, heardRows, networkStateFloats, networkSteps } from '../rows/sizes.js';
import type { RowFiles } from '../verified-model.js';
import { floatPort, floatTensor, GraphSession, intPort, intTensor } from './graph.js';

export interface RowsOptions {
  /** The network's graph. */
  readonly graph: Uint8Array;
  readonly rows: RowFiles;
  readonly shape: BlockShape;
  readonly provider: Provider;
  /** As in the manifest; 0 draws from the whole distribution. */
  readonly tailFloor: number;
}

/**
 * A SampleRNN under codes in ONNX Runtime: one run of the prior's graph hears a row and draws the next, and one of the network's
 * draws a block of 64 steps under three rows. Runs are synchronous inside, so this belongs into a worker.
 */
export class OnnxRowsModel implements BlockEngine {
  readonly shape: BlockShape;
  /** The graphs draw one voice. */
  readonly voicesTogetherMax = 1;
  readonly #model: RowFiles;
  readonly #ear: GuideEar;
  readonly #network: GraphSession;
  readonly #prior: GraphSession;
  readonly #tailFloor: Tensor;

  private constructor({ rows, shape, tailFloor }: RowsOptions, network: GraphSession, prior: GraphSession) {
    this.#model = rows;
    this.#ear = new GuideEar(rows.guide, rows.rows.bands);
    this.#network = network;
    this.#prior = prior;
    this.#tailFloor = floatTensor(Float32Array.of(tailFloor));
    this.shape = shape;
  }

  /** @throws Failure `model-damaged` when a graph cannot be loaded or has other inputs and outputs than docs/models.md */
  static async load(options: RowsOptions): Promise<OnnxRowsModel> {
    const { graph, rows, provider, shape } = options;
    const network = await GraphSession.load('The graph', graph, provider);
    try {
      checkNetwork(network, shape, options);
      const prior = await GraphSession.load(rows.rows.graph, rows.graph, provider);
      try {
        checkPrior(prior, options);
      } catch (thrown) {
        await prior.close();
        throw thrown;
      }
      return new OnnxRowsModel(options, network, prior);
    } catch (thrown) {
      await network.close();
      throw thrown;
    }
  }

  async draw(inputs: DrawInputs): Promise<DrawnBins> {
    const { blockSteps, stateFloats } = this.shape;
    const rows = blockCount(inputs, this.shape);
    const voice = new RowVoice(this.#model, this.#ear, inputs);
    const drawn = roomForBins(rows, this.shape);
    for (let row = 0; row < rows; row += 1) {
      await this.#drawRow(voice, row * blockSteps, drawn);
      drawn.states.set(voice.state.whole, row * stateFloats);
    }
    return drawn;
  }

  drawTogether(voices: readonly DrawInputs[]): Promise<readonly DrawnBins[]> {
    return drawOneByOne(this, voices);
  }

  async close(): Promise<void> {
    await this.#network.close();
    await this.#prior.close();
  }

  async #drawRow(voice: RowVoice, first: number, into: DrawnBins): Promise<void> {
    const { levels } = this.#model.rows;
    const chance = voice.chance(first);
    const before = codesOf(voice.state.before);
    const isFirst = (voice.state.present[0] ?? 0) < 0;
    const present = isFirst
      ? await this.#drawCodes(voice, before, chance, chance.uniform.slice(levels, 2 * levels))
      : codesOf(voice.state.present);
    const next = await this.#drawCodes(voice, present, chance, chance.uniform.slice(0, levels));
    const codes = new Tensor('int32', Int32Array.of(...before, ...present, ...next), [heardRows, levels]);
    for (let place = 0; place < blocksPerRow; place += 1) {
      await this.#drawBlock(voice, codes, place, first + place * networkSteps, into);
    }
    voice.moveOn(first, present, next);
  }

  /** Hears a row, and draws the one after it. */
  async #drawCodes(voice: RowVoice, heard: Int32Array, chance: RowChance, uniform: Float32Array): Promise<Int32Array> {
    const { levels, bands } = this.#model.rows;
    const { prior } = voice.state;
    const outputs = await this.#prior.run({
      state: floatTensor(prior),
      heard: intTensor(heard),
      temperature: floatTensor(Float32Array.of(chance.temperature)),
      uniform: floatTensor(uniform),
      guide: floatTensor(chance.latent ?? new Float32Array(bands)),
      guide_strength: floatTensor(Float32Array.of(chance.strength)),
      tail_floor: this.#tailFloor,
    });
    prior.set(this.#prior.floats(outputs, 'next_state', prior.length));
    this.#prior.floats(outputs, 'entropy', levels);
    return this.#prior.wholes(outputs, 'drawn', levels, codeCount);
  }

  async #drawBlock(voice: RowVoice, codes: Tensor, place: number, first: number, into: DrawnBins): Promise<void> {
    const { network } = voice.state;
    const { temperature, uniform, guideStrength, guideBin } = voice.inputs;
    const perStep = (values: Float32Array) => floatTensor(values.subarray(first, first + networkSteps));
    const outputs = await this.#network.run({
      state: floatTensor(network),
      temperature: perStep(temperature),
      uniform: perStep(uniform),
      guide_strength: perStep(guideStrength),
      guide_bin: perStep(guideBin),
      tail_floor: this.#tailFloor,
      codes,
      place: intTensor(Int32Array.of(place)),
    });
    network.set(this.#network.floats(outputs, 'next_state', network.length));
    into.entropy.set(this.#network.floats(outputs, 'entropy', networkSteps), first);
    into.sound.set(this.#network.wholes(outputs, 'drawn', networkSteps, 256), first);
  }
}

/** Codes of a state: what is none becomes one, as in the kernel. */
function codesOf(values: Float32Array): Int32Array {
  return Int32Array.from(values, (value) => (value >= 0 ? Math.min(codeCount - 1, Math.floor(value)) : 0));
}

function checkNetwork(network: GraphSession, { stateFloats }: BlockShape, { rows: { rows } }: RowsOptions): void {
  const state = networkStateFloats(stateFloats, rows);
  const perStep = ['temperature', 'uniform', 'guide_strength', 'guide_bin'].map((name) =>
    floatPort(name, networkSteps),
  );
  network.check(
    [
      floatPort('state', state),
      ...perStep,
      floatPort('tail_floor', 1),
      intPort('codes', heardRows, rows.levels),
      intPort('place', 1),
    ],
    [intPort('drawn', networkSteps), floatPort('entropy', networkSteps), floatPort('next_state', state)],
  );
}

function checkPrior(prior: GraphSession, { rows: { rows } }: RowsOptions): void {
  const { levels, priorWidth, bands } = rows;
  prior.check(
    [
      ...[
        floatPort('state', priorWidth),
        intPort('heard', levels),
        floatPort('temperature', 1),
        floatPort('uniform', levels),
      ],
      ...[floatPort('guide', bands), floatPort('guide_strength', 1), floatPort('tail_floor', 1)],
    ],
    [intPort('drawn', levels), floatPort('entropy', levels), floatPort('next_state', priorWidth)],
  );
}
