import type { EditResponse } from '../core/events.js';
import { Failure } from '../core/failure.js';
import { nearestValue, parameterOf } from '../core/parameters.js';

export type GesturePhase = EditResponse['phase'];

/** Whoever turns a parameter: a page. Gestures of one hand are ended together when it is gone. */
export type Hand = object;

interface Waiting {
  readonly serial: number;
  readonly applied: () => void;
}

/**
 * What hands do to one instance's parameters, on its way to the host. A parameter is in one hand at a time, as it would
 * be in an editor; nothing here changes a value, for the host owns it.
 */
export class ParameterEdits {
  readonly #send: (edit: EditResponse) => void;
  /** Whose gesture is open, by parameter. */
  readonly #holding = new Map<number, Hand>();
  #waiting: Waiting[] = [];
  #serial = 0;

  constructor(send: (edit: EditResponse) => void) {
    this.#send = send;
  }

  /**
   * One step of a gesture; `applied` is called when the host has been told.
   * @throws Failure `usage` when there is no such input, another hand holds it, or the gesture was not begun.
   */
  edit(hand: Hand, parameterId: number, phase: GesturePhase, value: number, applied: () => void): void {
    const parameter = parameterOf(parameterId);
    if (parameter === undefined) throw new Failure('usage', `There is no parameter ${parameterId}.`);
    const holder = this.#holding.get(parameterId);
    if (phase === 'begin') {
      if (holder !== undefined) throw new Failure('usage', `${parameter.title} is being turned on another page.`);
      this.#holding.set(parameterId, hand);
    } else if (holder !== hand) {
      throw new Failure('usage', `The gesture on ${parameter.title} was not begun on this page.`);
    }
    if (phase === 'end') this.#holding.delete(parameterId);
    this.#tell(parameterId, phase, phase === 'perform' ? nearestValue(parameter, value) : 0, applied);
  }

  /** Ends every gesture of a hand that is gone. */
  release(hand: Hand): void {
    for (const [parameterId, holder] of this.#holding) {
      if (holder !== hand) continue;
      this.#holding.delete(parameterId);
      this.#tell(parameterId, 'end', 0, () => {});
    }
  }

  /** The shim has told the host of everything up to `serial`. */
  applied(serial: number): void {
    const done = this.#waiting.filter((one) => one.serial <= serial);
    this.#waiting = this.#waiting.filter((one) => one.serial > serial);
    for (const { applied } of done) applied();
  }

  #tell(parameterId: number, phase: GesturePhase, value: number, applied: () => void): void {
    this.#serial += 1;
    this.#waiting.push({ serial: this.#serial, applied });
    this.#send({ type: 'edit', serial: this.#serial, parameterId, phase, value });
  }
}
