import type { BlockRequest, ReportRequest } from '../core/events.js';

/** Draws that the recent real-time factor is taken from. */
const recentDraws = 64;

/** What is counted about one session, for people to look at. Nothing decides by it. */
export class Statistics {
  report: ReportRequest | undefined;
  gapFrameCount = 0;
  replacedValueCount = 0;
  #guidePeak = 0;
  #outputPeak = 0;
  readonly #draws: { seconds: number; millis: number }[] = [];

  countBlock(block: BlockRequest): void {
    this.replacedValueCount += block.replacedValueCount;
    for (const value of block.guide ?? []) this.#guidePeak = Math.max(this.#guidePeak, Math.abs(value));
  }

  countReport(report: ReportRequest): void {
    this.report = report;
    this.#outputPeak = Math.max(this.#outputPeak, report.peak);
  }

  /** Seconds of audio drawn, in milliseconds of a worker. */
  countDraw(seconds: number, millis: number): void {
    this.#draws.push({ seconds, millis });
    if (this.#draws.length > recentDraws) this.#draws.shift();
  }

  /** Seconds of audio drawn per second of inference, recently; 0: nothing drawn yet. */
  get realTimeFactor(): number {
    let seconds = 0;
    let millis = 0;
    for (const draw of this.#draws) {
      seconds += draw.seconds;
      millis += draw.millis;
    }
    return millis > 0 ? (seconds * 1000) / millis : 0;
  }

  /** Peaks since the last call, linear. */
  takePeaks(): { guidePeak: number; outputPeak: number } {
    const peaks = { guidePeak: this.#guidePeak, outputPeak: this.#outputPeak };
    this.#guidePeak = 0;
    this.#outputPeak = 0;
    return peaks;
  }
}
