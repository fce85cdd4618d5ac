import { Failure } from '../../core/failure.js';
import { binAmplitudes, silentBin } from '../../core/mu-law.js';
import { type Exponents, respond } from '../../core/response.js';
import { soundValues } from '../../core/sound.js';
import {
  type BlockEngine,
  type BlockShape,
  blockCount,
  type DrawInputs,
  type DrawnBlocks,
  drawOneByOne,
} from '../engine.js';
import type { CodeLimit } from '../engine-name.js';
import { type CodesManifest, responseOf, soundOf } from '../manifest.js';
import { floatTensor, GraphSession, intTensor } from '../onnx/graph.js';
import type { Provider } from '../provider-wish.js';
import { audioFloats, audioShape, audioTensor, writeSound } from './audio.js';
import { CodeDraw } from './draw.js';
import type { CodesFiles } from './files.js';
import { CodeGuide } from './guide.js';
import { CodePrior } from './prior.js';
import { appendRow, type CodesState, readState, writeState } from './state.js';

export interface CodesOptions {
  readonly manifest: CodesManifest;
  readonly files: CodesFiles;
  readonly provider: Provider;
  readonly tailFloor: number;
  readonly limit: CodeLimit;
}

/**
 * A model of the family `vq-prior` in ONNX Runtime: a block is one row of codes, drawn level after level, and the audio that
 * its decoder makes of it. Runs are synchronous inside, so this belongs into a worker.
 */
export class CodesModel implements BlockEngine {
  readonly shape: BlockShape;
  readonly voicesTogetherMax = 1;
  readonly #options: CodesOptions;
  readonly #prior: CodePrior;
  readonly #decoder: GraphSession;
  readonly #encoder: GraphSession | undefined;
  readonly #guide: CodeGuide | undefined;
  readonly #draw: CodeDraw;
  readonly #delayRows: number;
  readonly #response: Exponents;

  private constructor(
    options: CodesOptions,
    prior: CodePrior,
    decoder: GraphSession,
    encoder: GraphSession | undefined,
  ) {
    const { manifest, files } = options;
    const { codes, blockSteps, stateFloats } = manifest;
    this.#options = options;
    this.#prior = prior;
    this.#decoder = decoder;
    this.#encoder = encoder;
    this.#draw = new CodeDraw(codes.size);
    this.#response = responseOf(manifest).codes;
    this.#delayRows = Math.max(0, ...codes.delaysRows);
    this.shape = { blockSteps, stateFloats };
    if (manifest.encoder !== undefined && files.encoder !== undefined && this.#delayRows === 0) {
      const { latentFloats } = manifest.encoder;
      this.#guide = new CodeGuide(files.encoder.codebooks, codes.size, latentFloats, manifest.guide);
    }
  }

  /** @throws Failure `model-damaged` when a graph cannot be loaded or has other inputs and outputs than docs/models.md */
  static async load(options: CodesOptions): Promise<CodesModel> {
    const { manifest, files, provider } = options;
    const { codes, prior, decoder, encoder } = manifest;
    const opened: GraphSession[] = [];
    const open = async (file: string, bytes: Uint8Array) => {
      const session = await GraphSession.load(file, bytes, provider);
      opened.push(session);
      return session;
    };
    try {
      const row = await open(prior.row, files.row);
      const level =
        prior.level === undefined || files.level === undefined ? undefined : await open(prior.level, files.level);
      const decoding = await open(decoder.graph, files.decoder);
      decoding.check(
        [
          { name: 'codes', type: 'int32', shape: [codes.levels] },
          { name: 'state', type: 'float32', shape: [decoder.stateFloats] },
        ],
        [
          { name: 'audio', type: 'float32', shape: audioShape(manifest) },
          { name: 'next_state', type: 'float32', shape: [decoder.stateFloats] },
        ],
      );
      const encoding =
        encoder === undefined || files.encoder === undefined
          ? undefined
          : await open(encoder.graph, files.encoder.graph);
      if (encoder !== undefined) {
        encoding?.check(
          [
            { name: 'audio', type: 'float32', shape: audioShape(manifest) },
            { name: 'state', type: 'float32', shape: [encoder.stateFloats] },
          ],
          [
            { name: 'latent', type: 'float32', shape: [encoder.latentFloats] },
            { name: 'codes', type: 'int32', shape: [codes.levels] },
            { name: 'next_state', type: 'float32', shape: [encoder.stateFloats] },
          ],
        );
      }
      return new CodesModel(options, new CodePrior(manifest, { row, level }), decoding, encoding);
    } catch (thrown) {
      for (const session of opened) await session.close();
      throw thrown;
    }
  }

