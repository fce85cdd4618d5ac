import { printable } from '../../core/failure.js';
import { type PlotPoint, plotLoss } from './loss-plot.js';
import type { EventOf, TrainingEvent } from './training-events.js';

/** Seconds between two lines of progress where nobody watches. */
const lineSeconds = 30;
const plotRows = 8;
const pointsMost = 4000;

export interface Terminal {
  readonly write: (text: string) => void;
  /** Undefined: this is no terminal, and what was written stays. */
  readonly columns: () => number | undefined;
}

/** Shows how a training goes: a line and a plot that move in a terminal, now and then a line elsewhere. */
export class TrainingView {
  readonly #terminal: Terminal;
  readonly #now: () => number;
  readonly #line: PlotPoint[] = [];
  readonly #marks: PlotPoint[] = [];
  #linesDrawn = 0;
  #toldAt = Number.NEGATIVE_INFINITY;
  #speed = 0;

  /** `now` in milliseconds. */
  constructor(terminal: Terminal, now: () => number = () => performance.now()) {
    this.#terminal = terminal;
    this.#now = now;
  }

  show(event: TrainingEvent): void {
    switch (event.event) {
      case 'stage':
        this.say(event.text);
        break;
      case 'check':
        for (const { level, file, text } of event.findings) {
          this.say(`${level === 'advice' ? '!' : '·'} ${file === '' ? '' : `${file}: `}${text}`);
        }
        break;
      case 'begun':
        this.say(begunText(event));
        break;
      case 'audition':
        this.say(`Listened at ${percent(event.share)}: ${event.why}${event.best ? ' (the best so far)' : ''}`);
        break;
      case 'update':
        this.#update(event);
        break;
      case 'failed':
      case 'interrupted':
      case 'done':
        this.clear();
    }
  }

  /** A line that stays. */
  say(text: string): void {
    this.clear();
    this.#terminal.write(`${printable(text, 2000)}\n`);
  }

  /** Takes back what moves. */
  clear(): void {
    if (this.#linesDrawn > 0) this.#terminal.write(`\u001b[${this.#linesDrawn}A\u001b[J`);
    this.#linesDrawn = 0;
  }

  #update(event: EventOf<'update'>): void {
    if (event.stepsPerSecond > 0) this.#speed = event.stepsPerSecond;
    if (event.trainingBits !== null) this.#line.push({ x: event.hours, y: event.trainingBits });
    if (event.heldOutBits !== null) this.#marks.push({ x: event.hours, y: event.heldOutBits });
    if (this.#line.length > pointsMost) this.#line.splice(0, this.#line.length, ...everySecond(this.#line));
    const columns = this.#terminal.columns();
    const status = this.#status(event);
    if (columns === undefined) {
      const due = this.#now() - this.#toldAt >= lineSeconds * 1000;
      if (!due && event.heldOutBits === null) return;
      this.#toldAt = this.#now();
      this.#terminal.write(`${status}\n`);
      return;
    }
    // A line that is wrapped would be two, and the next picture would begin one too low.
    const width = Math.max(20, columns - 1);
    const lines = [status, ...plotLoss(this.#line, this.#marks, width, plotRows)].map((line) => line.slice(0, width));
    this.clear();
    this.#terminal.write(lines.map((line) => `${line}\n`).join(''));
    this.#linesDrawn = lines.length;
  }

  #status({ share, trainingBits, steps, secondsLeft }: EventOf<'update'>): string {
    const heldOut = this.#marks.at(-1);
    const parts = [
      `${percent(share)}, ${duration(secondsLeft)} left`,
      trainingBits === null ? undefined : `${trainingBits.toFixed(3)} bits per step`,
      heldOut === undefined ? undefined : `held out ${heldOut.y.toFixed(3)}`,
      `${millions(steps)} steps`,
      this.#speed > 0 ? `${Math.round(this.#speed / 1000)} thousand a second` : undefined,
    ];
    return parts.filter((part) => part !== undefined).join(' · ');
  }
}

function begunText({ device, hours, hoursDone, resumed, widths, steps }: EventOf<'begun'>): string {
  const how = `widths ${widths.join('/')} on ${device}`;
  if (!resumed) return `Training ${hours} h, ${how}. Ctrl-C saves and stops; the same command goes on.`;
  return `Going on after ${hoursDone.toFixed(2)} of ${hours} h (${millions(steps)} steps), ${how}.`;
}

const percent = (share: number) => `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`;
const millions = (steps: number) => `${(steps / 1e6).toFixed(steps < 1e7 ? 1 : 0)} million`;
const everySecond = (points: readonly PlotPoint[]) => points.filter((_, index) => index % 2 === 0);

/** Rounded for people. */
export function duration(seconds: number): string {
  if (seconds < 90) return `${Math.ceil(seconds)} s`;
  if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
  return `${(seconds / 3600).toFixed(1)} h`;
}
