/**
 * The output of commands that run side by side, one after another: the first that runs is read as it goes, what the others
 * say is kept until it is their turn.
 */
export class Turns {
  /** @type {{ lines: string[], ended: boolean }[]} */
  #speakers = [];
  #write;

  /** @param {(line: string) => void} write */
  constructor(write) {
    this.#write = write;
  }

  /** Somebody who speaks from now on. */
  join() {
    const speaker = { lines: /** @type {string[]} */ ([]), ended: false };
    this.#speakers.push(speaker);
    return {
      /** @param {string} line */
      say: (line) => {
        if (this.#speakers[0] === speaker) this.#write(line);
        else speaker.lines.push(line);
      },
      end: () => {
        speaker.ended = true;
        this.#goOn();
      },
    };
  }

  /** Whoever has ended goes; whoever is next says what was kept. Those that have ended are told before one that runs. */
  #goOn() {
    if (this.#speakers[0]?.ended !== true) return;
    this.#speakers.shift();
    const next = this.#speakers.findIndex(({ ended }) => ended);
    if (next > 0) this.#speakers.unshift(...this.#speakers.splice(next, 1));
    for (const line of this.#speakers[0]?.lines.splice(0) ?? []) this.#write(line);
    this.#goOn();
  }
}
