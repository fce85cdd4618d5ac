import { type ParameterSpec, sanitiseParameter } from '../../../service/src/core/parameters.js';
import type { FrameScheduler } from '../ui/frames.js';
import type { Scope } from '../ui/scope.js';
import { type Gesture, type GestureEvent, gestureAfter, idle, settleMillis, shownValue } from './gesture.js';

export type EditPhase = 'begin' | 'perform' | 'end';

export interface HandOptions {
  readonly spec: ParameterSpec;
  readonly scope: Scope;
  readonly frames: FrameScheduler;
  /** Sends one step of a gesture; its id, or undefined when there is no link. */
  readonly send: (phase: EditPhase, value: number) => number | undefined;
  readonly now: () => number;
  /** What is to be shown has changed. */
  readonly changed: () => void;
}

/** Keys and wheels have no end of their own: a gesture of theirs ends when so long nothing more came. */
const restMillis = 400;

/**
 * One hand on one input. Says begin at once, the value at most once a frame, and end always: when it lets go, when the
 * page loses it, when what it holds on to goes away.
 */
export class Hand {
  private gesture: Gesture = idle;
  private host: number;
  private unsent: number | undefined;
  private sent: number | undefined;
  private stopResting = () => {};
  private stopSettling = () => {};
  private readonly flush = (): boolean => {
    this.perform();
    return false;
  };

  constructor(private readonly options: HandOptions) {
    this.host = options.spec.default;
    options.scope.add(() => {
      this.release();
      options.frames.forget(this.flush);
    });
  }

  get value(): number {
    return shownValue(this.gesture, this.host);
  }

  get holding(): boolean {
    return this.gesture.kind === 'held';
  }

  /** What the host says now, and up to which command of this page it has been told. */
  hear(host: number, editedId: number): void {
    this.host = host;
    this.step({ type: 'edited', id: editedId });
  }

  /** The link is lost; whoever still drags has nothing in the hand any more. */
  lose(): void {
    this.unsent = undefined;
    this.stopResting();
    this.step({ type: 'lost' });
  }

  grasp(): void {
    this.stopResting();
    if (this.holding) return;
    const value = this.value;
    if (this.options.send('begin', value) === undefined) return;
    this.sent = undefined;
    this.step({ type: 'grasp', value });
  }

  move(value: number): void {
    if (!this.holding) return;
    this.step({ type: 'move', value });
    const usable = sanitiseParameter(this.options.spec, value);
    if (usable === undefined) return;
    this.unsent = usable;
    this.options.frames.invalidate(this.flush);
  }

  release(): void {
    this.stopResting();
    if (!this.holding) return;
    this.perform();
    const value = sanitiseParameter(this.options.spec, this.value) ?? this.options.spec.default;
    this.step({ type: 'move', value });
    const endId = this.options.send('end', value);
    if (endId === undefined) {
      this.lose();
      return;
    }
    this.step({ type: 'release', endId, nowMillis: this.options.now() });
    this.stopSettling();
    this.stopSettling = this.options.scope.after(settleMillis, () =>
      this.step({ type: 'time', nowMillis: this.options.now() }),
    );
  }

  /** One whole gesture. */
  set(value: number): void {
    this.grasp();
    this.move(value);
    this.release();
  }

  /** A step by a key or a wheel: the gesture stays open for a while, so that a held key is one gesture. */
  nudge(value: number): void {
    this.grasp();
    this.move(value);
    this.stopResting = this.options.scope.after(restMillis, () => this.release());
  }

  private perform(): void {
    if (this.unsent === undefined) return;
    const value = this.unsent;
    this.unsent = undefined;
    if (value === this.sent) return;
    this.sent = value;
    if (this.options.send('perform', value) === undefined) this.lose();
  }

  private step(event: GestureEvent): void {
    this.gesture = gestureAfter(this.gesture, event);
    this.options.changed();
  }
}
