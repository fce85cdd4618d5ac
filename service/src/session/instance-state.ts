import type { BlockRequest, InstanceRequest } from '../core/events.js';
import type { SessionSnapshot } from '../core/monitor.js';

/** What the host says of an instance beside its audio. */
export type HostState = Pick<SessionSnapshot, 'parameters' | 'trackName' | 'trackColour' | 'musicalTime' | 'loop'>;

/** The last that the host said of an instance. Nothing decides by it. */
export class InstanceState {
  #current: HostState = { parameters: [], trackName: '', trackColour: '', musicalTime: null, loop: null };

  get current(): HostState {
    return this.#current;
  }

  update({ values, trackName, trackColour }: InstanceRequest): void {
    this.#current = { ...this.#current, parameters: [...values], trackName, trackColour };
  }

  updateFromBlock({ startFrame, musicalTime, loop }: BlockRequest): void {
    this.#current = {
      ...this.#current,
      musicalTime:
        musicalTime === undefined ? null : { ...musicalTime, frame: startFrame, signature: [...musicalTime.signature] },
      loop: loop === undefined ? null : [loop.startFrame, loop.endFrame],
    };
  }
}
