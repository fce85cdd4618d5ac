import { labelsMax } from './condition.js';

/**
 * The inputs of an instance as the page and the service know them: the permanent ids, ranges and names of
 * native-shim/crates/core/src/parameter.rs, which is their source. proto/parameters.json is written from there, and
 * test/plugin-ui/parameters.test.ts holds this list to it.
 */
export interface ParameterSpec {
  readonly id: number;
  readonly title: string;
  /** '' where a value has none. */
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** Decimals that are shown and set; 0: whole numbers only. */
  readonly decimals: number;
  /** Names of the values from 0 on; empty: the value is a number. */
  readonly choices: readonly string[];
}

export const parameterId = {
  temperature: 0,
  guideAmount: 1,
  guideSource: 2,
  take: 3,
  mix: 4,
  outputGain: 5,
  run: 6,
  renderWait: 7,
  keepTake: 10,
  start: 11,
  artist: 12,
  genre: 13,
  blend: 14,
  otherArtist: 15,
  otherGenre: 16,
} as const;

type ParameterName = keyof typeof parameterId;

const number = (
  name: ParameterName,
  title: string,
  range: readonly [min: number, max: number],
  preset: number,
  decimals: number,
  unit = '',
): ParameterSpec => ({
  id: parameterId[name],
  title,
  unit,
  min: range[0],
  max: range[1],
  default: preset,
  decimals,
  choices: [],
});

const list = (name: ParameterName, title: string, choices: readonly string[]): ParameterSpec => ({
  ...number(name, title, [0, choices.length - 1], 0, 0),
  choices,
});

export const parameters: Readonly<Record<ParameterName, ParameterSpec>> = {
  temperature: number('temperature', 'Temperature', [0, 2], 1, 3),
  guideAmount: number('guideAmount', 'Guide amount', [0, 1], 0, 3),
  guideSource: list('guideSource', 'Guide source', ['Auto', 'Sidechain', 'Track input']),
  take: number('take', 'Take', [0, 9999], 1, 0),
  mix: number('mix', 'Mix', [0, 1], 1, 3),
  outputGain: number('outputGain', 'Output gain', [-60, 12], 0, 1, 'dB'),
  run: list('run', 'Run', ['Follow transport', 'Free-run']),
  renderWait: list('renderWait', 'Render wait', ['Auto', 'On', 'Off']),
  keepTake: list('keepTake', 'Keep take', ['Off', 'On']),
  start: list('start', 'Start', ['Continue', 'Fresh', 'Fresh, exact lane']),
  /** Places in the lists of the model, whose names its card says. */
  artist: number('artist', 'Artist', [0, labelsMax - 1], 0, 0),
  genre: number('genre', 'Genre', [0, labelsMax - 1], 0, 0),
  blend: number('blend', 'Blend', [0, 100], 0, 1, '%'),
  otherArtist: number('otherArtist', 'Other artist', [0, labelsMax - 1], 0, 0),
  otherGenre: number('otherGenre', 'Other genre', [0, labelsMax - 1], 0, 0),
};

const byId: ReadonlyMap<number, ParameterSpec> = new Map(Object.values(parameters).map((spec) => [spec.id, spec]));

/** The input of this id; undefined: there is none. */
export function parameterOf(id: number): ParameterSpec | undefined {
  return byId.get(id);
}

/** The nearest value that an input can have: its decimals are for people, and do not round what a host says. */
export function nearestValue(spec: ParameterSpec, value: number): number {
  const within = Math.min(spec.max, Math.max(spec.min, value));
  return spec.decimals === 0 ? Math.round(within) : within;
}

/** A usable value: within the range and no finer than the decimals; undefined where it is no finite number. */
export function sanitiseParameter(spec: ParameterSpec, value: number): number | undefined {
  if (!Number.isFinite(value)) return undefined;
  const scale = 10 ** spec.decimals;
  return Math.round(Math.min(spec.max, Math.max(spec.min, value)) * scale) / scale;
}

/** What is shown of a value: its name, or its decimals and unit. */
export function parameterText(spec: ParameterSpec, value: number): string {
  const choice = spec.choices[Math.round(value)];
  if (choice !== undefined) return choice;
  const digits = value.toFixed(spec.decimals).replace(/^-(0(\.0*)?)$/, '$1');
  return spec.unit === '' ? digits : `${digits} ${spec.unit}`;
}

/** The value of what a person typed: a comma is a point, the unit may be there; undefined where it means nothing. */
export function parseParameter(spec: ParameterSpec, text: string): number | undefined {
  const named = spec.choices.findIndex((choice) => choice.toLowerCase() === text.trim().toLowerCase());
  if (named >= 0) return named;
  const clean = text.trim().replace('−', '-').replace(',', '.');
  const bare = spec.unit !== '' && clean.toLowerCase().endsWith(spec.unit.toLowerCase());
  const digits = (bare ? clean.slice(0, -spec.unit.length) : clean).trim();
  return /^[+-]?(\d+\.?\d*|\.\d+)$/.test(digits) ? sanitiseParameter(spec, Number(digits)) : undefined;
}
