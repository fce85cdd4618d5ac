import { InferenceSession, Tensor } from 'onnxruntime-node';
import { Failure } from '../../core/failure.js';
import {
  type BlockEngine,
  type BlockShape,
  blockCount,
  type DrawInputs,
  type DrawnBins,
  drawOneByOne,
} from '../engine.js';
import type { Provider } from '../provider-wish.js';

/**
 * A graph of the `samplernn` family in ONNX Runtime: one run draws one block. `run` blocks the thread it is called on
 * (it is synchronous inside), so this belongs into a worker.
 */
export class OnnxModel implements BlockEngine {
  readonly shape: BlockShape;
  /** The graph draws one voice. */
  readonly voicesTogetherMax = 1;
  readonly #session: InferenceSession;
  readonly #tailFloor: Tensor;

  private constructor(session: InferenceSession, shape: BlockShape, tailFloor: number) {
    this.#session = session;
    this.#tailFloor = new Tensor('float32', Float32Array.of(tailFloor), [1]);
    this.shape = shape;
  }

  /**
   * Loads a graph from bytes that have been checked. `tailFloor` as in the manifest; 0 draws from the whole distribution.
   * @throws Failure `model-damaged` when the graph cannot be loaded or has other inputs and outputs than docs/models.md.
   */
  static async load(graph: Uint8Array, shape: BlockShape, provider: Provider, tailFloor: number): Promise<OnnxModel> {
    let session: InferenceSession;
    try {
      session = await InferenceSession.create(graph, {
        executionProviders: [provider],
        graphOptimizationLevel: 'all',
        // A second thread makes this loop slower, and one that spins takes a core from the DAW.
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
      });
    } catch (cause) {
      throw new Failure('model-damaged', `The graph cannot be loaded on ${provider}: ${firstLine(cause)}`, cause);
    }
    try {
      checkGraph(session, shape);
    } catch (thrown) {
      await session.release();
      throw thrown;
    }
    return new OnnxModel(session, shape, tailFloor);
  }

  async draw(inputs: DrawInputs): Promise<DrawnBins> {
    const { blockSteps, stateFloats } = this.shape;
    const blocks = blockCount(inputs, this.shape);
    const sound = new Uint8Array(blocks * blockSteps);
    const entropy = new Float32Array(blocks * blockSteps);
    const states = new Float32Array(blocks * stateFloats);
    let state = inputs.state;
    for (let block = 0; block < blocks; block += 1) {
      const first = block * blockSteps;
      const perStep = (values: Float32Array) =>
        new Tensor('float32', values.subarray(first, first + blockSteps), [blockSteps]);
      const outputs = await this.#session.run({
        state: new Tensor('float32', state, [stateFloats]),
        temperature: perStep(inputs.temperature),
        uniform: perStep(inputs.uniform),
        guide_strength: perStep(inputs.guideStrength),
        guide_bin: perStep(inputs.guideBin),
        tail_floor: this.#tailFloor,
      });
      state = floats(outputs.next_state, stateFloats);
      states.set(state, block * stateFloats);
      entropy.set(floats(outputs.entropy, blockSteps), first);
      copyBins(outputs.drawn, sound.subarray(first, first + blockSteps));
    }
    return { sound, entropy, states };
  }

  drawTogether(voices: readonly DrawInputs[]): Promise<readonly DrawnBins[]> {
    return drawOneByOne(this, voices);
  }

  close(): Promise<void> {
    return this.#session.release();
  }
}

function checkGraph(session: InferenceSession, shape: BlockShape): void {
  const steps = shape.blockSteps;
  const state = shape.stateFloats;
  const expected = [
    ['input', session.inputMetadata, ['state', 'float32', state]],
    ['input', session.inputMetadata, ['temperature', 'float32', steps]],
    ['input', session.inputMetadata, ['uniform', 'float32', steps]],
    ['input', session.inputMetadata, ['guide_strength', 'float32', steps]],
    ['input', session.inputMetadata, ['guide_bin', 'float32', steps]],
    ['input', session.inputMetadata, ['tail_floor', 'float32', 1]],
    ['output', session.outputMetadata, ['drawn', 'int32', steps]],
    ['output', session.outputMetadata, ['entropy', 'float32', steps]],
    ['output', session.outputMetadata, ['next_state', 'float32', state]],
  ] as const;
  for (const [what, metadata, [name, type, length]] of expected) {
    const found = metadata.find((entry) => entry.name === name);
    const fits =
      found?.isTensor === true && found.type === type && found.shape.length === 1 && found.shape[0] === length;
    if (!fits) throw new Failure('model-damaged', `The graph has no ${what} ${name} of type ${type} [${length}].`);
  }
  if (session.inputMetadata.length !== 6) throw new Failure('model-damaged', 'The graph has more inputs than six.');
}

function floats(tensor: Tensor | undefined, length: number): Float32Array {
  const values = tensor?.data;
  if (!(values instanceof Float32Array) || values.length !== length || !values.every(Number.isFinite)) {
    throw new Failure('model-damaged', 'The graph gave values that are not finite, or the wrong number of them.');
  }
  return values;
}

function copyBins(tensor: Tensor | undefined, into: Uint8Array): void {
  const values = tensor?.data;
  if (!(values instanceof Int32Array) || values.length !== into.length || values.some((bin) => bin < 0 || bin > 255)) {
    throw new Failure('model-damaged', 'The graph drew a bin that does not exist.');
  }
  into.set(values);
}

function firstLine(thrown: unknown): string {
  return (thrown instanceof Error ? thrown.message : String(thrown)).split('\n', 1)[0] ?? '';
}
