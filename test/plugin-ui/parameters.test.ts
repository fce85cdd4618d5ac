import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  nearestValue,
  type ParameterSpec,
  parameterOf,
  parameters,
  parameterText,
  parseParameter,
  sanitiseParameter,
} from '../../service/src/core/parameters.js';

const rust = readFileSync(join(import.meta.dirname, '../../native-shim/crates/core/src/parameter.rs'), 'utf8');

/** The inputs as the shim declares them. */
function declared(): Omit<ParameterSpec, 'choices'>[] {
  const pattern =
    /input\(\s*(\d+),\s*"([^"]+)",\s*"([^"]*)",\s*(-?[\d.]+),\s*([\d.]+),\s*([\d.]+),\s*Kind::(Continuous \{ decimals: (\d) \}|Integer|Artist|Genre|List\(&\[([^\]]*)\]\))/g;
  return [...rust.matchAll(pattern)].map(([, id, title, unit, min, max, preset, , decimals]) => ({
    id: Number(id),
    title: title ?? '',
    unit: unit ?? '',
    min: Number(min),
    max: Number(max),
    default: Number(preset),
    decimals: Number(decimals ?? 0),
  }));
}

describe('the inputs', () => {
  it('are those of the plugin, to the last decimal', () => {
    const known = Object.values(parameters)
      .map(({ choices: _, ...spec }) => spec)
      .sort((left, right) => left.id - right.id);
    expect(declared()).toHaveLength(15);
    expect(known).toEqual(declared());
  });

  it('name their choices as the plugin does', () => {
    const lists = [...rust.matchAll(/input\(\s*(\d+),[^;]*?Kind::List\(&\[([^\]]*)\]\)/g)];
    for (const [, id, names] of lists) {
      const spec = Object.values(parameters).find((candidate) => candidate.id === Number(id));
      if (spec === undefined || spec.choices.length === 0) continue;
      expect(spec.choices.map((name) => `"${name}"`).join(', ')).toBe(names);
    }
    expect(lists.length).toBeGreaterThanOrEqual(4);
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
