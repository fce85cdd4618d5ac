import { Failure } from '../../core/failure.js';
import { silentBin } from '../../core/mu-law.js';
import { type Response, respond, respondAll } from '../../core/response.js';
import type { DrawInputs } from '../engine.js';
import type { RowsManifest } from '../manifest.js';
import type { GuideEar } from './guide-ear.js';
import { rowSteps } from './sizes.js';
import { type RowState, takeApart } from './state.js';

/** What engines need of a SampleRNN under codes beside its network: sizes, guide file (checked) and response. */
export interface RowModel {
  readonly rows: RowsManifest;
  readonly guide: Float32Array;
  readonly response: Response;
}

/** What a row's codes are drawn under. */
export interface RowChance {
  readonly temperature: number;
  /** Of the levels of the next row; then, in a take's first, of its own. */
  readonly uniform: Float32Array;
  readonly strength: number;
  /** The guide in bands; undefined: there is no pull, and the strength is 0. */
  readonly latent: Float32Array | undefined;
}

/** One voice of a SampleRNN under codes on its way through rows: what is the same on every engine. */
export class RowVoice {
  readonly state: RowState;
  /** With temperatures as the sound answers them. */
  readonly inputs: DrawInputs;
  readonly #model: RowModel;
  readonly #ear: GuideEar;
  readonly #lane: Float32Array;
  readonly #codeUniform: Float32Array;

  /** The inputs are not changed. @throws Failure `internal` where their lengths are wrong */
  constructor(model: RowModel, ear: GuideEar, inputs: DrawInputs) {
    const { codeUniform, temperature, uniform, guideStrength, guideBin } = inputs;
    const arrays = [uniform, guideStrength, guideBin, codeUniform];
    if (codeUniform === undefined || arrays.some((values) => values?.length !== temperature.length)) {
      throw new Failure('internal', 'A model with rows was given inputs of the wrong lengths.');
    }
    this.#model = model;
    this.#ear = ear;
    this.#lane = temperature;
    this.#codeUniform = codeUniform;
    this.inputs = { ...inputs, temperature: respondAll(temperature, model.response.sound) };
    this.state = takeApart(Float32Array.from(inputs.state), model.rows);
  }

  /** What the codes of the row that begins with step `first` are drawn under. */
  chance(first: number): RowChance {
    const { rows, response } = this.#model;
    const strength = this.inputs.guideStrength[first] ?? 0;
    const latent = strength > 0 ? this.#ear.latent(this.state.guidePast) : undefined;
    return {
      temperature: respond(this.#lane[first] ?? 0, response.codes),
      uniform: this.#codeUniform.subarray(first, first + 2 * rows.levels),
      strength: latent === undefined ? 0 : strength,
      latent,
    };
  }

  /** The row that began with step `first` is drawn, under the codes `present`, and so are those of the row after it. */
  moveOn(first: number, present: ArrayLike<number>, next: ArrayLike<number>): void {
    const { state, inputs } = this;
    state.before.set(present);
    state.present.set(next);
    const end = first + rowSteps;
    if (!inputs.guideStrength.subarray(first, end).some((strength) => strength > 0)) {
      state.guidePast.fill(silentBin);
      return;
    }
    state.guidePast.copyWithin(0, rowSteps);
    state.guidePast.set(inputs.guideBin.subarray(first, end), state.guidePast.length - rowSteps);
  }
}
