import { silentBin } from '../core/mu-law.js';
import type { Step } from '../core/units.js';

/** Guide bins of one segment's steps, by step from the segment's start. */
interface GuidePage {
  readonly delivered: Uint8Array;
  readonly effective: Uint8Array;
}

/** Pages kept in memory: of one take ten minutes at 16 kHz. Beyond it the oldest is forgotten. */
const pagesMax = 600;

/** The guide's bins of one take, as they were delivered and as the draws used them; silence where there are none. */
export class GuidePages {
  readonly #pageSteps: number;
  readonly #pages = new Map<number, GuidePage>();

  constructor(pageSteps: number) {
    this.#pageSteps = pageSteps;
  }

  knows(step: Step): boolean {
    return this.#page(step) !== undefined;
  }

  delivered(step: Step): number {
    return this.#page(step)?.delivered[step % this.#pageSteps] ?? silentBin;
  }

  effective(step: Step): number {
    return this.#page(step)?.effective[step % this.#pageSteps] ?? silentBin;
  }

  set(step: Step, delivered: number, effective: number): void {
    if (delivered === silentBin && effective === silentBin) return;
    const page = this.#page(step) ?? this.#addPage(step);
    page.delivered[step % this.#pageSteps] = delivered;
    page.effective[step % this.#pageSteps] = effective;
  }

  #page(step: Step): GuidePage | undefined {
    return this.#pages.size === 0 ? undefined : this.#pages.get(Math.floor(step / this.#pageSteps));
  }

  #addPage(step: Step): GuidePage {
    const empty = () => new Uint8Array(this.#pageSteps).fill(silentBin);
    const page = { delivered: empty(), effective: empty() };
    this.#pages.set(Math.floor(step / this.#pageSteps), page);
    if (this.#pages.size > pagesMax) {
      const [oldest] = this.#pages.keys();
      if (oldest !== undefined) this.#pages.delete(oldest);
    }
    return page;
  }
}
