import type { ModelCard, SessionSnapshot } from '../../../service/src/core/monitor.js';
import { isPlain, respond } from '../../../service/src/core/response.js';
import type { Range } from '../geometry/axis.js';

/** A narrow useful range needs a third decimal: 0.95 and 0.975 are two settings of a token model. */
export function temperatureDigits(useful: Range): number {
  return useful.end - useful.start < 0.3 ? 3 : 2;
}

export function seconds(value: number): string {
  if (Math.abs(value) < 0.9995) return `${Math.round(value * 1000)} ms`;
  return `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

/** A place in the song, for reading: 12.3 s, 2:05.0. */
export function songTime(value: number): string {
  if (Math.abs(value) < 120) return `${value.toFixed(1)} s`;
  return clock(value, 1);
}

/** A place on an axis that ends at `end`. */
export function axisTime(value: number, step: number, end: number): string {
  const digits = step < 1 ? 1 : 0;
  return end <= 120 ? value.toFixed(digits).replace(/^-(0(\.0)?)$/, '$1') : clock(value, digits);
}

function clock(value: number, digits: number): string {
  const scale = 10 ** digits;
  const total = Math.round(Math.abs(value) * scale) / scale;
  const minutes = Math.floor(total / 60);
  const rest = (total - minutes * 60).toFixed(digits).padStart(digits > 0 ? 3 + digits : 2, '0');
  return `${value < 0 ? '−' : ''}${minutes}:${rest}`;
}

export function decibels(value: number): string {
  if (value < -99.95) return 'silent';
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(1)} dB`.replace(/^[−+]0\.0/, '0.0');
}

export function rate(hertz: number): string {
  return `${(hertz / 1000).toFixed(1).replace(/\.0$/, '')} kHz`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}

export interface StateWords {
  readonly kind: 'offline' | 'playing' | 'stopped';
  readonly title: string;
  readonly detail: string;
}

export function stateWords(snapshot: SessionSnapshot): StateWords {
  const place = songTime(snapshot.playheadFrame / snapshot.sampleRateHz);
  if (snapshot.playing && snapshot.offline) {
    return { kind: 'offline', title: 'Rendering exactly', detail: `the host waits for every frame · ${place}` };
  }
  if (snapshot.playing) return { kind: 'playing', title: 'Playing', detail: `in real time · ${place}` };
  return { kind: 'stopped', title: 'Stopped', detail: `at ${place}` };
}

/** How fast audio is drawn. An offline epoch may be slow; playback must not. */
export function speedWords(snapshot: SessionSnapshot): { text: string; slow: boolean } {
  const factor = snapshot.realTimeFactor;
  if (!(factor > 0)) return { text: 'nothing drawn yet', slow: false };
  const text = factor >= 1000 ? 'over 1000×' : `${factor.toFixed(factor < 10 ? 2 : factor < 100 ? 1 : 0)}×`;
  return { text, slow: factor < 1 && !snapshot.offline };
}

export function linkWords(linkMillis: number): string {
  if (!(linkMillis > 0)) return 'not measured yet';
  return `${linkMillis.toFixed(linkMillis < 10 ? 2 : 0)} ms`;
}

/** How much audio exists beyond the playhead. */
export function aheadWords(snapshot: SessionSnapshot): string {
  const ahead = (snapshot.renderedFrame - snapshot.playheadFrame) / snapshot.sampleRateHz;
  return ahead > 0 ? seconds(ahead) : 'nothing';
}

/** What plays a model here, and how fast it is. */
export function engineWords({ engine, realTimeFactor }: Pick<ModelCard, 'engine' | 'realTimeFactor'>): string {
  if (!(realTimeFactor > 0)) return `${engine}, not measured yet`;
  return `${engine}, ${realTimeFactor.toFixed(realTimeFactor < 10 ? 1 : 0)} × real time`;
}

/** What the draws make of the lane's temperature, where that is another one: `codes at 0.447`. */
export function answerWords(temperature: number, { answers }: Pick<ModelCard, 'answers'>): string {
  return answers
    .filter(({ exponents }) => !isPlain(exponents))
    .map(({ draws, exponents }) => `${draws} at ${respond(temperature, exponents).toFixed(3)}`)
    .join(', ');
}

/** The temperature of the last draw, and what the model made of it. */
export function usedWords(temperature: number, card: Pick<ModelCard, 'answers'> | undefined): string {
  const used = `the last draw used ${temperature.toFixed(3)}`;
  const answered = card === undefined ? '' : answerWords(temperature, card);
  return answered === '' ? used : `${used}: ${answered}`;
}

/** How draws answer the ends of the useful range: `codes: 0.75 → 0.447, 1.1 → 1.306`. */
export function answersFact({ answers, temperatureUseful }: Pick<ModelCard, 'answers' | 'temperatureUseful'>): string {
  const own = answers.filter(({ exponents }) => !isPlain(exponents));
  if (own.length === 0) return 'as it is drawn';
  return own
    .map(({ draws, exponents }) => {
      const ends = temperatureUseful.map((end) => `${end} → ${respond(end, exponents).toFixed(3)}`);
      return `${draws}: ${ends.join(', ')}`;
    })
    .join('; ');
}

export function cardOf<Card extends Pick<ModelCard, 'name' | 'digest'>>(
  model: string,
  models: readonly Card[],
): Card | undefined {
  return models.find((candidate) => candidate.name === model || candidate.digest === model);
}

export function titleOf(model: string, models: readonly Pick<ModelCard, 'name' | 'digest' | 'title'>[]): string {
  const card = cardOf(model, models);
  return card?.title || model || 'no model chosen';
}

const commonUseful: Range = { start: 0.5, end: 1.4 };

/** The model's useful range; where the model is not known, that of the default family. */
export function usefulRange(
  model: string,
  models: readonly Pick<ModelCard, 'name' | 'digest' | 'temperatureUseful'>[],
): Range {
  const card = cardOf(model, models);
  if (card === undefined) return commonUseful;
  const [start, end] = card.temperatureUseful;
  return end > start ? { start, end } : commonUseful;
}
