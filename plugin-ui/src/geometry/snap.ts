import { beatOfSeconds, type MusicalTime, quartersPerBar, secondsOfBeat } from './ruler.js';

/**
 * The nearest place of the grid that can be seen: bars, beats and their parts where the host gives a tempo, round
 * seconds otherwise. `secondsPerPixel` decides how fine it is.
 */
export function snapSeconds(
  seconds: number,
  time: MusicalTime | null,
  sampleRateHz: number,
  secondsPerPixel: number,
): number {
  const least = secondsPerPixel * 8;
  if (time === null) {
    const step = 10 ** Math.ceil(Math.log10(least));
    const fine = [step / 5, step / 2, step].find((candidate) => candidate >= least) ?? step;
    return Math.round(seconds / fine) * fine;
  }
  const per = quartersPerBar(time);
  const quarters = (least * time.tempoBpm) / 60;
  const step = [0.25, 0.5, 1, per, per * 2, per * 4].find((candidate) => candidate >= quarters) ?? per * 8;
  const beat = beatOfSeconds(time, sampleRateHz, seconds);
  const snapped = Math.round((beat - time.barStartBeat) / step) * step + time.barStartBeat;
  return secondsOfBeat(time, sampleRateHz, snapped);
}
