import type { Range } from './axis.js';

/**
 * Cold to hot, as on a weather map: blue, teal, straw, amber, vermilion. The scale belongs to the model: its useful
 * range runs from one end to the other, so that a colour means the same for a model whose range is narrow.
 */
const stops: readonly (readonly [at: number, a: number, b: number])[] = [
  [0, -0.03, -0.125],
  [0.2, -0.065, -0.06],
  [0.38, -0.045, 0.045],
  [0.55, 0.02, 0.13],
  [0.75, 0.09, 0.125],
  [1, 0.175, 0.09],
];

/** Where a temperature lies in the useful range: 0 at its cold end, 1 at its hot end; beyond is clipped. */
export function heatOf(temperature: number, useful: Range): number {
  const span = useful.end - useful.start;
  if (!(span > 0) || !Number.isFinite(temperature)) return 0.5;
  return Math.min(1, Math.max(0, (temperature - useful.start) / span));
}

/** The colour of a heat; how light it is depends on what it is drawn on. Straw is no colour unless it is lighter. */
export function heatColour(heat: number, lightness: number, alpha = 1): string {
  const [a, b] = chromaticityAt(heat);
  const lifted = lightness + 0.06 * Math.exp(-(((heat - 0.46) / 0.2) ** 2));
  return `oklab(${lifted.toFixed(3)} ${a.toFixed(4)} ${b.toFixed(4)} / ${alpha})`;
}

function chromaticityAt(heat: number): readonly [a: number, b: number] {
  const upper = stops.findIndex(([at]) => at >= heat);
  const [highAt, highA, highB] = stops[upper < 0 ? stops.length - 1 : upper] ?? [1, 0, 0];
  const [lowAt, lowA, lowB] = stops[Math.max(0, upper - 1)] ?? [0, 0, 0];
  const part = highAt > lowAt ? (heat - lowAt) / (highAt - lowAt) : 0;
  return [lowA + (highA - lowA) * part, lowB + (highB - lowB) * part];
}

/** The scale from cold to hot as a list of stops, for a gradient. */
export function heatStops(lightness: number, alpha: number): { at: number; colour: string }[] {
  return Array.from({ length: 13 }, (_, index) => ({
    at: index / 12,
    colour: heatColour(index / 12, lightness, alpha),
  }));
}

export function heatGradient(direction: string, lightness: number): string {
  const stops = heatStops(lightness, 1).map(({ at, colour }) => `${colour} ${(at * 100).toFixed(1)}%`);
  return `linear-gradient(${direction}, ${stops.join(', ')})`;
}

/** One word for where the temperature stands; colour is never the only sign. */
export function heatWord(temperature: number, useful: Range): string {
  if (temperature < useful.start) return 'below the useful range';
  if (temperature > useful.end) return 'above the useful range';
  const heat = heatOf(temperature, useful);
  if (heat < 0.25) return 'cold';
  if (heat < 0.45) return 'cool';
  if (heat < 0.65) return 'warm';
  return heat < 0.85 ? 'hot' : 'very hot';
}
