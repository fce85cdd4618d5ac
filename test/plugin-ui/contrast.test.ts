import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { heatColour } from '../../plugin-ui/src/geometry/heat.js';

const sheet = readFileSync(join(import.meta.dirname, '../../plugin-ui/src/style/tokens.css'), 'utf8');
const [dark = '', light = ''] = sheet.split('@media (prefers-color-scheme: light)');

/** OKLab to linear sRGB, as CSS Color 4 has it, clipped to the screen. */
function linear([lightness, a, b]: readonly [number, number, number]): [number, number, number] {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return [
    clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
    clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
    clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
  ];
}

function luminance(colour: readonly [number, number, number]): number {
  const [red, green, blue] = linear(colour);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** As WCAG 2 counts it. */
function contrast(left: readonly [number, number, number], right: readonly [number, number, number]): number {
  const [high, low] = [luminance(left), luminance(right)].sort((one, other) => other - one);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

function token(theme: string, name: string): [number, number, number] {
  const found = new RegExp(`${name}: oklch\\(([\\d.]+) ([\\d.]+) ([\\d.]+)\\)`).exec(theme);
  const [lightness = 0, chroma = 0, hue = 0] = (found ?? []).slice(1).map(Number);
  const angle = (hue * Math.PI) / 180;
  return [lightness, chroma * Math.cos(angle), chroma * Math.sin(angle)];
}

function heat(theme: string, value: number): [number, number, number] {
  const lightness = Number(/--heat-lightness: ([\d.]+)/.exec(theme)?.[1]);
  const [l = 0, a = 0, b = 0] = (heatColour(value, lightness).match(/-?\d+\.\d+/g) ?? []).map(Number);
  return [l, a, b];
}

describe.each([
  ['dark', dark],
  ['light', light],
])('on the %s ground', (_name, theme) => {
  it('text can be read', () => {
    for (const ground of ['--ground', '--panel', '--paper']) {
      expect(contrast(token(theme, '--ink'), token(theme, ground)), ground).toBeGreaterThan(10);
      expect(contrast(token(theme, '--ink-soft'), token(theme, ground)), ground).toBeGreaterThan(4.5);
    }
    expect(contrast(token(theme, '--warning'), token(theme, '--panel'))).toBeGreaterThan(4.5);
    expect(contrast(token(theme, '--failure'), token(theme, '--panel'))).toBeGreaterThan(4.5);
    expect(contrast(token(theme, '--ink'), token(theme, '--warning-ground'))).toBeGreaterThan(7);
    expect(contrast(token(theme, '--ink'), token(theme, '--failure-ground'))).toBeGreaterThan(7);
  });

  it('every heat can be seen: the big reading, the line of the lane', () => {
    for (let value = 0; value <= 1; value += 0.05) {
      expect(contrast(heat(theme, value), token(theme, '--panel')), `heat ${value}`).toBeGreaterThan(3);
      expect(contrast(heat(theme, value), token(theme, '--paper')), `heat ${value}`).toBeGreaterThan(3);
    }
  });

  it('and the measure itself knows black on white', () => {
    expect(contrast([0, 0, 0], [1, 0, 0])).toBeCloseTo(21, 1);
  });
});
