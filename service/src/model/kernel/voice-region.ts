import { Failure } from '../../core/failure.js';
import { pageBytes } from './layout.js';

/** So many voices go through the kernel at a time, and more of them in several goes: their bits are the same. */
export const voicesPerCall = 16;

/** The room of one instance's voices in a model's memory, which it takes for itself. */
export class VoiceRegion {
  readonly #memory: WebAssembly.Memory;
  readonly #voiceBytes: number;
  #address = 0;
  #voices = 0;

  constructor(memory: WebAssembly.Memory, voiceBytes: number) {
    this.#memory = memory;
    this.#voiceBytes = voiceBytes;
  }

  /** Where the first voice is. */
  get address(): number {
    return this.#address;
  }

  floats(voice: number, field: number, count: number): Float32Array {
    return new Float32Array(this.#memory.buffer, this.#at(voice, field), count);
  }

  bytes(voice: number, field: number, count: number): Uint8Array {
    return new Uint8Array(this.#memory.buffer, this.#at(voice, field), count);
  }

  /**
   * Takes room for so many voices. Growing is atomic, so instances on other threads get others; a region that was
   * outgrown stays unused, which happens a few times at most, as the next one is at least twice as large.
   * @throws Failure `exhausted` where there is no memory
   */
  makeRoom(voices: number): void {
    if (voices <= this.#voices) return;
    const count = Math.min(Math.max(voices, 2 * this.#voices), voicesPerCall);
    try {
      this.#address = this.#memory.grow(Math.ceil((count * this.#voiceBytes) / pageBytes)) * pageBytes;
    } catch (cause) {
      throw new Failure('exhausted', `There is no memory for ${count} voices of a model.`, cause);
    }
    this.#voices = count;
  }

  #at(voice: number, field: number): number {
    return this.#address + voice * this.#voiceBytes + field;
  }
}
