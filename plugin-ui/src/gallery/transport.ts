/** How far two recordings may drift apart before the one that is switched to is set right. */
const driftSecondsMax = 0.03;

let playing: Transport | undefined;

/**
 * One or several recordings under one playhead, of which one is audible. The others run along muted, so that
 * switching between them leaves no hole. Starting one transport of a page stops another.
 */
export class Transport {
  readonly seconds: number;
  readonly #recordings: readonly HTMLAudioElement[];
  readonly #listeners: (() => void)[] = [];
  #audible = 0;
  #fault = '';

  constructor(addresses: readonly string[], seconds: number) {
    this.seconds = seconds;
    this.#recordings = addresses.map((address) => {
      const recording = new Audio();
      recording.preload = 'metadata';
      recording.src = address;
      recording.muted = true;
      for (const event of ['play', 'pause', 'seeked']) recording.addEventListener(event, () => this.#notify());
      recording.addEventListener('ended', () => this.pause());
      recording.addEventListener('error', () =>
        this.#fail(`${address} cannot be played: is the folder beside this page?`),
      );
      return recording;
    });
    this.choose(0);
  }

  get place(): number {
    return Math.min(this.seconds, this.#recordings[this.#audible]?.currentTime ?? 0);
  }

  get plays(): boolean {
    return this.#recordings[this.#audible]?.paused === false;
  }

  get audible(): number {
    return this.#audible;
  }

  /** A sentence where the audio cannot be played, else nothing. */
  get fault(): string {
    return this.#fault;
  }

  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  play(): void {
    if (playing !== this) playing?.pause();
    playing = this;
    if (this.place >= this.seconds - 0.05) this.seek(0);
    const { place } = this;
    for (const recording of this.#recordings) {
      if (Math.abs(recording.currentTime - place) > driftSecondsMax) recording.currentTime = place;
      // Paused again before it began is no fault.
      recording.play().catch((thrown: unknown) => {
        if (!(thrown instanceof DOMException && thrown.name === 'AbortError')) this.#fail(String(thrown));
      });
    }
  }

  pause(): void {
    for (const recording of this.#recordings) recording.pause();
    this.#notify();
  }

  toggle(): void {
    if (this.plays) this.pause();
    else this.play();
  }

  seek(second: number): void {
    const place = Math.min(this.seconds, Math.max(0, second));
    for (const recording of this.#recordings) recording.currentTime = place;
    this.#notify();
  }

  /** Makes another recording audible, at the place where this one is. */
  choose(index: number): void {
    const { place } = this;
    this.#audible = index;
    for (const [each, recording] of this.#recordings.entries()) {
      recording.muted = each !== index;
      if (each === index && Math.abs(recording.currentTime - place) > driftSecondsMax) recording.currentTime = place;
    }
    this.#notify();
  }

  #fail(sentence: string): void {
    this.#fault = sentence;
    this.#notify();
  }

  #notify(): void {
    for (const listener of this.#listeners) listener();
  }
}
