import type { EditResponse } from '../core/events.js';
import { Failure } from '../core/failure.js';
import { nearestValue, parameterOf } from '../core/parameters.js';

export type GesturePhase = EditResponse['phase'];

/** Who edits a parameter: a page. The gestures of one are ended together when it is gone. */
export type EditSource = object;

interface Waiting {
  readonly sequence: number;
  readonly applied: () => void;
}

/**
 * Edits of one instance's parameters, on their way to the host. One source edits a parameter at a time, as in an editor;
 * nothing here changes a value, for the host owns it.
 */
export class ParameterEdits {
  readonly #send: (edit: EditResponse) => void;
  /** Whose gesture is open, by parameter. */
  readonly #sources = new Map<number, EditSource>();
  #waiting: Waiting[] = [];
  #sequence = 0;

  constructor(send: (edit: EditResponse) => void) {
    this.#send = send;
  }

  /**
   * One step of a gesture; `applied` is called when the host has received it.
   * @throws Failure `usage` when there is no such input, another source edits it, or the gesture was not begun.
   */
  edit(source: EditSource, parameterId: number, phase: GesturePhase, value: number, applied: () => void): void {
    const parameter = parameterOf(parameterId);
    if (parameter === undefined) throw new Failure('usage', `There is no parameter ${parameterId}.`);
    const editing = this.#sources.get(parameterId);
    if (phase === 'begin') {
      if (editing !== undefined) throw new Failure('usage', `${parameter.title} is being turned on another page.`);
      this.#sources.set(parameterId, source);
    } else if (editing !== source) {
      throw new Failure('usage', `The gesture on ${parameter.title} was not begun on this page.`);
    }
    if (phase === 'end') this.#sources.delete(parameterId);
    this.#forward(parameterId, phase, phase === 'perform' ? nearestValue(parameter, value) : 0, applied);
  }

  /** Ends every gesture of a source that is gone. */
  release(source: EditSource): void {
    for (const [parameterId, editing] of this.#sources) {
      if (editing !== source) continue;
      this.#sources.delete(parameterId);
      this.#forward(parameterId, 'end', 0, () => {});
    }
  }

  /** The host has received everything up to `sequence`. */
  applied(sequence: number): void {
    const done = this.#waiting.filter((one) => one.sequence <= sequence);
    this.#waiting = this.#waiting.filter((one) => one.sequence > sequence);
    for (const { applied } of done) applied();
  }

  #forward(parameterId: number, phase: GesturePhase, value: number, applied: () => void): void {
    this.#sequence += 1;
    this.#waiting.push({ sequence: this.#sequence, applied });
    this.#send({ type: 'edit', sequence: this.#sequence, parameterId, phase, value });
  }
}
