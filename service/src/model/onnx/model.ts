import type { Tensor } from 'onnxruntime-node';
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
import { floatPort, floatTensor, GraphSession, intPort } from './graph.js';

/**
 * A graph of the `samplernn` family in ONNX Runtime: one run draws one block. `run` blocks the thread it is called on
 * (it is synchronous inside), so this belongs into a worker.
 */
export class OnnxModel implements BlockEngine {
  readonly shape: BlockShape;
  /** The graph draws one voice. */
  readonly voicesTogetherMax = 1;
  readonly #graph: GraphSession;
  readonly #tailFloor: Tensor;

  private constructor(graph: GraphSession, shape: BlockShape, tailFloor: number) {
    this.#graph = graph;
    this.#tailFloor = floatTensor(Float32Array.of(tailFloor));
    this.shape = shape;
  }

  /**
   * Loads a graph from bytes that have been checked. `tailFloor` as in the manifest; 0 draws from the whole distribution.
   * @throws Failure `model-damaged` when the graph cannot be loaded or has other inputs and outputs than docs/models.md.
   */
  static async load(bytes: Uint8Array, shape: BlockShape, provider: Provider, tailFloor: number): Promise<OnnxModel> {
    const graph = await GraphSession.load('The graph', bytes, provider);
    try {
      checkGraph(graph, shape);
    } catch (thrown) {
      await graph.close();
      throw thrown;
    }
    return new OnnxModel(graph, shape, tailFloor);
  }

  async draw(inputs: DrawInputs): Promise<DrawnBins> {
    const { blockSteps, stateFloats } = this.shape;
    const blocks = blockCount(inputs, this.shape);
    const drawn = roomForBins(blocks, this.shape);
    let { state } = inputs;
    for (let block = 0; block < blocks; block += 1) {
      const first = block * blockSteps;
      const perStep = (values: Float32Array) => floatTensor(values.subarray(first, first + blockSteps));
      const outputs = await this.#graph.run({
        state: floatTensor(state),
        temperature: perStep(inputs.temperature),
        uniform: perStep(inputs.uniform),
        guide_strength: perStep(inputs.guideStrength),
        guide_bin: perStep(inputs.guideBin),
        tail_floor: this.#tailFloor,
      });
      state = this.#graph.floats(outputs, 'next_state', stateFloats);
      drawn.states.set(state, block * stateFloats);
      drawn.entropy.set(this.#graph.floats(outputs, 'entropy', blockSteps), first);
      drawn.sound.set(this.#graph.wholes(outputs, 'drawn', blockSteps, 256), first);
    }
    return drawn;
  }

  drawTogether(voices: readonly DrawInputs[]): Promise<readonly DrawnBins[]> {
    return drawOneByOne(this, voices);
  }

  close(): Promise<void> {
    return this.#graph.close();
  }
}

function checkGraph(graph: GraphSession, { blockSteps, stateFloats }: BlockShape): void {
  const perStep = ['temperature', 'uniform', 'guide_strength', 'guide_bin'].map((name) => floatPort(name, blockSteps));
  graph.check(
    [floatPort('state', stateFloats), ...perStep, floatPort('tail_floor', 1)],
    [intPort('drawn', blockSteps), floatPort('entropy', blockSteps), floatPort('next_state', stateFloats)],
  );
}
