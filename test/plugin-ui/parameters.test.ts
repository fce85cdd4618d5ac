import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { repository } from '../../scripts/lib/folders.js';
import {
  nearestValue,
  type ParameterSpec,
  parameterOf,
  parameters,
  parameterText,
  parseParameter,
  sanitiseParameter,
} from '../../service/src/core/parameters.js';

/** What the plugin declares, which a test of it writes down. */
const declaredSchema = z.array(
  z.object({
    id: z.int(),
    title: z.string(),
    unit: z.string(),
    min: z.number(),
    max: z.number(),
    default: z.number(),
    decimals: z.int(),
    kind: z.enum(['continuous', 'integer', 'list', 'artist', 'genre', 'count']),
    choices: z.array(z.string()),
    readOnly: z.boolean(),
  }),
);
const file = join(repository, 'proto', 'parameters.json');
const inputs = declaredSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).filter(({ readOnly }) => !readOnly);

describe('the inputs', () => {
  it('are those of the plugin, to the last decimal and choice', () => {
    const known = Object.values(parameters).sort((left, right) => left.id - right.id);
    expect(inputs).toHaveLength(15);
    expect(known).toEqual(inputs.map(({ kind: _, readOnly: __, ...spec }): ParameterSpec => spec));
  });

  it('are whole numbers where the plugin has steps', () => {
    const continuous = inputs.filter(({ kind }) => kind === 'continuous').map(({ id }) => id);
    const fractional = Object.values(parameters).filter(({ decimals }) => decimals > 0);
    expect(fractional.map(({ id }) => id)).toEqual(continuous);
  });

  it('are known by their ids, and have no value outside their range', () => {
    expect(parameterOf(5)).toBe(parameters.outputGain);
    expect(parameterOf(8)).toBeUndefined();
    expect(nearestValue(parameters.temperature, 0.70312)).toBe(0.70312);
    expect([-70, 13].map((value) => nearestValue(parameters.outputGain, value))).toEqual([-60, 12]);
    expect(nearestValue(parameters.take, 12.6)).toBe(13);
  });

  it('read what a person types, and say it back', () => {
    const { temperature, outputGain, take, start } = parameters;
    expect([' 0,75 ', '.5', '2.5', '-1', 'warm', '', '1e3'].map((text) => parseParameter(temperature, text))).toEqual([
      0.75,
      0.5,
      2,
      0,
      undefined,
      undefined,
      undefined,
    ]);
    expect(['−6 dB', '-6.04db', '3'].map((text) => parseParameter(outputGain, text))).toEqual([-6, -6, 3]);
    expect(parseParameter(take, '12.6')).toBe(13);
    expect(parseParameter(start, 'fresh')).toBe(1);
    expect(parameterText(outputGain, -0.04)).toBe('0.0 dB');
    expect(parameterText(start, 2)).toBe('Fresh, exact lane');
    for (const spec of Object.values(parameters)) {
      for (const value of [spec.min, spec.default, spec.max]) {
        expect(parseParameter(spec, parameterText(spec, value)), `${spec.title} ${value}`).toBe(value);
      }
    }
    expect(sanitiseParameter(temperature, Number.NaN)).toBeUndefined();
  });
});
