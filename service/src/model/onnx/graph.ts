import { env, InferenceSession, Tensor } from 'onnxruntime-node';
import { Failure } from '../../core/failure.js';
import type { Provider } from '../provider-wish.js';

/** A named array of one of a graph's inputs or outputs: its type, and its shape or, where only that counts, its rank. */
export interface GraphPort {
  readonly name: string;
  readonly type: 'float32' | 'int32';
  /** Lengths; a negative one may be any. */
  readonly shape: readonly number[];
}

/** An ONNX graph in a session of one thread, called by its file's name in what is said of it. */
export class GraphSession {
  readonly #session: InferenceSession;
  readonly #file: string;

  private constructor(session: InferenceSession, file: string) {
    this.#session = session;
    this.#file = file;
  }

  /**
   * Loads a graph from bytes that have been checked.
   * @throws Failure `model-damaged` when it cannot be loaded.
   */
  static async load(file: string, graph: Uint8Array, provider: Provider): Promise<GraphSession> {
    try {
      const session = await InferenceSession.create(graph, {
        executionProviders: [provider],
        graphOptimizationLevel: 'all',
        // One that spins takes a core from the DAW.
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        logSeverityLevel: 3,
        extra: { session: { intra_op: { allow_spinning: '0' }, set_denormal_as_zero: '1' } },
      });
      return new GraphSession(session, file);
    } catch (cause) {
      const why = loadFault(cause instanceof Error ? cause.message : String(cause));
      throw new Failure('model-damaged', `${file} cannot be loaded on ${provider}: ${why}`, cause);
    }
  }

  /** The shape of an input; undefined: there is none of that name. */
  inputShape(name: string): readonly number[] | undefined {
    const found = this.#session.inputMetadata.find((entry) => entry.name === name);
    return found?.isTensor === true ? found.shape.map(Number) : undefined;
  }

  hasOutput(name: string): boolean {
    return this.#session.outputNames.includes(name);
  }

  /**
   * Holds the graph against what is asked of it. `optional` inputs may be missing; any other input than those listed is one that
   * nothing could be given to.
   * @throws Failure `model-damaged` that says which input or output is wrong, and what it must be
   */
  check(inputs: readonly GraphPort[], outputs: readonly GraphPort[], optional: readonly string[] = []): void {
    const { inputMetadata, outputMetadata } = this.#session;
    const listed = [
      ...inputs.map((port) => ({ what: 'input', port, found: inputMetadata })),
      ...outputs.map((port) => ({ what: 'output', port, found: outputMetadata })),
    ];
    for (const { what, port, found } of listed) {
      const entry = found.find(({ name }) => name === port.name);
      if (entry === undefined && what === 'input' && optional.includes(port.name)) continue;
      const wanted = `${port.type} [${port.shape.map((length) => (length < 0 ? '?' : length)).join(', ')}]`;
      if (entry?.isTensor !== true) throw this.#damaged(`has no ${what} ${port.name} (${wanted})`);
      const shape = entry.shape.map(Number);
      const fits =
        entry.type === port.type &&
        shape.length === port.shape.length &&
        port.shape.every((length, place) => (length < 0 ? (shape[place] ?? 0) > 0 : shape[place] === length));
      if (!fits) throw this.#damaged(`has ${what} ${port.name} as ${entry.type} [${shape.join(', ')}], not ${wanted}`);
    }
    const unknown = inputMetadata.find(({ name }) => inputs.every((port) => port.name !== name));
    if (unknown !== undefined) throw this.#damaged(`has an input ${unknown.name} that nothing is given to`);
  }

  /** Runs the graph on what it has inputs for. */
  async run(inputs: Readonly<Record<string, Tensor>>): Promise<InferenceSession.OnnxValueMapType> {
    const given: Record<string, Tensor> = {};
    for (const name of this.#session.inputNames) {
      const tensor = inputs[name];
      if (tensor !== undefined) given[name] = tensor;
    }
    try {
      return await this.#session.run(given);
    } catch (cause) {
      const why = (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0] ?? '';
      throw new Failure('model-damaged', `${this.#file} fails: ${why}`, cause);
    }
  }

  /** Finite float32 values of an output. @throws Failure `model-damaged` */
  floats(outputs: InferenceSession.OnnxValueMapType, name: string, length: number): Float32Array {
    const output = outputs[name];
    const values = output instanceof Tensor ? output.data : undefined;
    if (!(values instanceof Float32Array) || values.length !== length)
      throw this.#damaged(`gives no ${length} ${name}`);
    for (let index = 0; index < length; index += 1) {
      if (!Number.isFinite(values[index])) throw this.#damaged(`gives ${name} that are not finite`);
    }
    return values;
  }

  /** Whole numbers from 0 to `count` − 1 of an output. @throws Failure `model-damaged` */
  wholes(outputs: InferenceSession.OnnxValueMapType, name: string, length: number, count: number): Int32Array {
    const output = outputs[name];
    const values = output instanceof Tensor ? output.data : undefined;
    if (!(values instanceof Int32Array) || values.length !== length) throw this.#damaged(`gives no ${length} ${name}`);
    if (values.some((value) => value < 0 || value >= count)) throw this.#damaged(`gives ${name} beyond ${count - 1}`);
    return values;
  }

  close(): Promise<void> {
    return this.#session.release();
  }

  #damaged(how: string): Failure {
    return new Failure('model-damaged', `${this.#file} ${how}.`);
  }
}

export const floatPort = (name: string, ...shape: number[]): GraphPort => ({ name, type: 'float32', shape });
export const intPort = (name: string, ...shape: number[]): GraphPort => ({ name, type: 'int32', shape });

/** Tensors of one axis. */
export const floatTensor = (values: Float32Array, shape: readonly number[] = [values.length]): Tensor =>
  new Tensor('float32', values, shape);
export const intTensor = (values: Int32Array): Tensor => new Tensor('int32', values, [values.length]);

/** What ONNX Runtime says of a graph that it cannot load; of versions, which they are and what to do, without the C++ around it. */
export function loadFault(message: string): string {
  const runtime = `ONNX Runtime ${env.versions.node ?? env.versions.common}`;
  const opset = /Opset (\d+) is under development[\s\S]*?domain (\S+) is till opset (\d+)/.exec(message);
  if (opset !== null) {
    const [, own, domain, newest] = opset;
    return `it is of opset ${own} of ${domain}, and ${runtime} knows ${newest} at most: export it with that one or an older.`;
  }
  const format = /model IR version: (\d+), max supported IR version: (\d+)/.exec(message);
  if (format !== null) {
    const [, own, newest] = format;
    return `it is of ONNX IR version ${own}, and ${runtime} knows ${newest} at most: export it with an older onnx.`;
  }
  return message.split('\n', 1)[0] ?? '';
}
