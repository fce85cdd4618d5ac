/**
 * The plugin's inputs, by their permanent ids: native-shim/crates/core/src/parameter.rs says the same, and a test compares
 * them. Values are in the parameter's own unit.
 */
export interface Parameter {
  readonly id: number;
  readonly title: string;
  readonly unit: string;
  readonly min: number;
  readonly max: number;
  readonly default: number;
  /** continuous: any value; whole: whole numbers; names: whole numbers from 0, each of which has a name. */
  readonly kind: 'continuous' | 'whole' | readonly string[];
}

export const parameters = {
  temperature: { id: 0, title: 'Temperature', unit: '', min: 0, max: 2, default: 1, kind: 'continuous' },
  guideAmount: { id: 1, title: 'Guide amount', unit: '', min: 0, max: 1, default: 0, kind: 'continuous' },
  guideSource: {
    ...{ id: 2, title: 'Guide source', unit: '', min: 0, max: 2, default: 0 },
    kind: ['Auto', 'Sidechain', 'Track input'],
  },
  take: { id: 3, title: 'Take', unit: '', min: 0, max: 9999, default: 1, kind: 'whole' },
  mix: { id: 4, title: 'Mix', unit: '', min: 0, max: 1, default: 1, kind: 'continuous' },
  outputGain: { id: 5, title: 'Output gain', unit: 'dB', min: -60, max: 12, default: 0, kind: 'continuous' },
  run: { id: 6, title: 'Run', unit: '', min: 0, max: 1, default: 0, kind: ['Follow transport', 'Free-run'] },
  renderWait: { id: 7, title: 'Render wait', unit: '', min: 0, max: 2, default: 0, kind: ['Auto', 'On', 'Off'] },
  keepTake: { id: 10, title: 'Keep take', unit: '', min: 0, max: 1, default: 0, kind: ['Off', 'On'] },
  start: {
    ...{ id: 11, title: 'Start', unit: '', min: 0, max: 2, default: 0 },
    kind: ['Continue', 'Fresh', 'Fresh, exact lane'],
  },
} as const satisfies Record<string, Parameter>;

const byId: ReadonlyMap<number, Parameter> = new Map(Object.values(parameters).map((one) => [one.id, one]));

/** The input of this id; undefined: there is none. */
export function parameterOf(id: number): Parameter | undefined {
  return byId.get(id);
}

/** The nearest value that the parameter can have. */
export function nearestValue(parameter: Parameter, value: number): number {
  const within = Math.min(parameter.max, Math.max(parameter.min, value));
  return parameter.kind === 'continuous' ? within : Math.round(within);
}
