import type { BlockRequest, ReportRequest } from '../core/events.js';

/** Draws that the recent real-time factor is taken from. */
const recentDraws = 64;

/** Reactions that the median and the 99th percentile are taken from. */
const reactionsKept = 1000;

/** What is counted about one session, for people to look at. Nothing decides by it. */
export class Statistics {
  report: ReportRequest | undefined;
  gapFrameCount = 0;
  replacedValueCount = 0;
  #guidePeak = 0;
  #outputPeak = 0;
  /** Revisions of epochs that are over. */
  revisionCount = 0;
  refusedRevisionCount = 0;
  #reactions: number[] = [];
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

  /** Takes over what was counted of an epoch's revisions; `reactions` in milliseconds. */
  countRevisions(accepted: number, refused: number, reactions: readonly number[]): void {
    this.revisionCount += accepted;
    this.refusedRevisionCount += refused;
    this.#reactions = [...this.#reactions, ...reactions].slice(-reactionsKept);
  }

  /** Median and 99th percentile of the last reactions and those of the running epoch, in milliseconds. */
  reactionMillis(running: readonly number[]): { median: number; p99: number; count: number } {
    const sorted = [...this.#reactions, ...running].slice(-reactionsKept).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
    return { median: at(0.5), p99: at(0.99), count: sorted.length };
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
