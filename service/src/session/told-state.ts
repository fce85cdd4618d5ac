import type { BlockRequest, InstanceRequest } from '../core/events.js';
import type { SessionSnapshot } from '../core/monitor.js';

type Told = Pick<SessionSnapshot, 'parameters' | 'trackName' | 'trackColour' | 'musicalTime' | 'loop'>;

/** What the host has told of an instance beside its audio, as it was told last. Nothing decides by it. */
export class ToldState {
  #told: Told = { parameters: [], trackName: '', trackColour: '', musicalTime: null, loop: null };

  get told(): Told {
    return this.#told;
  }

  hearInstance({ values, trackName, trackColour }: InstanceRequest): void {
    this.#told = { ...this.#told, parameters: [...values], trackName, trackColour };
  }

  hearBlock({ startFrame, musicalTime, loop }: BlockRequest): void {
    this.#told = {
      ...this.#told,
      musicalTime:
        musicalTime === undefined ? null : { ...musicalTime, frame: startFrame, signature: [...musicalTime.signature] },
      loop: loop === undefined ? null : [loop.startFrame, loop.endFrame],
    };
  }
}
