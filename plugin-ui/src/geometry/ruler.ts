import type { SessionSnapshot } from '../../../service/src/core/monitor.js';
import type { Range } from './axis.js';

export type MusicalTime = NonNullable<SessionSnapshot['musicalTime']>;

export interface Mark {
  readonly seconds: number;
  /** '': a line without a number. */
  readonly label: string;
  readonly strong: boolean;
}

const marksMax = 400;

export function quartersPerBar({ signature: [count, unit] }: MusicalTime): number {
  return count > 0 && unit > 0 ? (count * 4) / unit : 4;
}

/** Song seconds at which a quarter note falls, by the tempo as it is now. */
export function secondsOfBeat(time: MusicalTime, sampleRateHz: number, beat: number): number {
  return time.frame / sampleRateHz + ((beat - time.beat) * 60) / time.tempoBpm;
}

export function beatOfSeconds(time: MusicalTime, sampleRateHz: number, seconds: number): number {
  return time.beat + ((seconds - time.frame / sampleRateHz) * time.tempoBpm) / 60;
}

/** A place as musicians say it, from 1 on: bar and beat. */
export function barAndBeat(time: MusicalTime, sampleRateHz: number, seconds: number): string {
  const per = quartersPerBar(time);
  const unit = 4 / (time.signature[1] > 0 ? time.signature[1] : 4);
  const beat = beatOfSeconds(time, sampleRateHz, seconds) + 1e-6;
  const bar = Math.floor((beat - time.barStartBeat) / per) + Math.round(time.barStartBeat / per);
  const inBar = beat - (time.barStartBeat + (bar - Math.round(time.barStartBeat / per)) * per);
  return `${bar + 1}.${Math.floor(inBar / unit) + 1}`;
}

/**
 * Lines at bars, every so many of them that numbers keep `leastPixels` apart, and lines at beats where there is room.
 * The tempo of now is taken for all of the song: the host gives no other.
 */
export function barMarks(
  time: MusicalTime,
  sampleRateHz: number,
  range: Range,
  secondsPerPixel: number,
  leastPixels: number,
): Mark[] {
  const per = quartersPerBar(time);
  const barPixels = (per * 60) / time.tempoBpm / secondsPerPixel;
  if (!(barPixels > 0) || !Number.isFinite(barPixels)) return [];
  const every = 2 ** Math.max(0, Math.ceil(Math.log2(leastPixels / barPixels)));
  const unit = 4 / (time.signature[1] > 0 ? time.signature[1] : 4);
  const beatPixels = (barPixels * unit) / per;
  const step = every > 1 ? per * every : beatPixels > 10 ? unit : per;
  const barOfStart = Math.round(time.barStartBeat / per);
  const origin = time.barStartBeat - (barOfStart % every) * per;
  const first = Math.ceil((beatOfSeconds(time, sampleRateHz, range.start) - origin) / step - 1e-6);
  const last = Math.floor((beatOfSeconds(time, sampleRateHz, range.end) - origin) / step + 1e-6);
  const marks: Mark[] = [];
  for (let index = first; index <= last && marks.length < marksMax; index += 1) {
    const beat = origin + index * step;
    const bars = (beat - time.barStartBeat) / per;
    const whole = Math.abs(bars - Math.round(bars)) < 1e-6;
    marks.push({
      seconds: secondsOfBeat(time, sampleRateHz, beat),
      label: whole ? String(barOfStart + Math.round(bars) + 1) : '',
      strong: whole,
    });
  }
  return marks;
}

/** Reads a place that a person typed: `12.5` or `12.5 s`, `1:05.2`, or with a known tempo a bar and beat, `5|1`. */
export function parsePlace(text: string, time: MusicalTime | null, sampleRateHz: number): number | undefined {
  const clean = text.trim().replace('−', '-').replace(',', '.');
  const bar = /^(-?\d+)\s*\|\s*(\d+(?:\.\d+)?)?$/.exec(clean);
  if (bar !== null) {
    if (time === null) return undefined;
    const per = quartersPerBar(time);
    const unit = 4 / (time.signature[1] > 0 ? time.signature[1] : 4);
    const bars = Number(bar[1]) - 1 - Math.round(time.barStartBeat / per);
    return secondsOfBeat(time, sampleRateHz, time.barStartBeat + bars * per + (Number(bar[2] ?? 1) - 1) * unit);
  }
  const clock = /^(-?)(\d+):([0-5]?\d(?:\.\d*)?)$/.exec(clean);
  if (clock !== null) return (clock[1] === '-' ? -1 : 1) * (Number(clock[2]) * 60 + Number(clock[3]));
  const plain = /^(-?(?:\d+\.?\d*|\.\d+))\s*s?$/.exec(clean);
  return plain === null ? undefined : Number(plain[1]);
}
