import { type ParameterSpec, sanitiseParameter } from '../../../service/src/core/parameters.js';
import type { FrameScheduler } from '../ui/frames.js';
import type { Scope } from '../ui/scope.js';
import { confirmMillisMax, type Gesture, type GestureEvent, gestureAfter, idle, shownValue } from './gesture.js';

export type EditPhase = 'begin' | 'perform' | 'end';

export interface ParameterEditorOptions {
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
 * Edits one parameter of one instance, as gestures. Sends begin at once, the value at most once a frame, and end always:
 * when the person lets go, when the link is lost, when the control goes away.
 */
export class ParameterEditor {
  private gesture: Gesture = idle;
  private host: number;
  private unsent: number | undefined;
  private sent: number | undefined;
  private stopResting = () => {};
  private stopConfirming = () => {};
  private readonly flush = (): boolean => {
    this.perform();
    return false;
  };

  constructor(private readonly options: ParameterEditorOptions) {
    this.host = options.spec.default;
    options.scope.add(() => {
      this.end();
      options.frames.forget(this.flush);
    });
  }

  get value(): number {
    return shownValue(this.gesture, this.host);
  }

  get holding(): boolean {
    return this.gesture.kind === 'held';
  }

  /** The host's value now, and the last command of this page that the host has received. */
  update(host: number, editedId: number): void {
    this.host = host;
    this.step({ type: 'confirmed', id: editedId });
  }

  /** The gesture is over; what a pointer still does has no effect. */
  linkLost(): void {
    this.unsent = undefined;
    this.stopResting();
    this.step({ type: 'lost' });
  }

  begin(): void {
    this.stopResting();
    if (this.holding) return;
    const value = this.value;
    if (this.options.send('begin', value) === undefined) return;
    this.sent = undefined;
    this.step({ type: 'begin', value });
  }

  change(value: number): void {
    if (!this.holding) return;
    this.step({ type: 'change', value });
    const usable = sanitiseParameter(this.options.spec, value);
    if (usable === undefined) return;
    this.unsent = usable;
    this.options.frames.invalidate(this.flush);
  }

  end(): void {
    this.stopResting();
    if (!this.holding) return;
    this.perform();
    const value = sanitiseParameter(this.options.spec, this.value) ?? this.options.spec.default;
    this.step({ type: 'change', value });
    const endId = this.options.send('end', value);
    if (endId === undefined) {
      this.linkLost();
      return;
    }
    this.step({ type: 'end', endId, nowMillis: this.options.now() });
    this.stopConfirming();
    this.stopConfirming = this.options.scope.after(confirmMillisMax, () =>
      this.step({ type: 'time', nowMillis: this.options.now() }),
    );
  }

  /** One whole gesture. */
  set(value: number): void {
    this.begin();
    this.change(value);
    this.end();
  }

  /** A step by a key or a wheel: the gesture stays open for a while, so that a held key is one gesture. */
  nudge(value: number): void {
    this.begin();
    this.change(value);
    this.stopResting = this.options.scope.after(restMillis, () => this.end());
  }

  private perform(): void {
    if (this.unsent === undefined) return;
    const value = this.unsent;
    this.unsent = undefined;
    if (value === this.sent) return;
    this.sent = value;
    if (this.options.send('perform', value) === undefined) this.linkLost();
  }

  private step(event: GestureEvent): void {
    this.gesture = gestureAfter(this.gesture, event);
    this.options.changed();
  }
}
