/** What a hand sends of one gesture; `perform` carries a value. Returns the number by which the service answers. */
export type SendEdit = (phase: 'begin' | 'perform' | 'end', value: number) => number | undefined;

/** After letting go, the host's answer is waited for so long; then the host's value is shown whatever it is. */
export const settleMillis = 600;

type State =
  | { readonly kind: 'free' }
  | { readonly kind: 'held'; readonly value: number }
  /** Let go, and the host has not been told of the last value yet. */
  | {
      readonly kind: 'settling';
      readonly value: number;
      readonly id: number | undefined;
      readonly untilMillis: number;
    };

/**
 * One parameter in a person's hand. While it is held, and until the host has been told of where it was left, the hand is
 * right; at all other times the host is. So neither echoes the other: what the host says never becomes an edit.
 */
export class Grip {
  readonly #send: SendEdit;
  #state: State = { kind: 'free' };
  #told: number | undefined;

  constructor(send: SendEdit) {
    this.#send = send;
  }

  get held(): boolean {
    return this.#state.kind === 'held';
  }

  /** The value to show. */
  shown(host: number, nowMillis: number): number {
    if (this.#state.kind === 'settling' && nowMillis >= this.#state.untilMillis) this.#state = { kind: 'free' };
    return this.#state.kind === 'free' ? host : this.#state.value;
  }

  /** Takes hold at the value that is shown. */
  grab(value: number): void {
    if (this.held) return;
    this.#state = { kind: 'held', value };
    this.#told = undefined;
    this.#send('begin', 0);
  }

  /** Moves what is held; it is told at the next `flush`, so that a fast hand sends one value a frame. */
  move(value: number): void {
    if (this.held) this.#state = { kind: 'held', value };
  }

  /** Tells what has moved since; once a frame. */
  flush(): void {
    if (this.#state.kind !== 'held' || this.#state.value === this.#told) return;
    this.#told = this.#state.value;
    this.#send('perform', this.#state.value);
  }

  release(nowMillis: number): void {
    if (this.#state.kind !== 'held') return;
    this.flush();
    const { value } = this.#state;
    const id = this.#send('end', 0);
    this.#state = { kind: 'settling', value, id, untilMillis: nowMillis + settleMillis };
  }

  /** A whole gesture: a key, a click, a typed number. */
  set(value: number, nowMillis: number): void {
    if (this.held) {
      this.move(value);
      return;
    }
    this.grab(value);
    this.release(nowMillis);
  }

  /** The host has been told of edit `id`. */
  edited(id: number): void {
    if (this.#state.kind === 'settling' && this.#state.id !== undefined && id >= this.#state.id) {
      this.#state = { kind: 'free' };
    }
  }

  /** The link is lost: the service ends the gesture by itself. */
  drop(): void {
    this.#state = { kind: 'free' };
  }
}