  async draw(inputs: DrawInputs): Promise<DrawnBlocks> {
    const { blockSteps, stateFloats } = this.shape;
    const { manifest } = this.#options;
    const blocks = blockCount(inputs, this.shape);
    const sound = soundValues(soundOf(manifest), blocks * blockSteps);
    const entropy = new Float32Array(blocks * blockSteps);
    const states = new Float32Array(blocks * stateFloats);
    const state = readState(manifest, inputs.state);
    for (let block = 0; block < blocks; block += 1) {
      const first = block * blockSteps;
      const bits = await this.#drawRow(state, inputs, first);
      entropy.fill(bits, first, first + blockSteps);
      writeSound(await this.#decode(state), sound.subarray(first, first + blockSteps));
      await this.#hearGuide(state, inputs, first);
      writeState(manifest, state, states.subarray(block * stateFloats, (block + 1) * stateFloats));
    }
    return { sound, entropy, states };
  }

  drawTogether(voices: readonly DrawInputs[]): Promise<readonly DrawnBlocks[]> {
    return drawOneByOne(this, voices);
  }

  /**
   * The state of a take that goes on from given audio: what the encoder makes of its last window, as if the take had drawn it.
   * `channels`: at the model's rate, of equal length, within ±1. A stereo model hears mono in both; a mono model takes one channel.
   * @throws Failure `usage` for a model without an encoder, or audio shorter than a row
   */
  async prime(channels: readonly Float32Array[], condition: number): Promise<Float32Array> {
    const { manifest } = this.#options;
    const { blockSteps, stateFloats } = this.shape;
    const { encoder, codes, prior } = manifest;
    const rowCount = Math.floor((channels[0]?.length ?? 0) / blockSteps);
    if (this.#encoder === undefined || encoder === undefined || this.#delayRows > 0) {
      throw new Failure('usage', `${manifest.name} has no encoder: it cannot go on from given audio.`);
    }
    if (rowCount === 0) throw new Failure('usage', 'There is less audio than one row to go on from.');
    const state = readState(manifest, new Float32Array(stateFloats));
    let heard: Float32Array = new Float32Array(encoder.stateFloats);
    for (let row = 0; row < rowCount; row += 1) {
      const outputs = await this.#encoder.run({
        audio: audioTensor(
          manifest,
          channels.map((values) => values.subarray(row * blockSteps, (row + 1) * blockSteps)),
        ),
        state: floatTensor(heard),
      });
      heard = this.#encoder.floats(outputs, 'next_state', encoder.stateFloats);
      const chosen = intsOf(outputs.codes?.data, codes.levels);
      const decoded = await this.#decoder.run({ codes: intTensor(chosen), state: floatTensor(state.decoder) });
      state.decoder = this.#decoder.floats(decoded, 'next_state', manifest.decoder.stateFloats);
      // Only a window of it is remembered, from which the take begins.
      if (row >= rowCount - (prior.windowRows - 1)) appendRow(manifest, state, { codes: chosen, condition });
    }
    const out = new Float32Array(stateFloats);
    writeState(manifest, state, out);
    return out;
  }

  async close(): Promise<void> {
    await this.#prior.close();
    await this.#decoder.close();
    await this.#encoder?.close();
  }

  /** Draws one row into the state; returns the mean entropy of its levels in bits. */
  async #drawRow(state: CodesState, inputs: DrawInputs, first: number): Promise<number> {
    const { manifest, tailFloor, limit } = this.#options;
    const { levels, delaysRows, padCode } = manifest.codes;
    const condition = inputs.condition?.[first] ?? 0;
    const answered = respond(inputs.temperature[first] ?? 0, this.#response);
    const strength = inputs.guideStrength[first] ?? 0;
    const hidden = await this.#prior.run(state.rowCount, state.rows, condition);
    const codes = new Int32Array(levels);
    let bits = 0;
    let drawn = 0;
    for (let level = 0; level < levels; level += 1) {
      if (state.rowCount < (delaysRows[level] ?? 0)) {
        codes[level] = padCode;
        continue;
      }
      const scores = await this.#prior.scores(hidden, codes, level);
      const pull =
        strength > 0 && state.latent !== undefined
          ? this.#guide?.bias(state.latent, codes, level, strength)
          : undefined;
      const { code, entropy } = this.#draw.draw(scores, {
        temperature: answered * (manifest.levelTemperature[level] ?? 1),
        uniform: inputs.uniform[first + level] ?? 0.5,
        tailFloor,
        limit,
        guide: pull,
      });
      codes[level] = code;
      bits += entropy;
      drawn += 1;
    }
    appendRow(manifest, state, { codes, condition });
    return drawn === 0 ? 0 : bits / drawn;
  }

  /** The audio of the newest row that all levels are drawn of; silence before there is one. */
  async #decode(state: CodesState): Promise<Float32Array> {
    const { codes, decoder } = this.#options.manifest;
    const row = state.rowCount - 1 - this.#delayRows;
    if (row < 0) return new Float32Array(audioFloats(this.#options.manifest));
    const oldest = state.rowCount - state.rows.length;
    const sounding = Int32Array.from(codes.delaysRows, (delay, level) => {
      return state.rows[row + delay - oldest]?.codes[level] ?? 0;
    });
    const outputs = await this.#decoder.run({ codes: intTensor(sounding), state: floatTensor(state.decoder) });
    state.decoder = this.#decoder.floats(outputs, 'next_state', decoder.stateFloats);
    return this.#decoder.floats(outputs, 'audio', audioFloats(this.#options.manifest));
  }

  /** What the guide of this row is to the next one. Where it pulls nowhere in a row, it is forgotten. */
  async #hearGuide(state: CodesState, inputs: DrawInputs, first: number): Promise<void> {
    const encoder = this.#encoder;
    const sizes = this.#options.manifest.encoder;
    if (encoder === undefined || sizes === undefined || this.#guide === undefined) return;
    const end = first + this.shape.blockSteps;
    if (inputs.guideStrength.subarray(first, end).every((strength) => strength === 0)) {
      state.latent = undefined;
      state.encoder = new Float32Array(sizes.stateFloats);
      return;
    }
    const audio = Float32Array.from(inputs.guideBin.subarray(first, end), (bin) => {
      return bin === silentBin ? 0 : (binAmplitudes[bin] ?? 0);
    });
    const outputs = await encoder.run({
      audio: audioTensor(this.#options.manifest, [audio]),
      state: floatTensor(state.encoder),
    });
    state.encoder = encoder.floats(outputs, 'next_state', sizes.stateFloats);
    state.latent = encoder.floats(outputs, 'latent', sizes.latentFloats);
  }
}

function intsOf(values: unknown, length: number): Int32Array {
  if (values instanceof Int32Array && values.length === length) return values;
  throw new Failure('model-damaged', 'The encoder gives the wrong number of codes.');
}
